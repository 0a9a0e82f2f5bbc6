"""What the bodies decided, and when they are going to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from versioning import permissions
from versioning.models import GateStep, Submission
from versioning.models.gate import OUTCOMES, STOPPING
from versioning.services import finality
from versioning.services.documents import files_kept_or_removed, store_documents
from versioning.services.records import keep_record
from versioning.signals import decision_recorded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from django.contrib.auth.models import User

    from versioning.services.documents import NewDocument


def record_decision(  # noqa: PLR0913 -- the fields of a decision
    *,
    step: GateStep,
    outcome: str,
    decided_on: date,
    actor: User,
    reference: str = "",
    note: str = "",
    documents: Sequence[NewDocument] = (),
    seen: datetime | None = None,
    now: datetime | None = None,
) -> GateStep:
    """Record what a body decided, or correct what was recorded.

    Args:
        step: The body on the way of a submission.
        outcome: One of ``Outcome`` that fits the body's role (``OUTCOMES``).
        decided_on: Day of the decision: neither before the submission, nor before the body that
            decided before, nor in the future.
        actor: Who records it.
        reference: Reference number of the resolution.
        note: Words about it, shown in public; what a body asks for that returns the text or agrees
            with changes.
        documents: PDFs in which the decision stands; they are added to those that it has.
        seen: When the record was made that ``actor`` has seen and corrects; None for none.
        now: Moment of the record, for records of the past; None for this moment.

    Returns:
        The step as stored.

    Raises:
        PermissionDenied: ``actor`` may not record decisions.
        ValidationError: An unknown outcome, an impossible day, words are missing, it is not this
            body's turn, another version is on its way, somebody else recorded it meanwhile, or a
            document is no PDF. Then nothing is stored, neither decision nor documents.
    """
    with files_kept_or_removed() as stored, transaction.atomic():
        page = Page.objects.select_for_update().get(pk=step.submission.version.page_id)
        step = GateStep.objects.select_for_update().get(pk=step.pk)
        permissions.require(actor, "record_decision", page)
        _refuse_overwriting(step, seen)
        _refuse_out_of_order(step)
        _validate_decision(step, outcome, decided_on, note)
        before = [step.outcome, step.decided_on.isoformat() if step.decided_on else ""]
        step.outcome, step.decided_on = outcome, decided_on
        step.reference, step.note = reference.strip(), note.strip()
        step.recorded_at, step.recorded_by = now or timezone.now(), actor
        step.full_clean(exclude=["submission"])
        step.save()
        added = store_documents(step, documents, actor, now=now, stored=stored)
        data = {
            "submission": step.submission_id,
            "body": step.body,
            "position": step.position,
            "before": before,
            "after": [outcome, decided_on.isoformat()],
            "reference": step.reference,
            "note": step.note,
            "hash": step.submission.content_hash,
            "documents": [row.sha256 for row in added],
        }
        keep_record(
            page=page,
            action="synopse.decide",
            actor=actor,
            data=data,
            version=step.submission.version,
            submission=step.submission,
        )
        finality.close_if_final(page=page.pk)
        transaction.on_commit(lambda: decision_recorded.send(GateStep, step=step))
    return step


@transaction.atomic
def plan_steps(
    *,
    submission: Submission,
    planned: Mapping[int, date | None],
    actor: User,
    responsible: Mapping[int, User | None] | None = None,
    remind_days: Mapping[int, int] | None = None,
) -> list[GateStep]:
    """Set when the bodies are going to decide, who looks after it, and when to remind of it.

    Args:
        submission: Whose steps are meant.
        planned: Dates by the id of the step; steps that are not named stay as they are, and so do
            those on which was decided.
        actor: Who plans.
        responsible: People by the id of the step, or None for nobody.
        remind_days: Days before the planned one by the id of the step.

    Returns:
        All steps in order.

    Raises:
        PermissionDenied: ``actor`` may not record decisions.
    """
    page = Page.objects.select_for_update().get(pk=submission.version.page_id)
    permissions.require(actor, "record_decision", page)
    steps = list(submission.steps.select_for_update())
    for step in steps:
        if step.outcome:
            continue
        step.planned_on = planned.get(step.pk, step.planned_on)
        step.remind_days = (remind_days or {}).get(step.pk, step.remind_days)
        if step.pk in (responsible or {}):
            step.responsible = (responsible or {})[step.pk]
    GateStep.objects.bulk_update(steps, ["planned_on", "remind_days", "responsible"])
    data = {
        "submission": submission.pk,
        "planned": [step.planned_on.isoformat() if step.planned_on else "" for step in steps],
        "remind_days": [step.remind_days for step in steps],
    }
    keep_record(
        page=page,
        action="synopse.plan",
        actor=actor,
        data=data,
        version=submission.version,
        submission=submission,
    )
    return steps


def refusal_of(
    step: GateStep, *, steps: Sequence[GateStep], following: Submission | None
) -> ValidationError | None:
    """Return why no decision of a body can be recorded or corrected now; None where it can.

    Args:
        step: One of ``steps``.
        steps: All bodies of a submission.
        following: The submission after it, with its version.
    """
    if following is not None:
        message = _("%(version)s was handed over after it. What was decided before stays as it is.")
        return ValidationError(message % {"version": following.version.name}, code="superseded")
    others = sorted((o for o in steps if o.pk != step.pk), key=lambda other: other.position)
    stopped = next((one for one in others if one.asks_for_changes), None)
    if stopped is not None and stopped.position < step.position:
        message = _(
            "%(body)s asked for another version. The next body decides on that one: hand it over "
            "first."
        )
        return ValidationError(message % {"body": stopped.body}, code="stopped")
    for other in others:
        if other.position < step.position and not other.outcome:
            message = _("%(body)s decides first. Record its decision before this one.")
            return ValidationError(message % {"body": other.body}, code="order")
        if other.position > step.position and other.outcome:
            message = _("%(body)s has decided since. What was decided before stays as it is.")
            return ValidationError(message % {"body": other.body}, code="order")
    return None


def _refuse_overwriting(step: GateStep, seen: datetime | None) -> None:
    if step.recorded_at == seen:
        return
    if step.recorded_at is None:
        message = _("What you corrected is no longer recorded. Please look at it again.")
        raise ValidationError(message, code="meanwhile")
    message = _(
        "%(body)s: meanwhile “%(outcome)s” was recorded. Nothing was changed. Please look at it "
        "and correct it if need be."
    ) % {"body": step.body, "outcome": step.get_outcome_display()}
    raise ValidationError(message, code="meanwhile")


def _refuse_out_of_order(step: GateStep) -> None:
    """Let a decision in only after the ones before it, and before the ones after it."""
    submission = step.submission
    following = Submission.objects.filter(previous=submission).select_related("version").first()
    refusal = refusal_of(step, steps=list(submission.steps.all()), following=following)
    if refusal is not None:
        raise refusal


def _validate_decision(step: GateStep, outcome: str, decided_on: date, note: str) -> None:
    errors: dict[str, ValidationError] = {}
    if outcome not in OUTCOMES.get(step.role, ()):
        errors["outcome"] = ValidationError(_("Choose what the body decided."), code="unknown")
    elif outcome not in STOPPING and step.changes.exists():
        errors["outcome"] = ValidationError(
            _("Changes name this body as their reason. Give them another one first."), code="named"
        )
    if outcome in STOPPING and not note.strip():
        errors["note"] = ValidationError(
            _("Write what the body asks for. It is shown in public."), code="empty"
        )
    if message := _impossible_day(step, decided_on):
        errors["decided_on"] = ValidationError(message, code="impossible")
    if errors:
        raise ValidationError(errors)


def _impossible_day(step: GateStep, day: date) -> str:
    if day < timezone.localdate(step.submission.submitted_at):
        return _("The day lies before the submission.")
    if day > timezone.localdate():
        return _("The day lies in the future.")
    before = step.submission.steps.filter(position__lt=step.position, decided_on__gt=day)
    if other := before.order_by("-position").first():
        return _("The day lies before the decision of: %(body)s.") % {"body": other.body}
    return ""
