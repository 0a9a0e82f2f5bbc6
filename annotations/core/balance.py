"""Counting what became of annotations. No Django.

Every annotation is one fact, and stands in every table exactly once: a table's rows add up to the
number of facts, and so do its columns.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

OPEN = "open"
STATES = ("adopted", "partly_adopted", "not_adopted", "noted", "answered", OPEN)
"""Outcomes in the order in which they are shown; what has no public answer yet comes last."""

DAYS, WEEKS, MONTHS = 16, 26, 36
"""Up to so many days, weeks or months are shown one by one; beyond that it is years."""
_WEEK = 7


class Fact(NamedTuple):
    """What is counted of an annotation.

    Attributes:
        kind: Its motivation.
        source: Where it was made.
        chapter: Ordinal of the chapter in which it stands now, None where its words are gone.
        day: The day on which it was written.
        state: One of ``STATES``.
        result: What it led to: a version with other words, an intention, nothing yet.
        reaction: What its author said to the answer, empty where nothing.
    """

    kind: str
    source: str
    chapter: int | None
    day: date
    state: str
    result: str
    reaction: str = ""


class Period(NamedTuple):
    """Days in a row, both ends among them.

    Attributes:
        unit: ``day``, ``week``, ``month`` or ``year``.
    """

    unit: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        key: What the row is about.
        counts: How many facts by state, in the order of ``STATES``.
    """

    key: object
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many facts the row holds."""
        return sum(self.counts)


def by_state(facts: Sequence[Fact]) -> Row:
    """Count all facts by state."""
    return _row(None, Counter(fact.state for fact in facts))


def table(
    facts: Iterable[Fact], key: Callable[[Fact], object], order: Iterable[object]
) -> list[Row]:
    """Count facts by a key and by state.

    Args:
        facts: All of them.
        key: Tells which row a fact belongs to.
        order: Keys in the order of the rows, every key that occurs among them.

    Returns:
        A row for each key, also where nothing belongs to it.

    Raises:
        KeyError: A fact belongs to no row.
    """
    found: dict[object, Counter[str]] = {one: Counter() for one in order}
    for fact in facts:
        found[key(fact)][fact.state] += 1
    return [_row(one, counts) for one, counts in found.items()]


def flows(facts: Iterable[Fact], *keys: Callable[[Fact], str]) -> Counter[tuple[str, ...]]:
    """Count facts by their way through columns, one key for each column."""
    return Counter(tuple(key(fact) for key in keys) for fact in facts)


def periods(days: Iterable[date]) -> list[Period]:
    """Return the periods that hold some days, without a gap, in the finest unit that is readable.

    Weeks begin on Monday (ISO 8601).
    """
    found = set(days)
    if not found:
        return []
    first, last = min(found), max(found)
    for unit, most in (("day", DAYS), ("week", WEEKS), ("month", MONTHS)):
        listed = _listed(unit, first, last, most)
        if listed:
            return listed
    return _listed("year", first, last, last.year - first.year + 1)


def period_of(day: date, found: Sequence[Period]) -> Period:
    """Return the one of ``periods`` that holds a day."""
    unit = found[0].unit
    begin = _begin(unit, day)
    return Period(unit, begin, _end(unit, begin))


def _listed(unit: str, first: date, last: date, most: int) -> list[Period]:
    """Return the periods from one day to another, none where they are too many."""
    found: list[Period] = []
    begin = _begin(unit, first)
    while begin <= last:
        if len(found) == most:
            return []
        end = _end(unit, begin)
        found.append(Period(unit, begin, end))
        begin = end + timedelta(days=1)
    return found


def _begin(unit: str, day: date) -> date:
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _end(unit: str, begin: date) -> date:
    if unit == "day":
        return begin
    if unit == "week":
        return begin + timedelta(days=_WEEK - 1)
    if unit == "year":
        return begin.replace(month=12, day=31)
    next_month = (begin.replace(day=28) + timedelta(days=4)).replace(day=1)
    return next_month - timedelta(days=1)


def _row(key: object, counts: Counter[str]) -> Row:
    return Row(key, tuple(counts[state] for state in STATES))
