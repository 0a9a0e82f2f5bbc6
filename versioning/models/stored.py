"""Comparisons that were computed once and are kept, without a word of any text."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from versioning.models.versions import Version


class StoredComparison(models.Model):
    """How two versions of a page relate, as the engine found it.

    ``rows`` are the rows of ``core.compact`` as lists: relations, positions and lengths, never
    words, so what has to be withheld does not stay here. ``digest`` names the state of the
    passages that were compared; where it no longer fits, the rows are computed anew. Whoever
    reads goes through ``comparisons.compact_rows``.
    """

    wagtail_reference_index_ignore = True

    old = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="comparisons_to_newer")
    new = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="comparisons_to_older")
    engine_version = models.CharField(max_length=20)
    parameters = models.JSONField(
        default=dict, help_text=_("Limits of the engine that shape the result.")
    )
    digest = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    totals = models.JSONField(default=dict, help_text=_("Counts of words and places of chapters."))
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("stored comparison")
        verbose_name_plural = _("stored comparisons")
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="synopse_stored_comparison"),
        ]

    def __str__(self) -> str:
        """Both versions and the engine."""
        return f"{self.old_id} → {self.new_id} ({self.engine_version})"
