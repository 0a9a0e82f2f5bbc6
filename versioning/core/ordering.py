"""Order of a comparison: what counts as moved, and where each row stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from versioning.core import marks, matching
from versioning.core.passages import PassageText, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from versioning.core.passages import Relation

_STAY = 1_000_000
_MAX_LENGTH = 10_000


class Link(NamedTuple):
    """Passages that belong together: one and one, one and several, or several and one."""

    old: tuple[int, ...]
    new: tuple[int, ...]
    score: float


def ordered_rows(
    links: Sequence[Link], old: Sequence[PassageText], new: Sequence[PassageText]
) -> list[Row]:
    """Make rows of all passages in the order of a comparison.

    Rows follow the new text; removed rows stand behind the passage that stood before them.
    As few passages as possible count as moved, the shorter ones where there is a choice.

    Args:
        links: What belongs together; no passage stands in two links.
        old: Passages of the old text.
        new: Passages of the new text.

    Returns:
        Rows without word runs; every passage stands in exactly one.
    """
    links = sorted(links, key=lambda link: link.new)
    weighted = [(link.old[0], link.new[0], _weight(link, old)) for link in links]
    staying = {links[at].new[0] for at in matching.heaviest_chain(weighted)}
    rows = [_row(link, old, new, moved=link.new[0] not in staying) for link in links]
    linked = {index for link in links for index in link.new}
    rows += [
        Row("added", (), (index,), (), similarity=0.0)
        for index in range(len(new))
        if index not in linked
    ]
    rows.sort(key=lambda row: row.new)
    return _with_removed(rows, len(old))


def _weight(link: Link, old: Sequence[PassageText]) -> int:
    return _STAY + min(_MAX_LENGTH, sum(len(old[index].text) for index in link.old))


def _row(link: Link, old: Sequence[PassageText], new: Sequence[PassageText], *, moved: bool) -> Row:
    if len(link.new) > 1:
        return Row("split", link.old, link.new, (), similarity=link.score)
    if len(link.old) > 1:
        return Row("merged", link.old, link.new, (), similarity=link.score)
    before, after = old[link.old[0]], new[link.new[0]]
    if before.text != after.text:
        relation: Relation = "moved_changed" if moved else "changed"
        return Row(relation, link.old, link.new, (), similarity=link.score)
    changes = marks.format_changes(before, after)
    if changes:
        relation = "moved_changed" if moved else "changed"
    else:
        relation = "moved" if moved else "kept"
    return Row(relation, link.old, link.new, (), format=changes)


def _with_removed(rows: list[Row], old_count: int) -> list[Row]:
    """Put the removed passages where they stood."""
    at_old = {index: at for at, row in enumerate(rows) for index in row.old}
    in_order = [row.relation in ("kept", "changed") for row in rows]
    behind: list[list[Row]] = [[] for _ in range(len(rows) + 1)]
    upper = _next_in_order(rows, old_count)
    lowest = place = 0
    for index in range(old_count):
        if index not in at_old:
            behind[place].append(Row("removed", (index,), (), (), similarity=0.0))
            lowest = place
            continue
        at = at_old[index] + 1
        if in_order[at - 1]:
            lowest = place = at
        elif lowest <= at <= upper[index]:
            place = at
    ordered = list(behind[0])
    for at, row in enumerate(rows):
        ordered += [row, *behind[at + 1]]
    return ordered


def _next_in_order(rows: Sequence[Row], old_count: int) -> list[int]:
    """Give for each old passage the place of the next row that keeps the old order."""
    places = {row.old[0]: at for at, row in enumerate(rows) if row.relation in ("kept", "changed")}
    upper = [len(rows)] * (old_count + 1)
    for index in range(old_count - 1, -1, -1):
        upper[index] = places.get(index, upper[index + 1])
    return upper
