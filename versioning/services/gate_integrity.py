"""What must be true of submissions, decisions and the records of the gate."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from versioning.core.records import details_hash
from versioning.models import GateRecord, Submission, Version
from versioning.models.gate import OUTCOMES
from versioning.services.progress import Progress, progress_of
from versioning.services.records import hash_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from versioning.models import GateStep

ROUND_AFTER = {Progress.RETURNED: 1, Progress.ENDED: 1, Progress.AMENDED: 0}
"""By how much the round grows after a submission that stands so; after others none may follow."""


def broken_submissions() -> Iterator[str]:
    """Find submissions that are not what was handed over, or are out of order."""
    rows = Submission.objects.select_related("version", "previous__version").prefetch_related(
        "steps", "previous__steps"
    )
    begun: set[int] = set()
    for submission in rows.order_by("version__page", "version__number"):
        page = submission.version.page_id
        if submission.content_hash != submission.version.content_hash:
            yield _("%(submission)s: the hash is not that of the version.") % _of(submission)
        if submission.previous is None and page in begun:
            yield _("%(submission)s: does not follow the submission before it.") % _of(submission)
        begun.add(page)
        yield from _broken_round(submission)
        yield from _broken_steps(submission)
        yield from _later_words(submission)


def broken_records() -> Iterator[str]:
    """Follow the chain of the records of each page, and compare decisions with them."""
    before: GateRecord | None = None
    for record in GateRecord.objects.order_by("page", "number").iterator():
        last = before if before is not None and before.page_id == record.page_id else None
        names = {"page": record.page_id, "number": record.number}
        if record.number != (last.number + 1 if last else 1):
            yield _("Page %(page)d, record %(number)d: the record before it is missing.") % names
        if record.previous_hash != (last.hash if last else ""):
            yield _("Page %(page)d, record %(number)d: does not follow the one before.") % names
        if record.details != details_hash(record.data) or record.hash != hash_of(record):
            yield _("Page %(page)d, record %(number)d: was altered.") % names
        before = record
    yield from _unrecorded()


def _of(submission: Submission) -> dict[str, object]:
    name = _("Submission %(key)d (page %(page)d, version %(number)d)") % {
        "key": submission.pk,
        "page": submission.version.page_id,
        "number": submission.version.number,
    }
    return {"submission": name}


def _broken_round(submission: Submission) -> Iterator[str]:
    before = submission.previous
    if before is None:
        if submission.round != 1:
            yield _("%(submission)s: its round has no beginning.") % _of(submission)
        return
    same_page = before.version.page_id == submission.version.page_id
    if not same_page or before.version.number >= submission.version.number:
        yield _("%(submission)s: does not follow the submission before it.") % _of(submission)
        return
    state = progress_of(before)
    if state not in ROUND_AFTER:
        yield _("%(submission)s: was handed over while the one before was not done.") % _of(
            submission
        )
    elif submission.round != before.round + ROUND_AFTER[state]:
        yield _("%(submission)s: its round does not fit what was decided before.") % _of(submission)


def _broken_steps(submission: Submission) -> Iterator[str]:
    steps = list(submission.steps.all())
    if [step.position for step in steps] != list(range(1, len(steps) + 1)):
        yield _("%(submission)s: its bodies are not in order.") % _of(submission)
    handed_over = timezone.localdate(submission.submitted_at)
    for step in steps:
        names = {**_of(submission), "body": step.body}
        if bool(step.outcome) != (step.decided_on is not None):
            yield _("%(submission)s, %(body)s: an outcome without a day, or a day without.") % names
        elif step.outcome and step.outcome not in OUTCOMES.get(step.role, ()):
            yield _("%(submission)s, %(body)s: cannot decide that.") % names
        if step.decided_on is not None and step.decided_on < handed_over:
            yield _("%(submission)s, %(body)s: decided before the submission.") % names
    for one, following in pairwise(steps):
        if following.outcome and _stands_in_the_way(one, following):
            yield _("%(submission)s, %(body)s: decided out of order.") % {
                **_of(submission),
                "body": following.body,
            }


def _stands_in_the_way(one: GateStep, following: GateStep) -> bool:
    """Tell whether a body could not decide after what the one before it did."""
    if not one.outcome or one.asks_for_changes:
        return True
    days = (one.decided_on, following.decided_on)
    return None not in days and days[1] < days[0]  # type: ignore[operator]  # neither is None


def _later_words(submission: Submission) -> Iterator[str]:
    """Find versions with other words that came out after the resolution."""
    if progress_of(submission) != Progress.FINAL:
        return
    steps = [step for step in submission.steps.all() if step.is_resolution]
    moments = [step.recorded_at for step in steps if step.recorded_at is not None]
    since = min(moments) if moments else submission.submitted_at
    final = submission.version
    later = Version.objects.filter(
        page=final.page_id, number__gt=final.number, published_at__gt=since
    )
    for version in later.order_by("number"):
        if _words(version) != _words(final):
            yield _("%(submission)s: version %(number)d came out after the resolution.") % {
                **_of(submission),
                "number": version.number,
            }


def _words(version: Version) -> list[tuple[str, ...]]:
    return list(version.passages.in_order().values_list("text_hash", "kind"))


def _unrecorded() -> Iterator[str]:
    """Find what was decided or handed over otherwise than the records say."""
    rows = Submission.objects.select_related("version").prefetch_related("steps", "records")
    for submission in rows.order_by("pk"):
        records = sorted(submission.records.all(), key=lambda record: record.number)
        if not any(record.action == "synopse.submit" for record in records):
            continue  # handed over before records were kept
        if _recorded_hash(records) != submission.content_hash:
            yield _("%(submission)s: the records name another hash.") % _of(submission)
        decided = {
            record.data.get("position"): record.data
            for record in records
            if record.action == "synopse.decide"
        }
        for step in submission.steps.all():
            if _decision(step) != _recorded(decided.get(step.position)):
                yield _("%(submission)s, %(body)s: the records say otherwise.") % {
                    **_of(submission),
                    "body": step.body,
                }


def _recorded_hash(records: Sequence[GateRecord]) -> str:
    found = [record.data.get("hash", "") for record in records if record.action == "synopse.submit"]
    return str(found[-1])


def _decision(step: GateStep) -> list[str]:
    day = step.decided_on.isoformat() if step.decided_on else ""
    return [step.outcome, day, step.reference, step.note]


def _recorded(data: dict[str, list[str]] | None) -> list[str]:
    if data is None:
        return ["", "", "", ""]
    return [*data["after"], str(data["reference"]), str(data["note"])]
