"""The gate: nothing reaches the bodies that decide while something is unanswered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from versioning import permissions
from versioning.models import GateStep, Submission, Version
from versioning.services import finality, packaging, progress
from versioning.services.checklist import checklist
from versioning.services.progress import Progress
from versioning.services.records import keep_record
from versioning.services.route import bodies_of
from versioning.services.waiving import drop_needless_waivers
from versioning.signals import version_submitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from django.contrib.auth.models import User

    from versioning.doors import GateLine


class GateClosed(ValidationError):  # noqa: N818 -- it names what is the case, like Http404
    """A submission is refused.

    Attributes:
        lines: The lines of the checklist that stop it.
    """

    def __init__(self, lines: Iterable[GateLine]) -> None:
        """Take the lines that block."""
        self.lines = tuple(lines)
        super().__init__([line.text for line in self.lines], code="gate_closed")


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

    After a submission that was returned a new round begins, with all bodies of the route. After
    one that a body agreed to with changes the same round goes on, with the bodies that are left.

    Args:
        version: The newest version of its page.
        actor: Who hands it over.
        note: Covering note, shown in public.
        planned: Planned dates by name of the body.
        now: Moment of the submission, for records of the past; None for this moment.

    Returns:
        The submission with its steps.

    Raises:
        PermissionDenied: ``actor`` may not hand versions over.
        GateClosed: Something is unanswered; ``lines`` name it.
        ValidationError: The version was handed over before, another one is still on its way, or
            the text is final.
    """
    page = Page.objects.select_for_update().get(pk=version.page_id)
    permissions.require(actor, "submit_version", page)
    version = Version.objects.select_related("page").get(pk=version.pk)
    previous = progress.newest_submission(page.pk)
    refuse_to_follow(previous, version)
    lines = checklist(version)
    if blocking := [line for line in lines if line.blocks]:
        raise GateClosed(blocking)
    drop_needless_waivers(version=version, lines=lines, actor=actor)
    submission = _store(version, previous, actor, note, now or timezone.now())
    GateStep.objects.bulk_create(_steps(submission, planned or {}))
    data = {
        "version": version.number,
        "submission": submission.pk,
        "round": submission.round,
        "hash": version.content_hash,
    }
    keep_record(
        page=page,
        action="synopse.submit",
        actor=actor,
        data=data,
        version=version,
        submission=submission,
    )
    packaging.record(submission)  # with the hash of this record
    finality.close_if_final(page=page.pk)
    transaction.on_commit(lambda: version_submitted.send(Submission, submission=submission))
    return submission


def bodies_ahead(page: Page) -> list[tuple[str, date | None]]:
    """Return the bodies to which the next version of a page would go, with their planned days."""
    previous = progress.newest_submission(page.pk)
    if previous is not None and progress.progress_of(previous) == Progress.AMENDED:
        left = previous.steps.filter(decided_on=None).order_by("position")
        return [(step.body, step.planned_on) for step in left]
    return [(body.body, None) for body in bodies_of(page)]


def refuse_to_follow(previous: Submission | None, version: Version) -> None:
    """Stop a version that may not follow the newest submission of its page.

    Raises:
        ValidationError: It was handed over before, the other is still on its way, or the text is
            final.
    """
    if previous is None:
        return
    if Submission.objects.filter(version=version).exists():
        raise _already()
    state = progress.progress_of(previous)
    if state == Progress.UNDER_WAY:
        message = _(
            "%(version)s is still on its way through the bodies. Another version can be handed "
            "over when it was returned or agreed with changes."
        )
        raise ValidationError(message % {"version": previous.version.name}, code="under_way")
    if state == Progress.FINAL:
        message = _(
            "The text was resolved and is final. A next stage begins with a text of its own."
        )
        raise ValidationError(message, code="final")


def _already() -> ValidationError:
    return ValidationError(_("This version has already been handed over."), code="handed_over")


def _store(
    version: Version, previous: Submission | None, actor: User, note: str, now: datetime
) -> Submission:
    goes_on = previous is not None and progress.progress_of(previous) == Progress.AMENDED
    rounds = previous.round if previous is not None else 0
    try:
        with transaction.atomic():
            return Submission.objects.create(
                version=version,
                previous=previous,
                round=rounds if goes_on else rounds + 1,
                submitted_at=now,
                submitted_by=actor,
                content_hash=version.content_hash,
                note=note.strip(),
            )
    except IntegrityError as error:  # two at the same moment
        raise _already() from error


def _steps(submission: Submission, planned: Mapping[str, date | None]) -> list[GateStep]:
    """Return a step for each body, or for those that are left where the round goes on."""
    before = submission.previous
    if before is not None and before.round == submission.round:
        left = before.steps.filter(decided_on=None).order_by("position")
        return [
            GateStep(
                submission=submission,
                position=place,
                body=step.body,
                role=step.role,
                responsible_id=step.responsible_id,
                remind_days=step.remind_days,
                planned_on=planned.get(step.body, step.planned_on),
            )
            for place, step in enumerate(left, start=1)
        ]
    return [
        GateStep(
            submission=submission,
            position=place,
            body=body.body,
            role=body.role,
            responsible_id=body.responsible,
            remind_days=body.remind_days,
            planned_on=planned.get(body.body),
        )
        for place, body in enumerate(bodies_of(submission.version.page), start=1)
    ]
