"""Where the nodes and ribbons of a picture of flows stand. No Django.

Columns of nodes stand side by side, ribbons lead from each column to the next. A node is as high as
the number that goes through it, a ribbon as thick as its own. Above each node there is room for
its label, so that no label stands on another, however thin the nodes are.

Horizontal positions are in 0 to 100, since the picture is stretched to the width of the page;
vertical ones are in units of the picture, and its height is part of the layout.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH = 100.0
NODE_WIDTH = 1.2
LABEL = 26.0
"""Room for a label above each node."""
GAP = 8.0
"""Room below each node."""
LEAST = 2.0
"""Thickness of the thinnest ribbon; a number of one is seen, too."""


@dataclass(frozen=True, slots=True)
class Node:
    """A bar with a label above it.

    Attributes:
        column: In which column it stands, from 0.
        key: What it stands for, once in each column.
        count: How many go through it.
        x: Its left edge.
        y: Its upper edge; the label stands between ``y - LABEL`` and ``y``.
        height: Its height.
    """

    column: int
    key: str
    count: int
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A band from a node to one of the next column.

    Attributes:
        column: The column in which it begins.
        source: Key of the node where it begins.
        target: Key of the node where it ends.
        count: How many go this way.
        path: Its outline, as SVG writes paths.
    """

    column: int
    source: str
    target: str
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The whole picture."""

    height: float
    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]


def layout(
    ways: Mapping[tuple[str, ...], int], orders: Sequence[Sequence[str]], *, room: float = 260.0
) -> Flow:
    """Place nodes and ribbons.

    The nodes of a column stand in the given order, those through which nothing goes are left out.
    Ribbons leave and reach a node in the order of their other ends, so that they cross as little
    as the orders allow.

    Args:
        ways: How many go each way, by one key for each column.
        orders: The keys of each column from top to bottom, every key that occurs among them.
        room: Height that all nodes of a column share, without labels and gaps.

    Returns:
        The layout; of nothing an empty one.
    """
    total = sum(ways.values())
    if not total:
        return Flow(0.0, (), ())
    counts = [_counted(ways, column) for column in range(len(orders))]
    shown = [
        [key for key in order if counted[key]]
        for order, counted in zip(orders, counts, strict=True)
    ]
    links = [_linked(ways, column) for column in range(len(orders) - 1)]
    scale = room / total
    heights = [
        {key: _height(key, column, links, scale, counts[column][key]) for key in keys}
        for column, keys in enumerate(shown)
    ]
    full = max(sum(found.values()) + (LABEL + GAP) * len(found) for found in heights)
    nodes = {
        (node.column, node.key): node
        for column, found in enumerate(heights)
        for node in _stacked(column, found, counts[column], full, last=len(orders) - 1)
    }
    ribbons = [
        ribbon
        for column, found in enumerate(links)
        for ribbon in _ribbons(column, found, shown, nodes, scale)
    ]
    return Flow(round(full, 1), tuple(nodes.values()), tuple(ribbons))


def _counted(ways: Mapping[tuple[str, ...], int], column: int) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for way, count in ways.items():
        found[way[column]] += count
    return found


def _linked(ways: Mapping[tuple[str, ...], int], column: int) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for way, count in ways.items():
        if count:
            found[way[column], way[column + 1]] += count
    return found


def _thickness(count: int, scale: float) -> float:
    return max(LEAST, count * scale)


def _height(
    key: str, column: int, links: Sequence[Mapping[tuple[str, str], int]], scale: float, count: int
) -> float:
    """Return the height of a node: room for the ribbons on that side which needs more."""
    left = links[column - 1] if column else {}
    right = links[column] if column < len(links) else {}
    reaching = sum(_thickness(n, scale) for (_from, to), n in left.items() if to == key)
    leaving = sum(_thickness(n, scale) for (begin, _to), n in right.items() if begin == key)
    return max(reaching, leaving, _thickness(count, scale))


def _stacked(
    column: int,
    heights: Mapping[str, float],
    counts: Mapping[str, int],
    full: float,
    *,
    last: int,
) -> list[Node]:
    """Place the nodes of a column; what is left of its height is shared out between them."""
    used = sum(heights.values()) + (LABEL + GAP) * len(heights)
    spare = (full - used) / len(heights)
    x = column * (WIDTH - NODE_WIDTH) / last if last else 0.0
    nodes, y = [], 0.0
    for key, height in heights.items():
        y += LABEL + spare / 2
        nodes.append(Node(column, key, counts[key], round(x, 2), round(y, 2), round(height, 2)))
        y += height + GAP + spare / 2
    return nodes


def _ribbons(
    column: int,
    links: Mapping[tuple[str, str], int],
    shown: Sequence[Sequence[str]],
    nodes: Mapping[tuple[int, str], Node],
    scale: float,
) -> list[Ribbon]:
    left, right = shown[column], shown[column + 1]
    begins = {key: nodes[column, key].y for key in left}
    ends = {key: nodes[column + 1, key].y for key in right}
    found = []
    for source in left:
        for target in right:
            count = links.get((source, target), 0)
            if not count:
                continue
            thick = _thickness(count, scale)
            x = nodes[column, source].x + NODE_WIDTH
            path = _band(x, begins[source], nodes[column + 1, target].x, ends[target], thick)
            begins[source] += thick
            ends[target] += thick
            found.append(Ribbon(column, source, target, count, path))
    return found


def _band(x: float, y: float, to_x: float, to_y: float, thick: float) -> str:
    """Return the outline of a band that leaves and arrives level."""
    middle = (x + to_x) / 2
    return (
        f"M{x:.2f} {y:.2f}C{middle:.2f} {y:.2f} {middle:.2f} {to_y:.2f} {to_x:.2f} {to_y:.2f}"
        f"V{to_y + thick:.2f}C{middle:.2f} {to_y + thick:.2f} {middle:.2f} {y + thick:.2f} "
        f"{x:.2f} {y + thick:.2f}Z"
    )
