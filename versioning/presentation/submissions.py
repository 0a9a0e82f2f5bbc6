"""What the page of a submission tells: the path so far, and what changed on the way and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from versioning.comparisons import change_url, places_of
from versioning.doors import reasons_of
from versioning.models import Change, Version
from versioning.presentation.reasons import words_of_change
from versioning.services.progress import steps_on_the_way

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from versioning.doors import ChangeReason
    from versioning.models import GateStep, Submission

SHOWN = 10
"""Changes of one step of the way that are listed; the comparison has them all."""


@dataclass(slots=True)
class ShownChange:
    """A change as the list names it.

    Attributes:
        place: Number of the passage for citing, may be empty.
        words: What was replaced by what, shortened; empty where only place or format differ.
        reasons: Why.
    """

    url: str
    place: str
    words: str
    reasons: Sequence[ChangeReason]


@dataclass(slots=True)
class Way:
    """What changed between two versions that were handed over one after another.

    Attributes:
        asked_by: The bodies whose decisions asked for changes, with their words.
        count: How many changes there are.
        asked: How many of them a body stands behind.
        changes: The first of them, those that a body asked for before others.
    """

    old: Version
    new: Version
    asked_by: list[GateStep]
    count: int = 0
    asked: int = 0
    changes: list[ShownChange] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many changes the list leaves out."""
        return self.count - len(self.changes)


@dataclass(slots=True)
class Stage:
    """One version on its way.

    Attributes:
        steps: Its bodies in order; those that did not come to decide on it are left out.
        way: What had changed since the version before it, None for the first one.
    """

    submission: Submission
    steps: list[GateStep]
    way: Way | None = None

    @property
    def version(self) -> Version:
        """The version that was handed over."""
        return self.submission.version


@dataclass(slots=True)
class Round:
    """What was handed over until it was returned or resolved."""

    number: int
    stages: list[Stage]


def rounds_of(path: Sequence[Submission]) -> list[Round]:
    """Return the rounds of a text.

    Args:
        path: Its submissions in their order, with their steps.

    Returns:
        Rounds in their order. The number of queries depends neither on that of the submissions
        nor on that of the changes.
    """
    ways = _ways(path)
    rounds: list[Round] = []
    for submission in path:
        if not rounds or rounds[-1].number != submission.round:
            rounds.append(Round(submission.round, []))
        steps = steps_on_the_way(submission, is_newest=submission is path[-1])
        stage = Stage(submission, steps, ways.get(submission.pk))
        rounds[-1].stages.append(stage)
    return rounds


def _ways(path: Sequence[Submission]) -> dict[int, Way]:
    ways = {
        new.pk: Way(
            old.version, new.version, [one for one in old.steps.all() if one.asks_for_changes]
        )
        for old, new in pairwise(path)
    }
    if not ways:
        return {}
    between = Change.objects.filter(
        version__page=path[0].version.page_id,
        version__number__gt=path[0].version.number,
        version__number__lte=path[-1].version.number,
    )
    counts = between.order_by().values_list("version__number")
    for number, count, asked in counts.annotate(count=Count("pk"), asked=Count("step")):
        way = _way_of(number, ways.values())
        way.count += count
        way.asked += asked
    _list_changes(between, list(ways.values()))
    return ways


def _way_of(number: int, ways: Iterable[Way]) -> Way:
    return next(way for way in ways if way.old.number < number <= way.new.number)


def _list_changes(between: object, ways: Sequence[Way]) -> None:
    place = Window(
        RowNumber(),
        partition_by=F("version"),
        order_by=[F("step").asc(nulls_last=True), F("position").asc()],
    )
    rows = between.annotate(place=place).filter(place__lte=SHOWN)  # type: ignore[attr-defined]  # a queryset
    first: defaultdict[int, list[Change]] = defaultdict(list)
    for change in rows.select_related("version"):
        first[id(_way_of(change.version.number, ways))].append(change)
    chosen = {key: sorted(found, key=_order)[:SHOWN] for key, found in first.items()}
    every = [change for found in chosen.values() for change in found]
    reasons, places = reasons_of(every), places_of(every)
    for way in ways:
        way.changes = [
            ShownChange(
                url=change_url(change),
                place=places.get(change.pk, ""),
                words=words_of_change(change),
                reasons=reasons[change.pk],
            )
            for change in chosen.get(id(way), [])
        ]


def _order(change: Change) -> tuple[bool, int, int]:
    return (change.step_id is None, change.version.number, change.position)
