"""Where a text stands on its way through the bodies, in facts and in sentences.

By the rule of ``services.progress``, for many texts at once: from versions that were read
``with_gate``, or from submissions with their steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from versioning.models import Outcome
from versioning.services.progress import Progress, last_decision, progress_from, still_open

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from versioning.models import GateStep, Submission

GATE = (
    "gate_round",
    "gate_submission",
    "gate_submitted_at",
    "gate_outcome",
    "gate_body",
    "gate_day",
    "gate_next_body",
    "gate_next_day",
    "gate_resolved_body",
    "gate_resolved_day",
)
"""What ``with_gate`` adds to a version."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a text stands.

    Attributes:
        progress: One of ``Progress``.
        number: Number of the version that was handed over last.
        submitted_on: When.
        submission: Id of that submission.
        outcome: What was decided last.
        body: By whom.
        day: When.
        next_body: Who decides next, empty where nobody can.
        next_day: When it is planned.
        resolved_body: Who resolved the text, where it is final.
        resolved_day: When.
        newest: Number of the newest version of the text.
    """

    progress: Progress
    number: int
    submitted_on: date
    submission: int
    outcome: str = ""
    body: str = ""
    day: date | None = None
    next_body: str = ""
    next_day: date | None = None
    resolved_body: str = ""
    resolved_day: date | None = None
    newest: int = 0

    @property
    def is_final(self) -> bool:
        """Whether the text was resolved."""
        return self.progress == Progress.FINAL

    @property
    def url(self) -> str:
        """Address of the page of the submission."""
        return reverse("versioning:submission", args=[self.submission])

    @property
    def changes_at(self) -> datetime | None:
        """When the outlook reads otherwise though nobody does anything: after the planned day."""
        if self.next_day is None:
            return None
        return timezone.make_aware(datetime.combine(self.next_day + timedelta(days=1), time.min))

    @property
    def sentence(self) -> str:
        """What has happened last."""
        return _SENTENCES[self.progress](self)

    @property
    def outlook(self) -> str:
        """What comes next and when; empty where nothing does."""
        return _outlook(self)


def standing_of_versions(versions: Iterable[Any]) -> Standing | None:
    """Return where a text stands; None where it was never handed over.

    Args:
        versions: All versions of one page, read ``with_gate``: rows of ``values`` or objects.
    """
    rows = [one if isinstance(one, dict) else _row(one) for one in versions]
    return _standing(sorted(rows, key=lambda row: int(row["number"])))


def standing_of_path(path: Sequence[Submission], newest: int = 0) -> Standing | None:
    """Return where a text stands, from its submissions in their order with their steps.

    Args:
        path: ``progress.path_of``.
        newest: Number of the newest version, that of the last submission where it is left out.
    """
    found = _standing([_row_of_submission(submission) for submission in path])
    if found is None or not newest:
        return found
    values = {name: getattr(found, name) for name in Standing.__slots__}
    return Standing(**{**values, "newest": newest})


def _row(version: Any) -> dict[str, Any]:  # noqa: ANN401  # a version with annotations
    return {"number": version.number, **{name: getattr(version, name) for name in GATE}}


def _row_of_submission(submission: Submission) -> dict[str, Any]:
    last, following = last_decision(submission), still_open(submission)
    resolved = next((step for step in submission.steps.all() if step.is_resolution), None)
    return {
        "number": submission.version.number,
        "gate_round": submission.round,
        "gate_submission": submission.pk,
        "gate_submitted_at": submission.submitted_at,
        "gate_outcome": last.outcome if last else None,
        "gate_body": last.body if last else None,
        "gate_day": last.decided_on if last else None,
        "gate_next_body": following.body if following else None,
        "gate_next_day": following.planned_on if following else None,
        "gate_resolved_body": resolved.body if resolved else None,
        "gate_resolved_day": resolved.decided_on if resolved else None,
    }


def _standing(rows: Sequence[Mapping[str, Any]]) -> Standing | None:
    submitted = [row for row in rows if row["gate_submission"] is not None]
    if not submitted:
        return None
    newest = submitted[-1]
    resolution = _resolution(submitted)
    progress = progress_from(
        newest["gate_outcome"] or "",
        is_resolved=resolution is not None,
        is_open=bool(newest["gate_next_body"]),
    )
    goes_on = progress in {Progress.UNDER_WAY, Progress.FINAL}
    is_final = progress == Progress.FINAL and resolution is not None
    return Standing(
        progress=progress,
        number=newest["number"],
        submitted_on=timezone.localdate(newest["gate_submitted_at"]),
        submission=newest["gate_submission"],
        outcome=newest["gate_outcome"] or "",
        body=newest["gate_body"] or "",
        day=newest["gate_day"],
        next_body=(newest["gate_next_body"] or "") if goes_on else "",
        next_day=newest["gate_next_day"] if goes_on else None,
        resolved_body=resolution["gate_resolved_body"] if is_final and resolution else "",
        resolved_day=resolution["gate_resolved_day"] if is_final and resolution else None,
        newest=rows[-1]["number"],
    )


def _resolution(submitted: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the row of the round that goes on in which the text was resolved."""
    for row in reversed(submitted):
        if row["gate_round"] != submitted[-1]["gate_round"]:
            return None
        if row["gate_resolved_body"]:
            return row
    return None


def _under_way(one: Standing) -> str:
    if not one.outcome:
        return _("Version %(number)d was handed over on %(date)s.") % {
            "number": one.number,
            "date": said_day(one.submitted_on),
        }
    return _("%(body)s, %(date)s: %(outcome)s (version %(number)d).") % _decided(one)


def _returned(one: Standing) -> str:
    return _("%(body)s returned version %(number)d on %(date)s.") % _decided(one)


def _amended(one: Standing) -> str:
    return _("%(body)s agreed to version %(number)d with changes on %(date)s.") % _decided(one)


def _final(one: Standing) -> str:
    return _("Resolved on %(date)s: %(body)s. Version %(number)d is the text.") % {
        "body": one.resolved_body,
        "date": said_day(one.resolved_day),
        "number": one.number,
    }


def _ended(one: Standing) -> str:
    return _(
        "All bodies have decided on version %(number)d, the last one on %(date)s: %(body)s."
    ) % (_decided(one))


def _decided(one: Standing) -> dict[str, object]:
    outcome = Outcome(one.outcome).label if one.outcome else ""
    return {
        "body": one.body,
        "date": said_day(one.day),
        "number": one.number,
        "outcome": outcome,
    }


_SENTENCES = {
    Progress.UNDER_WAY: _under_way,
    Progress.RETURNED: _returned,
    Progress.AMENDED: _amended,
    Progress.FINAL: _final,
    Progress.ENDED: _ended,
}


def _outlook(one: Standing) -> str:
    if one.progress == Progress.RETURNED:
        return _("A new version goes through the bodies once more.")
    if one.progress == Progress.AMENDED:
        return _("The version with these changes goes on from there.")
    if not one.next_body:
        return ""
    names = {"body": one.next_body, "date": said_day(one.next_day)}
    if one.next_day is None:
        return _("Next: %(body)s. The date is not known yet.") % names
    if one.next_day < timezone.localdate():
        return _("Next: %(body)s, planned for %(date)s; no decision is recorded yet.") % names
    return _("Next: %(body)s, planned for %(date)s.") % names


def decision_words(step: GateStep) -> str:
    """Say what a body decided; a resolution is named so."""
    names = {"body": step.body, "outcome": step.get_outcome_display()}
    if step.is_resolution:
        return _("Resolved: %(body)s (%(outcome)s)") % names
    return f"{step.body}: {names['outcome']}"


def said_day(day: date | None) -> str:
    """Write a day the way the reader's language does."""
    return str(date_format(day, "DATE_FORMAT")) if day else ""
