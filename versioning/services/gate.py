"""The gate: nothing reaches the bodies that decide while something is unanswered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from versioning import permissions
from versioning.models import GateStep, Submission, Version
from versioning.services import packaging
from versioning.services.checklist import checklist
from versioning.services.route import gate_bodies
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
    packaging.record(submission)
    data = {"version": version.number, "submission": submission.pk, "hash": version.content_hash}
    log(instance=page.specific_deferred, action="synopse.submit", user=actor, data=data)
    transaction.on_commit(lambda: version_submitted.send(Submission, submission=submission))
    return submission


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


def _steps(submission: Submission, planned: Mapping[str, date | None]) -> list[GateStep]:
    return [
        GateStep(submission=submission, position=place, body=body, planned_on=planned.get(body))
        for place, body in enumerate(gate_bodies(), start=1)
    ]
