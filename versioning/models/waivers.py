"""What the Senate office waived at the gate, and why."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from versioning.doors import NEVER_WAIVED
from versioning.frozen import FrozenModel, FrozenQuerySet
from versioning.models.versions import Version

MAX_KEY = 40


class Waiver(FrozenModel):
    """A line of the checklist that stays open, with the public reason for it.

    Nobody edits a waiver. It can be taken back until the version is handed over; the row stays.
    ``missing`` holds lasting names of what was missing when it was waived: where anything else is
    missing later, the waiver holds no longer.
    """

    frozen_fields: ClassVar[frozenset[str]] = frozenset(
        {"version", "key", "text", "reason", "missing", "waived_at"}
    )
    wagtail_reference_index_ignore = True

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="waivers")
    key = models.SlugField(_("line"), max_length=MAX_KEY)
    text = models.TextField(_("what is open"))
    reason = models.TextField(_("public reason"))
    missing = models.JSONField(default=list)
    waived_at = models.DateTimeField(_("waived at"))
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["version", "waived_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "key"],
                condition=Q(taken_back_at=None),
                name="synopse_waiver_once",
            ),
            models.CheckConstraint(
                condition=~Q(key__in=sorted(NEVER_WAIVED)), name="synopse_waiver_possible"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="synopse_waiver_reason"),
        ]

    def __str__(self) -> str:
        """Line and first words of the reason."""
        return f"{self.key}: {self.reason[:60]}"

    def covers(self, facts: frozenset[str]) -> bool:
        """Tell whether nothing is missing beyond what was waived."""
        return facts <= frozenset(self.missing)
