"""Under which heading each change stands, told once above the first of them."""

from __future__ import annotations

from bisect import bisect
from typing import TYPE_CHECKING

from versioning.presentation.rows import Fold, ShownRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from versioning.outlines import Outline
    from versioning.presentation.rows import Item


def with_sections(
    items: list[Item], outline: Outline, headings: Sequence[tuple[int, str]]
) -> list[Item]:
    """Tell at each change the heading under which it stands, where that is no chapter.

    A removed passage stands under the heading of what comes before it.

    Args:
        items: What stands on one page, in reading order.
        outline: The comparison.
        headings: Positions and titles of headings of the new text, in reading order.
    """
    chapters = {first for _chapter, first in outline.chapters}
    positions = [position for position, _title in headings]
    current = None
    place = -1
    for row in _rows(items):
        place = row.compared.new[0].position if row.compared.new else place
        at = bisect(positions, place) - 1
        if at < 0 or not row.compared.ordinal:
            continue
        position, title = headings[at]
        is_own = bool(row.compared.new) and position == row.compared.new[0].position
        if position not in chapters:
            row.under = title if position != current and not is_own else ""
            row.section = " › ".join(filter(None, (row.section, title)))
        current = position
    return items


def _rows(items: Sequence[Item]) -> Iterator[ShownRow]:
    for item in items:
        if isinstance(item, ShownRow):
            yield item
        elif isinstance(item, Fold):
            yield from item.rows
