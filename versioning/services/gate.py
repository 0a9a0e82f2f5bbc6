"""The gate: nothing reaches the bodies that decide while something is unanswered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log
from wagtail.models import Page

from versioning import permissions
from versioning.comparisons import change_url, places_of
from versioning.doors import GateLine, gate_checks
from versioning.models import GateStep, Submission, Version
from versioning.models.gate import Outcome
from versioning.presentation import category_name
from versioning.services.changes import unexplained
from versioning.signals import version_submitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from django.contrib.auth.models import User

    from versioning.models import Change

MAX_NAMED = 20
"""How many missing things a line names; it counts them all."""


class GateClosed(ValidationError):  # noqa: N818 -- it names what is the case, like Http404
    """A submission is refused.

    Attributes:
        lines: The lines of the checklist that stop it.
    """

    def __init__(self, lines: Iterable[GateLine]) -> None:
        """Take the lines that block."""
        self.lines = tuple(lines)
        super().__init__([line.text for line in self.lines], code="gate_closed")


def checklist(version: Version) -> list[GateLine]:
    """Return what must be done before a version may be handed over, done or not.

    While no app answers for annotations a line says so and blocks.
    """
    lines = [_newest_line(version)]
    for check in gate_checks():
        lines.extend(check(version))
    if not any(line.key == "annotations" for line in lines):
        lines.append(_nobody_answers())
    lines.extend([_changes_line(version), _window_line(version)])
    return lines


@transaction.atomic
def submit_version(
    *,
    version: Version,
    actor: User,
    note: str = "",
    planned: Mapping[str, date | None] | None = None,
    now: datetime | None = None,
) -> Submission:
    """Hand a version over to the bodies that decide.

    Args:
        version: The newest version of its page.
        actor: Who hands it over.
        note: Covering note, shown in public.
        planned: Planned dates by name of the body; the bodies are ``SYNOPSE_GATE_BODIES``.
        now: Moment of the submission, for records of the past; None for this moment.

    Returns:
        The submission with its steps.

    Raises:
        PermissionDenied: ``actor`` may not hand versions over.
        GateClosed: Something is unanswered; ``lines`` name it.
        ValidationError: The version was handed over before.
    """
    page = Page.objects.select_for_update().get(pk=version.page_id)
    permissions.require(actor, "submit_version", page)
    version = Version.objects.select_related("page").get(pk=version.pk)
    _refuse_second(version)
    if blocking := [line for line in checklist(version) if line.blocks]:
        raise GateClosed(blocking)
    submission = _store(version, actor, note, now or timezone.now())
    GateStep.objects.bulk_create(_steps(submission, planned or {}))
    data = {"version": version.number, "submission": submission.pk, "hash": version.content_hash}
    log(instance=page.specific_deferred, action="synopse.submit", user=actor, data=data)
    transaction.on_commit(lambda: version_submitted.send(Submission, submission=submission))
    return submission


@transaction.atomic
def record_decision(  # noqa: PLR0913 -- the fields of a decision
    *,
    step: GateStep,
    outcome: str,
    decided_on: date,
    actor: User,
    reference: str = "",
    note: str = "",
) -> GateStep:
    """Record what a body decided.

    Args:
        step: The body on the way of a submission.
        outcome: One of ``Outcome``.
        decided_on: Day of the decision, neither before the submission nor in the future.
        actor: Who records it.
        reference: Reference number of the resolution.
        note: Words about it, shown in public.

    Returns:
        The step as stored.

    Raises:
        PermissionDenied: ``actor`` may not record decisions.
        ValidationError: An unknown outcome or an impossible day.
    """
    step = GateStep.objects.select_for_update().get(pk=step.pk)
    page = step.submission.version.page
    permissions.require(actor, "record_decision", page)
    _validate_decision(step, outcome, decided_on)
    before = [step.outcome, step.decided_on.isoformat() if step.decided_on else ""]
    step.outcome, step.decided_on = outcome, decided_on
    step.reference, step.note = reference.strip(), note.strip()
    step.full_clean(exclude=["submission"])
    step.save()
    data = {
        "submission": step.submission_id,
        "body": step.body,
        "before": before,
        "after": [outcome, decided_on.isoformat()],
        "reference": step.reference,
    }
    log(instance=page.specific_deferred, action="synopse.decide", user=actor, data=data)
    return step


@transaction.atomic
def plan_steps(
    *, submission: Submission, planned: Mapping[int, date | None], actor: User
) -> list[GateStep]:
    """Set the planned dates of the bodies.

    Args:
        submission: Whose steps are meant.
        planned: Dates by the id of the step; steps that are not named stay as they are.
        actor: Who plans.

    Returns:
        All steps in order.

    Raises:
        PermissionDenied: ``actor`` may not record decisions.
    """
    page = submission.version.page
    permissions.require(actor, "record_decision", page)
    steps = list(submission.steps.select_for_update())
    for step in steps:
        step.planned_on = planned.get(step.pk, step.planned_on)
    GateStep.objects.bulk_update(steps, ["planned_on"])
    days = [step.planned_on.isoformat() if step.planned_on else "" for step in steps]
    data = {"submission": submission.pk, "planned": days}
    log(instance=page.specific_deferred, action="synopse.plan", user=actor, data=data)
    return steps


def _newest_line(version: Version) -> GateLine:
    newest = Version.objects.filter(page=version.page_id).order_by("-number").first()
    if newest is None or newest.pk == version.pk:
        return GateLine("newest", _("This is the newest version."), done=True)
    return GateLine(
        "newest",
        _("A newer version is out: only the newest one can be handed over."),
        done=False,
        url=reverse("synopse_versions:gate", args=[newest.pk]),
        missing=((newest.name, reverse("synopse_versions:gate", args=[newest.pk])),),
    )


def _nobody_answers() -> GateLine:
    text = _(
        "No part of this site answers for annotations. While nobody can say whether all of "
        "them have a disposition, nothing can be handed over."
    )
    return GateLine("annotations", text, done=False)


def _changes_line(version: Version) -> GateLine:
    missing = unexplained(version)
    number = missing.count()
    url = reverse("synopse_versions:changes", args=[version.pk])
    if not number:
        return GateLine("changes", _("Every change has a reason."), done=True, url=url)
    text = ngettext(
        "%(number)d change has no reason yet.", "%(number)d changes have no reason yet.", number
    ) % {"number": number}
    named = list(missing.select_related("version")[:MAX_NAMED])
    places = places_of(named)
    return GateLine(
        "changes",
        text,
        done=False,
        url=f"{url}?reasons=missing",
        missing=tuple(
            (_named(change, places.get(change.pk, "")), change_url(change)) for change in named
        ),
    )


def _named(change: Change, place: str) -> str:
    words = (change.new_words or change.old_words).strip() or category_name(change.relation)
    version = change.version
    return " ".join(filter(None, [f"{version.title}, {version.name}:", place, words[:80]]))


def _window_line(version: Version) -> GateLine:
    url = reverse("synopse_versions:window", args=[version.pk])
    if version.is_open():
        text = _("The window for annotations is still open. New ones will need an answer too.")
        return GateLine("window", text, done=False, url=url, waivable=True)
    return GateLine("window", _("The window for annotations is closed."), done=True, url=url)


def _refuse_second(version: Version) -> None:
    if Submission.objects.filter(version=version).exists():
        raise _already()


def _already() -> ValidationError:
    return ValidationError(_("This version has already been handed over."), code="handed_over")


def _store(version: Version, actor: User, note: str, now: datetime) -> Submission:
    try:
        with transaction.atomic():
            return Submission.objects.create(
                version=version,
                submitted_at=now,
                submitted_by=actor,
                content_hash=version.content_hash,
                note=note.strip(),
            )
    except IntegrityError as error:  # two at the same moment
        raise _already() from error


def gate_bodies() -> list[str]:
    """Return the names of the bodies that decide, in their order."""
    return [str(body) for body in getattr(settings, "SYNOPSE_GATE_BODIES", [_("Senate")])]


def _steps(submission: Submission, planned: Mapping[str, date | None]) -> list[GateStep]:
    return [
        GateStep(submission=submission, position=place, body=body, planned_on=planned.get(body))
        for place, body in enumerate(gate_bodies(), start=1)
    ]


def _validate_decision(step: GateStep, outcome: str, decided_on: date) -> None:
    errors: dict[str, ValidationError] = {}
    if outcome not in Outcome.values:
        errors["outcome"] = ValidationError(_("Choose what the body decided."), code="unknown")
    if decided_on < timezone.localdate(step.submission.submitted_at):
        errors["decided_on"] = ValidationError(
            _("The day lies before the submission."), code="too_early"
        )
    elif decided_on > timezone.localdate():
        errors["decided_on"] = ValidationError(_("The day lies in the future."), code="too_late")
    if errors:
        raise ValidationError(errors)
