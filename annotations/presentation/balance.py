"""The balance sheet of a text: what became of all its annotations, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_as
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from annotations.core import balance
from annotations.core.balance import OPEN, STATES, Fact
from annotations.models import Outcome, State
from annotations.presentation import fates
from annotations.presentation.filters import GONE, Filters, choices_for
from annotations.presentation.places import located
from versioning.models import Passage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from typing import Any

    from annotations.core.balance import Period, Row
    from annotations.presentation.filters import Choices
    from versioning.models import Version


@dataclass(frozen=True, slots=True)
class Number:
    """A number with what it counts and the list of just these annotations.

    Attributes:
        key: What it counts, by the word of addresses.
        share: Its part of the whole, in percent.
        x: Where its bar begins, in percent of the width.
        width: How long its bar is, in percent of the width.
    """

    key: str
    label: str
    count: int
    url: str
    share: int = 0
    x: str = "0%"
    width: str = "0%"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table, with a bar of its numbers one after another."""

    key: str
    label: str
    total: int
    url: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers by one thing and by state.

    Attributes:
        key: chapter, kind, source or time.
        head: What the first column names.
        columns: The names of the states.
    """

    key: str
    title: str
    head: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """Everything that is counted of a text.

    Attributes:
        facts: One for each annotation that the list shows.
        states: How many of each outcome, and how many are open.
        answered: How many have a public answer.
        periods: What ``over_time`` counts by.
        reactions: How many authors agreed and objected.
        results: Names of what annotations led to, by the words of addresses.
    """

    facts: tuple[Fact, ...]
    total: Number
    answered: Number
    states: tuple[Number, ...]
    tables: tuple[Table, ...]
    over_time: Table
    periods: tuple[Period, ...]
    reactions: tuple[Number, ...]
    results: dict[str, str]
    links: Links


class Links:
    """Addresses of the list of all annotations, filtered."""

    def __init__(self, version: Version, choices: Choices) -> None:
        self._choices = choices
        self._list = reverse("annotations:list", args=[version.page_id])

    def to(self, **chosen: Any) -> str:  # noqa: ANN401  # the fields of Filters
        """Return the address of the list of what was chosen."""
        query = Filters(self._choices, **chosen).query
        return f"{self._list}?{query}#found" if query else f"{self._list}#found"


def balance_of(version: Version) -> Balance:
    """Count what became of the annotations of a text, in a constant number of queries.

    Counted is what the list of all annotations shows to everybody, so that every number can be
    looked up there.

    Args:
        version: The newest version of the text.
    """
    choices = choices_for(version, {})
    links = Links(version, choices)
    facts = tuple(_facts(version))
    overall = balance.by_state(facts)
    found = balance.periods(fact.day for fact in facts)
    answered = overall.total - overall.counts[STATES.index(OPEN)]
    return Balance(
        facts=facts,
        total=Number("", _("All annotations"), overall.total, links.to()),
        answered=Number("disposed", _("Answered"), answered, links.to(state="disposed")),
        states=_numbers(overall, links, {}, overall.total),
        tables=tuple(_tables(facts, choices, links)),
        over_time=_over_time(facts, found, links),
        periods=tuple(found),
        reactions=_reactions(facts, choices, links),
        results={**choices.result, fates.WAITING: _("no answer yet")},
        links=links,
    )


def state_names() -> dict[str, str]:
    """Return what the states are called, in their order."""
    names = {str(value): str(label) for value, label in Outcome.choices}
    return {state: names.get(state, _("Still open")) for state in STATES}


def _facts(version: Version) -> list[Fact]:
    chapters = dict(Passage.objects.filter(version=version).values_list("pk", "chapter"))
    rows = located(version).filter(state=State.PUBLIC).annotate(**fates.FIRST_CHANGE)
    names = ("motivation", "source", "at", "created_at", "reaction__agrees")
    answer = ("disposition__outcome", "disposition__public_at", "disposition__missing")
    return [
        _fact(row, chapters.get(row[2]))
        for row in rows.values_list(*names, *answer, "first_change")
    ]


def _fact(row: tuple[Any, ...], chapter: int | None) -> Fact:
    kind, source, _at, moment, agrees, outcome, public_at, missing, first_change = row
    is_answered = public_at is not None and not missing
    return Fact(
        kind=kind,
        source=source,
        chapter=chapter,
        day=timezone.localtime(moment).date(),
        state=outcome if is_answered else OPEN,
        result=fates.result_of(outcome, first_change) if is_answered else fates.WAITING,
        reaction="" if agrees is None else "agrees" if agrees else "objects",
    )


def _tables(facts: Sequence[Fact], choices: Choices, links: Links) -> list[Table]:
    """Return the tables by chapter, kind and source; rows without an annotation are left out."""
    wanted: list[tuple[str, str, str, dict[str, str], Callable[[Fact], object]]] = [
        ("chapter", _("By chapter"), _("Chapter"), choices.chapter, _chapter_of),
        ("kind", _("By kind"), _("Kind"), choices.kind, lambda fact: fact.kind),
        ("source", _("By source"), _("Source"), choices.source, lambda fact: fact.source),
    ]
    return [
        _table((key, title, head), balance.table(facts, of, names), names, links)
        for key, title, head, names, of in wanted
    ]


def _chapter_of(fact: Fact) -> str:
    return GONE if fact.chapter is None else str(fact.chapter)


def _table(
    about: tuple[str, str, str], rows: Sequence[Row], names: dict[str, str], links: Links
) -> Table:
    """Return a table; ``about`` is its key, its title and what its first column names."""
    key, title, head = about
    shown = [row for row in rows if row.total]
    longest = max((row.total for row in shown), default=0)
    lines = [
        Line(
            key=str(row.key),
            label=str(names[str(row.key)]),
            total=row.total,
            url=links.to(**{key: str(row.key)}),
            numbers=_numbers(row, links, {key: str(row.key)}, longest),
        )
        for row in shown
    ]
    return Table(key, title, head, tuple(state_names().values()), tuple(lines))


def _numbers(row: Row, links: Links, chosen: dict[str, Any], longest: int) -> tuple[Number, ...]:
    """Return the numbers of a row, with their bars one after another.

    Args:
        row: Counts by state.
        links: Of the text.
        chosen: What else the list is filtered by.
        longest: The number whose bar fills the width.
    """
    numbers, before = [], 0
    for (state, label), count in zip(state_names().items(), row.counts, strict=True):
        numbers.append(
            Number(
                key=state,
                label=label,
                count=count,
                url=links.to(**chosen, state=state),
                share=round(100 * count / row.total) if row.total else 0,
                x=percent(before, longest),
                width=percent(count, longest),
            )
        )
        before += count
    return tuple(numbers)


def percent(part: int, whole: int) -> str:
    """Return a part as SVG writes lengths, whatever language is spoken."""
    return f"{100 * part / whole:.2f}%" if whole else "0%"


def _over_time(facts: Sequence[Fact], found: Sequence[Period], links: Links) -> Table:
    rows = balance.table(facts, lambda fact: balance.period_of(fact.day, found), found)
    lines = []
    for period, row in zip(found, rows, strict=True):
        chosen = {"since": period.first, "until": period.last}
        numbers = _numbers(row, links, chosen, row.total)
        lines.append(
            Line(
                period.first.isoformat(),
                period_name(period),
                row.total,
                links.to(**chosen),
                numbers,
            )
        )
    head = _("Written")
    columns = tuple(state_names().values())
    return Table("time", _("Over time"), head, columns, tuple(lines))


def period_name(period: Period) -> str:
    """Return a period as people say it."""
    if period.unit == "year":
        return str(period.first.year)
    if period.unit == "month":
        return str(date_as(period.first, "F Y"))
    if period.unit == "day":
        return _spoken(period.first)
    days = {"first": _spoken(period.first), "last": _spoken(period.last)}
    return _("%(first)s to %(last)s") % days


def _spoken(day: date) -> str:
    return str(date_format(day, "DATE_FORMAT"))


def _reactions(facts: Sequence[Fact], choices: Choices, links: Links) -> tuple[Number, ...]:
    """Count what authors said to their answers."""
    found = Counter(fact.reaction for fact in facts)
    return tuple(
        Number(key, label, found[key], links.to(reaction=key))
        for key, label in choices.reaction.items()
    )
