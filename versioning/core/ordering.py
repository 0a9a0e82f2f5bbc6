"""Order of a comparison: what counts as moved, and where each row stands."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from versioning.core import marks, matching

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from versioning.core.passages import PassageText, Relation

_STAY = 1_000_000
_MAX_LENGTH = 10_000


Link = tuple[tuple[int, ...], tuple[int, ...], float]
"""Old and new passages that belong together, and how alike they are.

One and one, one and several, or several and one. Plain tuples, since there is one per passage.
"""
Placed = tuple["Relation", tuple[int, ...], tuple[int, ...], tuple[str, ...], float]
"""What becomes a row: relation, old and new passages, changes of format, likeness."""


def ordered(
    links: Sequence[Link],
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    may_move: Callable[[int, int], bool] | None = None,
) -> list[Placed]:
    """Put all passages into the order of a comparison.

    Rows follow the new text; removed rows stand behind the passage that stood before them.
    As few passages as possible count as moved, the shorter ones where there is a choice.

    Args:
        links: What belongs together; no passage stands in two links.
        old: Passages of the old text.
        new: Passages of the new text.
        may_move: Tells whether one old and one new passage count as moved; if they do not,
            they are removed and added.

    Returns:
        What becomes the rows; every passage stands in exactly one.
    """
    moving = _moving(links, old)
    first: list[Placed | None] = [None] * len(new)
    taken: set[int] = set()
    for at, (olds, news, score) in enumerate(links):
        moved = at in moving
        if old[olds[0]] == new[news[0]] and len(olds) == len(news) and not moved:
            first[news[0]] = ("kept", olds, news, (), 1.0)  # as most are
        elif len(olds) < len(news):
            first[news[0]] = ("split", olds, news, (), score)
            taken.update(news)
        elif len(olds) > len(news):
            first[news[0]] = ("merged", olds, news, (), score)
        elif not moved or not may_move or may_move(olds[0], news[0]):
            first[news[0]] = _pair(olds, news, score, old, new, moved=moved)
    rows: list[Placed] = [
        row or ("added", (), (at,), (), 0.0)
        for at, row in enumerate(first)
        if row or at not in taken
    ]
    return _with_removed(rows, len(old))


def _moving(links: Sequence[Link], old: Sequence[PassageText]) -> set[int]:
    """Give the places of the links that cannot stay where they are.

    Each counts about the same where it may stay, long ones a little more.
    """
    order = sorted([(olds[0], news[0], at) for at, (olds, news, _) in enumerate(links)])
    moving: set[int] = set()
    for start, end in matching.crossing([new for _, new, _ in order]):
        places = [at for _, _, at in order[start:end]]
        weights = [sum([len(old[index].text) for index in links[at][0]]) for at in places]
        weighted = [
            (i, j, _STAY + min(_MAX_LENGTH, weight))
            for (i, j, _), weight in zip(order[start:end], weights, strict=True)
        ]
        moving.update(places)
        moving.difference_update([places[at] for at in matching.heaviest_order(weighted)])
    return moving


def _pair(  # noqa: PLR0913  # called once per passage, so nothing is packed
    olds: tuple[int, ...],
    news: tuple[int, ...],
    score: float,
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    *,
    moved: bool,
) -> Placed:
    before, after = old[olds[0]], new[news[0]]
    if before.text != after.text:
        return "moved_changed" if moved else "changed", olds, news, (), score
    changes = marks.format_changes(before, after)
    if changes:
        return "moved_changed" if moved else "changed", olds, news, changes, 1.0
    return "moved" if moved else "kept", olds, news, (), 1.0


def _with_removed(rows: list[Placed], old_count: int) -> list[Placed]:
    """Put the removed passages where they stood."""
    at_old = {index: at for at, row in enumerate(rows) for index in row[1]}
    in_order = [row[0] in ("kept", "changed") for row in rows]
    behind: defaultdict[int, list[Placed]] = defaultdict(list)
    upper = _next_in_order(rows, old_count)
    lowest = place = 0
    for index in range(old_count):
        if index not in at_old:
            behind[place].append(("removed", (index,), (), (), 0.0))
            lowest = place
            continue
        at = at_old[index] + 1
        if in_order[at - 1]:
            lowest = place = at
        elif lowest <= at <= upper[index]:
            place = at
    ordered: list[Placed] = []
    done = 0
    for place, removed in sorted(behind.items()):
        ordered += [*rows[done:place], *removed]
        done = place
    return ordered + rows[done:]


def _next_in_order(rows: Sequence[Placed], old_count: int) -> list[int]:
    """Give for each old passage the place of the next row that keeps the old order."""
    places = {row[1][0]: at for at, row in enumerate(rows) if row[0] in ("kept", "changed")}
    upper = [len(rows)] * (old_count + 1)
    for index in range(old_count - 1, -1, -1):
        upper[index] = places.get(index, upper[index + 1])
    return upper
