"""Order of a comparison: what counts as moved, and where each row stands."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from versioning.core import marks, matching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from versioning.core.passages import PassageText, Relation

_STAY = 1_000_000
_MAX_LENGTH = 10_000


class Link(NamedTuple):
    """Passages that belong together: one and one, one and several, or several and one."""

    old: tuple[int, ...]
    new: tuple[int, ...]
    score: float


class Placed(NamedTuple):
    """What becomes a row: a relation, its passages, their format changes and similarity."""

    relation: Relation
    old: tuple[int, ...]
    new: tuple[int, ...]
    format: tuple[str, ...] = ()
    score: float = 1.0


def ordered(
    links: Sequence[Link], old: Sequence[PassageText], new: Sequence[PassageText]
) -> list[Placed]:
    """Put all passages into the order of a comparison.

    Rows follow the new text; removed rows stand behind the passage that stood before them.
    As few passages as possible count as moved, the shorter ones where there is a choice.

    Args:
        links: What belongs together; no passage stands in two links.
        old: Passages of the old text.
        new: Passages of the new text.

    Returns:
        What becomes the rows; every passage stands in exactly one.
    """
    weighted = [(link.old[0], link.new[0], _weight(link, old)) for link in links]
    staying = set(matching.heaviest_order(weighted))
    first: list[Placed | None] = [None] * len(new)
    taken: set[int] = set()
    for at, link in enumerate(links):
        first[link.new[0]] = _placed(link, old, new, moved=at not in staying)
        taken.update(link.new)
    rows = [
        row or Placed("added", (), (at,), (), 0.0)
        for at, row in enumerate(first)
        if row or at not in taken
    ]
    return _with_removed(rows, len(old))


def _weight(link: Link, old: Sequence[PassageText]) -> int:
    """Weigh what may stay in its place: each counts about the same, long ones a little more."""
    if len(link.old) == 1:
        return _STAY + min(_MAX_LENGTH, len(old[link.old[0]].text))
    return _STAY + min(_MAX_LENGTH, sum(len(old[index].text) for index in link.old))


def _placed(
    link: Link, old: Sequence[PassageText], new: Sequence[PassageText], *, moved: bool
) -> Placed:
    if len(link.new) > 1:
        return Placed("split", link.old, link.new, (), link.score)
    if len(link.old) > 1:
        return Placed("merged", link.old, link.new, (), link.score)
    before, after = old[link.old[0]], new[link.new[0]]
    if before.text != after.text:
        return Placed("moved_changed" if moved else "changed", *link[:2], (), link.score)
    changes = marks.format_changes(before, after)
    if changes:
        return Placed("moved_changed" if moved else "changed", *link[:2], changes)
    return Placed("moved" if moved else "kept", *link[:2])


def _with_removed(rows: list[Placed], old_count: int) -> list[Placed]:
    """Put the removed passages where they stood."""
    at_old = {index: at for at, row in enumerate(rows) for index in row.old}
    in_order = [row.relation in ("kept", "changed") for row in rows]
    behind: defaultdict[int, list[Placed]] = defaultdict(list)
    upper = _next_in_order(rows, old_count)
    lowest = place = 0
    for index in range(old_count):
        if index not in at_old:
            behind[place].append(Placed("removed", (index,), (), (), 0.0))
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
    places = {row.old[0]: at for at, row in enumerate(rows) if row.relation in ("kept", "changed")}
    upper = [len(rows)] * (old_count + 1)
    for index in range(old_count - 1, -1, -1):
        upper[index] = places.get(index, upper[index + 1])
    return upper
