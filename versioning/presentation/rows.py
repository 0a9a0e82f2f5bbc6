"""The rows of a comparison, page by page: chapters, folded stretches, ends of moves."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import ngettext

from versioning.presentation.runs import anchor, unmarked
from versioning.presentation.words import CATEGORIES, FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django_stubs_ext import StrOrPromise

    from versioning.comparisons import ComparedRow, Comparison

PAGE_SIZE = 200
"""Rows on one page of a comparison."""


@dataclass(slots=True)
class Number:
    """One number of the summary, which is a filter."""

    category: str
    word: StrOrPromise
    count: int


@dataclass(slots=True)
class ShownRow:
    """One row as it is shown.

    Attributes:
        compared: The row of the comparison.
        chapter: Title of the chapter where it begins one on this page, else empty.
        previous: Address of the change before it, empty for the first.
        next: Address of the change after it, empty for the last.
        origin: Address of the place that it has left, empty where none is shown.
        anchors: Ids of stored changes that no run carries.
        is_row: Tells the template which kind of item this is.
    """

    compared: ComparedRow
    chapter: str = ""
    previous: str = ""
    next: str = ""
    origin: str = ""
    anchors: tuple[int, ...] = ()
    is_row: bool = True

    @property
    def formats(self) -> list[StrOrPromise]:
        """What differs besides the words."""
        return [FORMATS.get(name, name) for name in self.compared.row.format]

    @property
    def is_moved(self) -> bool:
        """Whether the passage stood elsewhere."""
        return _is_moved(self.compared)


@dataclass(slots=True)
class Ghost:
    """The place that a moved passage has left.

    Attributes:
        compared: The row of the passage.
        target: Address of its new place.
        is_ghost: Tells the template which kind of item this is.
    """

    compared: ComparedRow
    target: str = ""
    is_ghost: bool = True


@dataclass(slots=True)
class Fold:
    """A stretch of unchanged rows, folded into one line."""

    rows: list[ShownRow] = field(default_factory=list)
    is_fold: bool = True

    @property
    def sentence(self) -> str:
        """How many passages it holds and which."""
        count = len(self.rows)
        words = ngettext(
            "%(count)d unchanged paragraph", "%(count)d unchanged paragraphs", count
        ) % {"count": count}
        numbers = [row.compared.new[0].number for row in self.rows if row.compared.new[0].number]
        if not numbers:
            return words
        span = numbers[0] if len(set(numbers)) == 1 else f"{numbers[0]} – {numbers[-1]}"
        return f"{words} ({span})"


Item = ShownRow | Ghost | Fold


def summary(comparison: Comparison) -> list[Number]:
    """Return the numbers of a comparison, those that count nothing left out."""
    return [
        Number(category, word, comparison.numbers[category])
        for category, word in CATEGORIES.items()
        if comparison.numbers[category]
    ]


def selected_rows(comparison: Comparison, *, only: str) -> list[ComparedRow]:
    """Return the rows of one category, or all of them."""
    if not only:
        return comparison.rows
    return [row for row in comparison.rows if row.category == only]


def page_of_change(rows: Sequence[ComparedRow], change: int) -> int:
    """Return the number of the page that shows a stored change, 1 where there is none."""
    for index, row in enumerate(rows):
        if any(known.pk == change for known in row.changes):
            return index // PAGE_SIZE + 1
    return 1


def items_of_page(
    comparison: Comparison,
    rows: Sequence[ComparedRow],
    *,
    number: int,
    fold: bool,
    query: str = "",
) -> list[Item]:
    """Return what stands on one page of a comparison.

    Args:
        comparison: The comparison, for chapters and moves.
        rows: The rows that are asked for.
        number: Which page, from 1.
        fold: Whether unchanged stretches are folded.
        query: Query string of this page without its number, for links to other pages.
    """
    pager = _Pager(rows, number, query)
    shown = list(_linked(comparison, pager, fold=fold))
    if rows is not comparison.rows:
        return list(shown)
    items = _with_ghosts(shown, pager)
    return _folded(items) if fold else items


class _Pager:
    """Knows on which page each row stands and how to link to it."""

    def __init__(self, rows: Sequence[ComparedRow], number: int, query: str) -> None:
        self.rows = rows
        self.number = number
        self.query = f"{query}&" if query else ""
        self.begin = (number - 1) * PAGE_SIZE
        self.shown = rows[self.begin : self.begin + PAGE_SIZE]

    def address(self, index: int, target: str) -> str:
        """Return the address of an id near the row of an index."""
        page = index // PAGE_SIZE + 1
        return f"#{target}" if page == self.number else f"?{self.query}page={page}#{target}"


def _linked(comparison: Comparison, pager: _Pager, *, fold: bool) -> Iterator[ShownRow]:
    """Yield the rows of one page with their chapters and the ways to their neighbours.

    A chapter is named above its first change, unless its heading is a row of its own there.
    """
    titles = _chapter_titles(comparison)
    changes = [(index, anchor(row)) for index, row in enumerate(pager.rows) if row.ordinal]
    places = {target: at for at, (_index, target) in enumerate(changes)}
    current = ""
    for row in pager.shown:
        shown = ShownRow(row)
        title = titles.get(row.new[0].chapter, "") if row.new else current
        if title and title == _title(row) and (row.ordinal or not fold):
            current = title
        if row.ordinal:
            at = places[anchor(row)]
            shown.previous = pager.address(*changes[at - 1]) if at else ""
            shown.next = pager.address(*changes[at + 1]) if at + 1 < len(changes) else ""
            shown.anchors = unmarked(row)
            shown.chapter = title if title != current else ""
            current = title
        yield shown


def _chapter_titles(comparison: Comparison) -> dict[int, str]:
    """Return the title of each chapter of the new text: its first heading."""
    titles: dict[int, str] = {}
    for row in comparison.rows:
        for passage in row.new:
            if passage.kind == "heading" and passage.chapter:
                titles.setdefault(passage.chapter, _title(row))
    return titles


def _title(row: ComparedRow) -> str:
    """Return number and words of a row that is one heading, else nothing."""
    if len(row.new) != 1 or row.new[0].kind != "heading":
        return ""
    return f"{row.new[0].number} {row.new[0].text}".strip()


def _with_ghosts(shown: Sequence[ShownRow], pager: _Pager) -> list[Item]:
    """Add the places that moved passages have left, and link both ends."""
    left_at = _places_left(pager.rows)
    index_of = {row.ordinal: index for index, row in enumerate(pager.rows) if row.ordinal}
    before: defaultdict[int, list[Ghost]] = defaultdict(list)
    for row, place in left_at:
        target = pager.address(index_of[row.ordinal], anchor(row))
        before[place].append(Ghost(row, target))
    places = {row.ordinal: place for row, place in left_at}
    items: list[Item] = []
    for index, item in enumerate(shown, start=pager.begin):
        if item.is_moved:
            place = min(places[item.compared.ordinal], len(pager.rows) - 1)
            item.origin = pager.address(place, f"from-{item.compared.ordinal}")
        items.extend(before[index])
        items.append(item)
    if pager.begin + len(shown) == len(pager.rows):
        items.extend(before[len(pager.rows)])
    return items


def _places_left(rows: Sequence[ComparedRow]) -> list[tuple[ComparedRow, int]]:
    """Return each moved row with the index of the row before which it stood."""
    moved = sorted((row for row in rows if _is_moved(row)), key=lambda row: row.row.old[0])
    steady = [(row.row.old[0], index) for index, row in enumerate(rows) if _keeps_order(row)]
    origins = [origin for origin, _index in steady]
    found: list[tuple[ComparedRow, int]] = []
    for row in moved:
        after = bisect(origins, row.row.old[0])
        found.append((row, steady[after][1] if after < len(steady) else len(rows)))
    return found


def _is_moved(row: ComparedRow) -> bool:
    return row.row.relation in {"moved", "moved_changed"}


def _keeps_order(row: ComparedRow) -> bool:
    return row.row.relation in {"kept", "changed", "removed"}


def _folded(items: Sequence[Item]) -> list[Item]:
    folded: list[Item] = []
    for item in items:
        if not isinstance(item, ShownRow) or item.compared.ordinal:
            folded.append(item)
            continue
        last = folded[-1] if folded else None
        if not isinstance(last, Fold):
            last = Fold()
            folded.append(last)
        last.rows.append(item)
    return folded
