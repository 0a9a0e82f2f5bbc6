"""What the bodies decided, and when they are going to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from versioning import permissions
from versioning.models import GateStep, Submission
from versioning.models.gate import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.contrib.auth.models import User


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
