"""Choices of the listing of annotations that somebody comes back to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A choice in the listing, with the name that its owner gave it; nobody else sees it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters"
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1_000)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("saved choice")
        verbose_name_plural = _("saved choices")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="synopse_one_filter_per_name")
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name
