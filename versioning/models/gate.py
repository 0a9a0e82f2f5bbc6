"""The gate: a version handed over to the bodies that decide, in their order."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model_string
from wagtail.models import Orderable

from versioning.doors import RouteBody
from versioning.models.versions import Version
from versioning.permissions import works_in_admin


class BodyRole(models.TextChoices):
    """What a body does with a text."""

    COSIGNS = "cosigns", _("co-signs before the submission")
    HEARD = "heard", _("is heard")
    RESOLVES = "resolves", _("resolves: then the text is final")
    NOTES = "notes", _("takes note")


class Outcome(models.TextChoices):
    """What a body decided."""

    NOTED = "noted", _("Noted")
    AGREED = "agreed", _("Agreed")
    AGREED_WITH_CHANGES = "agreed_with_changes", _("Agreed with changes")
    RETURNED = "returned", _("Returned")


STOPPING = frozenset({Outcome.RETURNED, Outcome.AGREED_WITH_CHANGES})
"""Outcomes that ask for another version: no other body decides on the same one."""
OUTCOMES: dict[str, tuple[Outcome, ...]] = {
    BodyRole.HEARD: tuple(Outcome),
    BodyRole.RESOLVES: (Outcome.AGREED, Outcome.AGREED_WITH_CHANGES, Outcome.RETURNED),
    BodyRole.NOTES: (Outcome.NOTED,),
}
"""What a body of each role can decide; whoever co-signs signs instead."""


class AbstractRouteBody(Orderable):
    """One body of a route, as a page type of a site holds it (``register_route``)."""

    body = models.CharField(_("body"), max_length=120)
    role = models.CharField(
        _("what it does"), max_length=10, choices=BodyRole.choices, default=BodyRole.HEARD
    )
    group = models.ForeignKey(
        Group,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("group"),
        help_text=_("Whose members co-sign. Needed for those who co-sign, else empty."),
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to=works_in_admin,
        verbose_name=_("responsible"),
        help_text=_("Gets a mail before the planned day, and when it has passed."),
    )
    remind_days = models.PositiveSmallIntegerField(
        _("reminder"), default=7, help_text=_("So many days before the planned day.")
    )

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        """The body."""
        return self.body

    def as_route(self) -> RouteBody:
        """Return it as the services take it."""
        return RouteBody(
            self.body.strip(), self.role, self.group_id, self.responsible_id, self.remind_days
        )


class Submission(models.Model):
    """A frozen version handed to an ordered list of bodies.

    Submissions of a page form a chain. After "returned" the next one begins a new ``round``;
    after "agreed with changes" the next one goes on in the same round with the bodies that are
    left.
    """

    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="submission")
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="following"
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
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


class GateStep(models.Model):
    """One body on the way of a submission, with its planned and actual date."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    body = models.CharField(_("body"), max_length=120)
    role = models.CharField(
        _("what it does"), max_length=10, choices=BodyRole.choices, default=BodyRole.HEARD
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible"),
    )
    remind_days = models.PositiveSmallIntegerField(_("reminder"), default=7)
    planned_on = models.DateField(_("planned on"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    reference = models.CharField(_("reference number"), max_length=60, blank=True)
    note = models.TextField(_("note"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

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

    @property
    def is_resolution(self) -> bool:
        """Whether the text was resolved here, with changes or without."""
        agreed = (Outcome.AGREED, Outcome.AGREED_WITH_CHANGES)
        return self.role == BodyRole.RESOLVES and self.outcome in agreed

    @property
    def asks_for_changes(self) -> bool:
        """Whether the body wants another version, so that no other decides on this one."""
        return self.outcome in STOPPING


class StepDocument(models.Model):
    """A PDF in which a decision stands; public with the decision, and kept as it is."""

    step = models.ForeignKey(GateStep, on_delete=models.PROTECT, related_name="documents")
    document = models.ForeignKey(
        get_document_model_string(), on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("title"), max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("document of a decision")
        verbose_name_plural = _("documents of decisions")
        ordering = ["uploaded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["document"], name="synopse_step_document"),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title
