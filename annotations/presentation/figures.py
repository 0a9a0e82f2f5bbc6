"""Pictures of a balance sheet: columns over time, and the flow from annotations to changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from annotations.core import flow
from annotations.core.balance import OPEN, STATES, Fact, flows
from annotations.models import Motivation
from annotations.presentation.balance import percent, state_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotations.presentation.balance import Balance, Line

COLUMN_SHARE = 0.8
"""Which part of its place in the row a column fills."""
WIDEST = 4.0
"""No column is broader, in percent of the picture, however few there are."""
BASE = 72
"""Height of the highest column, in the units of the picture."""


class Column(NamedTuple):
    """One column of a band; lengths as SVG writes them."""

    x: str
    width: str
    y: str
    height: str
    title: str


@dataclass(frozen=True, slots=True)
class Band:
    """A row of columns over time, all bands on the same scale.

    Attributes:
        peak: The highest number, with its period.
    """

    label: str
    total: int
    columns: tuple[Column, ...]
    peak: str


class Ending(NamedTuple):
    """A node of the flow with its label.

    Attributes:
        anchor: How SVG aligns the label: start, middle or end.
    """

    node: flow.Node
    state: str
    label: str
    x: str
    width: str
    text_x: str
    text_y: float
    anchor: str


class Key(NamedTuple):
    """One column of the flow.

    Attributes:
        name: kind, state or result: the attribute of a fact.
        head: What stands above the column.
        names: What its nodes are called, in their order.
    """

    name: str
    head: str
    names: dict[str, str]

    def of(self, fact: Fact) -> str:
        """Return the node of a fact."""
        return str(getattr(fact, self.name))


class Stream(NamedTuple):
    """A ribbon with the state that gives it its look, and a sentence."""

    ribbon: flow.Ribbon
    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of flows.

    Attributes:
        name: Tells pictures of one page apart.
        heads: What the columns stand for.
    """

    name: str
    heads: tuple[str, ...]
    height: float
    endings: tuple[Ending, ...]
    streams: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A row of the table behind the picture: from where to where, and how many."""

    source: str
    target: str
    count: int
    url: str


def bands_of(balance: Balance) -> list[Band]:
    """Return how many annotations were written when, how many of them are answered and open."""
    lines = balance.over_time.lines
    last = len(STATES) - 1
    highest = max((line.total for line in lines), default=0)
    parts = (
        (_("Written"), [line.total for line in lines]),
        (_("Of these answered"), [line.total - line.numbers[last].count for line in lines]),
        (_("Of these still open"), [line.numbers[last].count for line in lines]),
    )
    return [_band(label, counts, lines, highest) for label, counts in parts if any(counts)]


def _band(label: str, counts: Sequence[int], lines: Sequence[Line], highest: int) -> Band:
    step = 100 / len(counts)
    width = min(WIDEST, step * COLUMN_SHARE)
    columns = []
    for place, (count, line) in enumerate(zip(counts, lines, strict=True)):
        height = BASE * count / highest
        columns.append(
            Column(
                x=f"{(place + 0.5) * step - width / 2:.2f}%",
                width=f"{width:.2f}%",
                y=f"{BASE - height:.1f}",
                height=f"{height:.1f}",
                title=f"{line.label}: {count}",
            )
        )
    most = max(counts, default=0)
    peak = ""
    if most and len(lines) > 1:
        when = lines[list(counts).index(most)].label
        peak = _("most: %(number)d (%(when)s)") % {"number": most, "when": when}
    return Band(label, sum(counts), tuple(columns), peak)


def pictures_of(balance: Balance) -> list[Picture]:
    """Return the flow as one picture, then as two that follow each other on narrow screens."""
    if not balance.facts:
        return []
    keys = (
        Key("kind", _("Annotations"), _kinds()),
        Key("state", _("Disposition"), state_names()),
        Key("result", _("What it changed"), balance.results),
    )
    return [
        _picture("wide", balance, keys),
        _picture("first", balance, keys[:2]),
        _picture("second", balance, keys[1:]),
    ]


def ways_of(balance: Balance) -> list[tuple[str, list[Way]]]:
    """Return the numbers behind the picture: from kinds to states, from states to results."""
    kinds, states, results = _kinds(), state_names(), balance.results
    first = flows(balance.facts, lambda fact: fact.kind, lambda fact: fact.state)
    second = flows(balance.facts, lambda fact: fact.state, lambda fact: fact.result)
    to = balance.links.to
    return [
        (
            _("From annotations to dispositions"),
            [
                Way(kinds[kind], states[state], count, to(kind=kind, state=state))
                for kind in kinds
                for state in states
                if (count := first[kind, state])
            ],
        ),
        (
            _("From dispositions to changes"),
            [
                Way(states[state], results[result], count, _to_result(balance, state, result))
                for state in states
                for result in results
                if (count := second[state, result])
            ],
        ),
    ]


def _to_result(balance: Balance, state: str, result: str) -> str:
    chosen: dict[str, str] = {} if state == OPEN else {"result": result}
    return balance.links.to(state=state, **chosen)


def _kinds() -> dict[str, str]:
    return {
        str(Motivation.COMMENTING): _("Comment"),
        str(Motivation.QUESTIONING): _("Question"),
        str(Motivation.EDITING): _("Suggested edit"),
    }


def _picture(name: str, balance: Balance, keys: Sequence[Key]) -> Picture:
    ways = flows(balance.facts, *(key.of for key in keys))
    found = flow.layout(ways, [list(key.names) for key in keys])
    names = [key.names for key in keys]
    at = next(place for place, key in enumerate(keys) if key.name == "state")
    return Picture(
        name=name,
        heads=tuple(key.head for key in keys),
        height=found.height,
        endings=tuple(
            _ending(node, names[node.column][node.key], at, last=len(keys) - 1)
            for node in found.nodes
        ),
        streams=tuple(_stream(ribbon, names, at) for ribbon in found.ribbons),
    )


def _ending(node: flow.Node, name: str, at: int, *, last: int) -> Ending:
    anchor = "start" if node.column == 0 else "end" if node.column == last else "middle"
    middle = node.x + flow.NODE_WIDTH / 2
    edge = {"start": node.x, "middle": middle, "end": node.x + flow.NODE_WIDTH}[anchor]
    return Ending(
        node=node,
        state=node.key if node.column == at else "",
        label=f"{name}: {node.count}",
        x=percent(round(node.x * 100), 10_000),
        width=percent(round(flow.NODE_WIDTH * 100), 10_000),
        text_x=percent(round(edge * 100), 10_000),
        text_y=round(node.y - 7, 1),
        anchor=anchor,
    )


def _stream(ribbon: flow.Ribbon, names: Sequence[dict[str, str]], at: int) -> Stream:
    source, target = names[ribbon.column], names[ribbon.column + 1]
    return Stream(
        ribbon=ribbon,
        state=ribbon.source if ribbon.column == at else ribbon.target,
        sentence=f"{source[ribbon.source]} → {target[ribbon.target]}: {ribbon.count}",
    )
