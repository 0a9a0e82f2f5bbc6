"""The reasoned answers of the editors."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """What the editors decided."""

    ADOPTED = "adopted", _("Adopted")
    PARTLY_ADOPTED = "partly_adopted", _("Partly adopted")
    NOT_ADOPTED = "not_adopted", _("Not adopted")
    NOTED = "noted", _("Noted")
    ANSWERED = "answered", _("Answered")


REASON_REQUIRED = frozenset({Outcome.PARTLY_ADOPTED, Outcome.NOT_ADOPTED, Outcome.ANSWERED})


class Disposition(models.Model):
    """One answer to one or many annotations of a page.

    ``public_at`` is empty until the answer is public: with the next version, or at once where
    the page says so. ``changes`` are the changes that the answer explains; an adopted one
    without changes is only intended. ``missing`` tells that the version came out without the
    words that were announced: then the annotation is open again.
    """

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices)
    reason = models.TextField(_("public reason"), blank=True)
    internal_note = models.TextField(_("internal note"), blank=True)
    office = models.CharField(_("responsible office"), max_length=120, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"))
    public_at = models.DateTimeField(_("public since"), null=True, blank=True)
    missing = models.BooleanField(default=False)
    changes = models.ManyToManyField(
        "synopse_versioning.Change", related_name="dispositions", blank=True
    )

    class Meta:
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        ordering = ["-decided_at"]

    def __str__(self) -> str:
        """Outcome and first words of the reason."""
        return f"{self.get_outcome_display()}: {self.reason[:60]}"


class DispositionEvent(models.Model):
    """One change of mind in the history of a disposition."""

    disposition = models.ForeignKey(Disposition, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("disposition event")
        verbose_name_plural = _("disposition events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        """Outcome and time."""
        return f"{self.outcome} {self.at:%Y-%m-%d}"
