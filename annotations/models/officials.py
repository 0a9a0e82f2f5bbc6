"""In what capacity staff speak."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OfficialRole(models.Model):
    """Role and department of an account that works in the admin; everybody sees them.

    Each contribution keeps those of the moment when it was written.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="official_role"
    )
    role = models.CharField(_("role"), max_length=60)
    department = models.CharField(_("department"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("official role")
        verbose_name_plural = _("official roles")

    def __str__(self) -> str:
        """Role and department, as readers see them."""
        return ", ".join(filter(None, (self.role, self.department)))
