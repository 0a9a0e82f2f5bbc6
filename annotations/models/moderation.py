"""The log of moderation."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotations.models.annotations import Annotation, State


class ModerationEvent(models.Model):
    """One act of moderation; rows are only ever added."""

    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, related_name="moderation_events"
    )
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    before = models.CharField(max_length=12, choices=State.choices)
    after = models.CharField(max_length=12, choices=State.choices)
    ground = models.TextField(_("ground"), blank=True)

    class Meta:
        verbose_name = _("moderation event")
        verbose_name_plural = _("moderation events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        """Before and after."""
        return f"{self.before} → {self.after}"
