"""A text that goes on from the final version of another: the next stage of a process."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from versioning.models.versions import Version


class Continuation(models.Model):
    """Says that the first version of a page follows the final version of another one.

    Its passages take their identities from there, and its hash covers the hash of that version.
    Once the first version is frozen the row stays as it is.
    """

    page = models.OneToOneField(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="synopse_continuation"
    )
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="continuations")
    begun_at = models.DateTimeField(auto_now_add=True)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("next stage")
        verbose_name_plural = _("next stages")
        default_permissions = ()

    def __str__(self) -> str:
        """The page and what it goes on from."""
        return f"{self.page_id} ← {self.version_id}"
