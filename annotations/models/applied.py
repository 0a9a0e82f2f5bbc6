"""What became of suggested edits in the draft."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotations.models.annotations import Annotation
from annotations.models.dispositions import Disposition


class AppliedSuggestion(models.Model):
    """A suggested edit that somebody took over into the draft; a record that only grows.

    ``before`` and ``after`` are the passage in the draft then, the same where the words stood
    there already. ``made_disposition`` tells that taking it over was also the answer, so that
    taking it back opens the annotation again; ``words_returned`` that the draft says again what it
    said before.
    """

    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="applied")
    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, related_name="applied")
    revision = models.ForeignKey(
        "wagtailcore.Revision", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    block = models.CharField(max_length=255)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    with_changes = models.BooleanField(default=False)
    made_disposition = models.BooleanField(default=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    words_returned = models.BooleanField(default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("suggested edit in the draft")
        verbose_name_plural = _("suggested edits in the draft")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["annotation"],
                condition=models.Q(taken_back_at=None),
                name="synopse_applied_once",
            )
        ]

    def __str__(self) -> str:
        """Annotation and time."""
        return f"{self.annotation_id} {self.at:%Y-%m-%d}"
