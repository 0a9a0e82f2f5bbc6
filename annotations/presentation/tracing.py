"""The trace of an annotation: everything that became of it, as events in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from annotations.models import Annotation, Motivation, Placement, PlacementState, Reaction
from annotations.presentation.cards import Answer, answer_to, change_url, edit_of
from annotations.presentation.reading import comparison_url
from annotations.presentation.wording import runs_between
from versioning.core.passages import Run
from versioning.models import Passage, Submission, Version
from versioning.presentation import words_of_change
from versioning.services.progress import steps_on_the_way
from versioning.standing import decision_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from versioning.models import Change, GateStep

SEVERAL = 2
CONTEXT = 90
"""Characters of unchanged text that stay beside words."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words with what stands beside them."""

    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One of several changes: what was replaced by what, and its place in the comparison."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Event:
    """One dot on the line of time.

    Attributes:
        kind: written, decided (an answer of before), answered, reacted, placed, submitted or step.
        on: Day of the event, None where it is not known yet.
        runs: The words then and now as one text with its differences.
        changes: The changes that the answer led to, where they are several.
    """

    kind: str
    on: date | datetime | None
    title: str
    version: Version | None = None
    excerpt: Excerpt | None = None
    runs: Sequence[Run] = ()
    note: str = ""
    url: str = ""
    url_text: str = ""
    answer: Answer | None = None
    changes: Sequence[ChangeLine] = ()
    is_planned: bool = False


def trace_of(annotation: Annotation) -> list[Event]:
    """Return the events of an annotation in the order of time; planned steps come last."""
    versions = {
        version.pk: version
        for version in Version.objects.filter(
            page_id=annotation.version.page_id, number__gte=annotation.version.number
        )
    }
    answer = answer_to(annotation)
    events = [_written(annotation), *_placed(annotation, versions, answer)]
    if answer is not None:
        events += _answered(answer)
        events += map(_reacted, Reaction.objects.filter(annotation=annotation))
    events += _handed_over(versions)
    return sorted(events, key=_when)


def _reacted(reaction: Reaction) -> Event:
    title = _("The author agrees") if reaction.agrees else _("The author objects")
    return Event(kind="reacted", on=reaction.at, title=title, note=reaction.reason)


def excerpt_of(text: str, start: int | None, end: int | None) -> Excerpt:
    """Return a range with a little text on both sides; without a range the whole text."""
    if start is None or end is None:
        return Excerpt("", text, "")
    return Excerpt(_tail(text[:start]), text[start:end], _head(text[end:]))


def shortened_runs(runs: Iterable[Run]) -> list[Run]:
    """Return runs with long equal stretches shortened to what stands beside the changes."""
    all_runs = list(runs)
    last = len(all_runs) - 1
    return [
        run if run.operation != "equal" else Run("equal", _squeezed(run.text, i == 0, i == last))
        for i, run in enumerate(all_runs)
    ]


def _squeezed(text: str, is_first: bool, is_last: bool) -> str:
    if len(text) <= 2 * CONTEXT:
        return text
    head = "" if is_first else _head(text)
    tail = "" if is_last else _tail(text)
    return f"{head} {tail}" if head and tail else head or tail


def _head(text: str) -> str:
    return text if len(text) <= CONTEXT else text[:CONTEXT].rsplit(" ", 1)[0] + " …"


def _tail(text: str) -> str:
    return text if len(text) <= CONTEXT else "… " + text[-CONTEXT:].split(" ", 1)[-1]


def _written(annotation: Annotation) -> Event:
    titles = {
        Motivation.EDITING: _("suggests an edit"),
        Motivation.QUESTIONING: _("asks"),
    }
    title = titles.get(Motivation(annotation.motivation), _("annotates"))
    return Event(
        kind="written",
        on=annotation.created_at,
        title=title,
        version=annotation.version,
        excerpt=None
        if annotation.passage.is_withheld
        else excerpt_of(annotation.passage.text, annotation.start, annotation.end),
        runs=edit_of(annotation),
    )


def _answered(answer: Answer) -> list[Event]:
    """Return the answer that holds, and before it those with another outcome that were public."""
    public_at = answer.disposition.public_at
    said = list(answer.disposition.events.all())
    early = [event for event in said if public_at and event.at <= public_at]
    public = [*early[-1:], *said[len(early) :]]
    events, since = [], public_at
    for event, following in pairwise(public):
        if event.outcome != following.outcome:
            label = {"outcome": event.get_outcome_display()}
            title = _("At first the editors decided otherwise: %(outcome)s") % label
            events.append(Event(kind="decided", on=since, title=title, note=event.reason))
            since = following.at
    return [*events, Event(kind="answered", on=since, title=answer.label, answer=answer)]


def _placed(
    annotation: Annotation, versions: dict[int, Version], answer: Answer | None
) -> list[Event]:
    """Return what became of the words on every later version.

    A version that moved or changed them or their passage, that an answer points to, and the newest
    one have an event of their own; neighbours on which nothing happened share a line.
    """
    placements = Placement.objects.filter(annotation=annotation, version__in=versions)
    rows = list(placements.select_related("passage").order_by("version__number"))
    answered_by = _changes_of(answer)
    events: list[Event] = []
    quiet: list[Version] = []
    before, state = annotation.passage, str(PlacementState.INTACT)
    for row in rows:
        version, changes = versions[row.version_id], answered_by.pop(row.version_id, [])
        if row is rows[-1] or changes or _tells_something(row, before, state):
            events += _unchanged(quiet)
            quiet = []
            events.append(_placed_event(row, version, before, changes))
        else:
            quiet.append(version)
        before, state = row.passage or before, row.state
    events += [_changed_elsewhere(changes) for changes in answered_by.values()]
    return [*events, *_still_waiting(annotation, versions, {row.version_id for row in rows})]


def _changes_of(answer: Answer | None) -> dict[int, list[Change]]:
    """Return the changes that an answer led to, by version and in the order of the text."""
    found: dict[int, list[Change]] = {}
    changes = answer.disposition.changes.all() if answer else ()
    for change in sorted(changes, key=lambda one: (one.version.number, one.position)):
        found.setdefault(change.version_id, []).append(change)
    return found


def _changed_elsewhere(changes: Sequence[Change]) -> Event:
    """Tell of changes in a version on which the annotation has no place of its own."""
    version = changes[0].version
    return Event(
        kind="placed",
        on=version.published_at,
        title=_("The text was changed because of it"),
        version=version,
        url=change_url(changes[0]),
        url_text=_("See the change in the comparison"),
        changes=_lines_of(changes),
    )


def _lines_of(changes: Sequence[Change]) -> list[ChangeLine]:
    """Return the changes one by one where they are several."""
    if len(changes) < SEVERAL:
        return []
    return [
        ChangeLine(words_of_change(change) or _("Change without other words"), change_url(change))
        for change in changes
    ]


def _tells_something(row: Placement, before: Passage, state: str) -> bool:
    """Tell whether anything differs from the version before; a state once reached goes on."""
    is_same = row.passage is not None and row.passage.text == before.text
    return not is_same or row.state not in {PlacementState.INTACT, state}


def _unchanged(versions: Sequence[Version]) -> list[Event]:
    """Sum up neighbouring versions on which neither words nor passage changed."""
    if not versions:
        return []
    first, last = versions[0], versions[-1]
    numbers = {"first": first.number, "last": last.number}
    title = _("The passage is unchanged in versions %(first)d to %(last)d") % numbers
    if first is last:
        title = _("The passage is unchanged in version %(first)d") % numbers
    return [Event(kind="placed", on=last.published_at, title=title)]


def _still_waiting(
    annotation: Annotation, versions: dict[int, Version], placed: set[int]
) -> list[Event]:
    """Say that the newest version is out, but that the annotation has no place on it yet."""
    newest = max(versions.values(), key=lambda version: version.number)
    if newest.pk == annotation.version_id or newest.pk in placed:
        return []
    title = _("The annotations are just being assigned to this version")
    return [Event(kind="placed", on=newest.published_at, title=title, version=newest)]


def _placed_event(
    row: Placement, version: Version, before: Passage, changes: Sequence[Change]
) -> Event:
    """Say where the words stand on a version and what changed in their passage."""
    now = row.passage
    differs = now is not None and now.text != before.text
    return Event(
        kind="placed",
        on=version.published_at,
        title=_placed_title(row, differs=differs),
        version=version,
        excerpt=excerpt_of(now.text, row.start, row.end) if now and not differs else None,
        runs=shortened_runs(runs_between(before.text, now.text)) if now and differs else (),
        url=change_url(changes[0]) if changes else comparison_url(version),
        url_text=_("See the change in the comparison")
        if differs or changes
        else _("See the comparison"),
        changes=_lines_of(changes),
    )


def _placed_title(row: Placement, *, differs: bool) -> str:
    if row.state == PlacementState.REMOVED:
        return _("These words are no longer there")
    if row.state == PlacementState.MANUAL:
        return _("The editors will assign this annotation to its place")
    if differs:
        return _("The passage now reads")
    if row.state == PlacementState.MOVED:
        return _("The passage has moved and is unchanged")
    return _("The passage is unchanged")


def _handed_over(versions: dict[int, Version]) -> list[Event]:
    """Return the submissions since the annotation and what the bodies decided or will decide.

    Bodies that did not come to decide on a version, since another took its place, are left out.
    """
    rows = Submission.objects.filter(version__in=versions).select_related("version")
    submissions = list(rows.prefetch_related("steps").order_by("version__number"))
    events = []
    for row in submissions:
        events.append(_submitted(row))
        steps = steps_on_the_way(row, is_newest=row is submissions[-1])
        events += [_step(row, step) for step in steps]
    return events


def _submitted(row: Submission) -> Event:
    numbers = {"number": row.version.number, "round": row.round}
    title = _("Version %(number)d was handed over to the Senate") % numbers
    if row.round > 1:
        title = _("Version %(number)d was handed over to the Senate, round %(round)d") % numbers
    return Event(
        kind="submitted",
        on=row.submitted_at,
        title=title,
        url=row.get_absolute_url(),
        url_text=_("Submission and checksum"),
    )


def _step(row: Submission, step: GateStep) -> Event:
    """Tell what a body decided or is going to; a resolution is named so."""
    if not step.outcome:
        return Event("step", step.planned_on, step.body, is_planned=True)
    recorded, day = step.recorded_at, step.decided_on
    at_once = recorded is not None and timezone.localdate(recorded) == day
    return Event(
        "step",
        recorded if at_once else day,
        decision_words(step),
        note=step.note,
        url=row.get_absolute_url() if step.is_resolution else "",
        url_text=_("To the decision") if step.is_resolution else "",
    )


def _when(event: Event) -> tuple[bool, bool, str, int]:
    """Order by what has happened, then by minute; an answer stands before the version it is in."""
    ranks = ("written", "decided", "answered", "placed", "reacted", "submitted")
    rank = ranks.index("submitted" if event.kind == "step" else event.kind)
    on = event.on
    if on is None:
        return (event.is_planned, True, "", rank)
    if isinstance(on, datetime):
        on = timezone.localtime(on)
    else:
        return (event.is_planned, False, f"{on.isoformat()}T24:00", rank)  # when is not known
    return (event.is_planned, False, on.isoformat()[: len("2026-11-22T12:30")], rank)
