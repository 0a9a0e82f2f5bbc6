"""Where annotations stand on later versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotations.models.annotations import Annotation


class PlacementState(models.TextChoices):
    """How an annotation stands on a later version."""

    INTACT = "intact", _("unchanged")
    MOVED = "moved", _("moved")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("no longer there")
    MANUAL = "manual", _("to be placed by hand")


class Placement(models.Model):
    """Where an annotation stands on one later version; nothing else of it moves.

    ``passage`` is empty where the words are gone or two places are equally good; then
    ``candidates`` lists them as ``[passage id, start, end]``.
    """

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="placements")
    version = models.ForeignKey(
        "synopse_versioning.Version", on_delete=models.PROTECT, related_name="placements"
    )
    passage = models.ForeignKey(
        "synopse_versioning.Passage",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="placements",
    )
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(_("place"), max_length=8, choices=PlacementState.choices)
    confidence = models.FloatField(default=1.0)
    candidates = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.UniqueConstraint(fields=["annotation", "version"], name="synopse_placement_once")
        ]
        indexes = [models.Index(fields=["version", "passage"], name="synopse_placement_passage")]

    def __str__(self) -> str:
        """Annotation, version and state."""
        return f"{self.annotation_id} → {self.version_id} ({self.state})"


class PlacementRun(models.Model):
    """The record of placing all annotations on one version, with its progress."""

    version = models.OneToOneField(
        "synopse_versioning.Version", on_delete=models.PROTECT, related_name="placement_run"
    )
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("placement run")
        verbose_name_plural = _("placement runs")

    def __str__(self) -> str:
        """Progress in numbers."""
        return f"{self.done}/{self.total}"
