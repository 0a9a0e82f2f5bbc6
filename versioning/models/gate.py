"""The gate: a version handed over to the bodies that decide."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from versioning.models.versions import Version


class Submission(models.Model):
    """A frozen version handed to an ordered list of bodies."""

    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="submission")
    submitted_at = models.DateTimeField(_("submitted at"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    content_hash = models.CharField(max_length=64, editable=False)
    note = models.TextField(_("covering note"), blank=True)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-submitted_at"]
        permissions = [("submit_version", _("Can hand a version over to the Senate"))]

    def __str__(self) -> str:
        """The version that was handed over."""
        return str(self.version)

    def get_absolute_url(self) -> str:
        """Return the public page of this submission."""
        return reverse("versioning:submission", args=[self.pk])


class Outcome(models.TextChoices):
    """What a body decided."""

    NOTED = "noted", _("Noted")
    AGREED = "agreed", _("Agreed")
    AGREED_WITH_CHANGES = "agreed_with_changes", _("Agreed with changes")
    RETURNED = "returned", _("Returned")


class GateStep(models.Model):
    """One body on the way of a submission, with its planned and actual date."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    body = models.CharField(_("body"), max_length=120)
    planned_on = models.DateField(_("planned on"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    reference = models.CharField(_("reference number"), max_length=60, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("step of the gate")
        verbose_name_plural = _("steps of the gate")
        ordering = ["submission", "position"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "position"], name="synopse_gate_step"),
        ]

    def __str__(self) -> str:
        """The body."""
        return self.body
