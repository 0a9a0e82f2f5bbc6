"""Which rows of a comparison stand on which page: decided without a word of the texts.

A page is as long as its rows: a row weighs more the longer it is, and a long unchanged stretch is
one line with a link, so that eight thousand passages are as easy to send as eighty.
"""

from __future__ import annotations

from bisect import bisect, bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from versioning.core.compact import CompactRow
    from versioning.outlines import Outline

PAGE_SIZE = 100
"""How much one page of a comparison holds: rows that are not long, each counted as one."""
LONG = 800
"""Characters after which a row counts as one more."""
FOLD_SIZE = 20
"""Up to so many unchanged rows are folded where they stand; more are behind a link."""


class Entry(NamedTuple):
    """One line of a page.

    Attributes:
        kind: A row, a fold of unchanged rows, or the place that a moved row has left.
        first: Place of its first row in the outline; of a ghost, that of the moved row.
        last: Place of its last row.
        weight: How much of a page it takes.
        is_linked: A fold whose rows stand behind a link.
    """

    kind: Literal["row", "fold", "ghost"]
    first: int
    last: int
    weight: int
    is_linked: bool = False

    @property
    def places(self) -> range:
        """The rows that are shown here."""
        return range(self.first, self.last + 1)


class Layout:
    """The pages of a comparison, by what is asked for.

    Args:
        outline: The comparison.
        only: A category of rows, or empty for all.
        chapter: Ordinal of a chapter of the new text, or None for all.
        fold: Whether unchanged stretches are folded.

    Attributes:
        places: Which rows are shown, by their place in the outline.
        changes: Which of them are changes.
    """

    def __init__(
        self, outline: Outline, *, only: str = "", chapter: int | None = None, fold: bool = True
    ) -> None:
        self.outline = outline
        self.only = only
        self.chapter = chapter
        self.fold = fold and not only
        self._folds = fold
        self.places: Sequence[int] = range(len(outline.rows))
        if only:
            self.places = [i for i in self.places if outline.rows[i].category == only]
        if chapter is not None:
            self.places = [i for i in self.places if outline.chapter_of[i] == chapter]
        self.changes = [place for place in self.places if outline.ordinals[place]]

    @cached_property
    def pages(self) -> list[list[Entry]]:
        """The lines of each page; at least one page, which may be empty."""
        pages: list[list[Entry]] = [[]]
        room = PAGE_SIZE
        for entry in self._entries():
            if pages[-1] and entry.weight > room:
                pages.append([])
                room = PAGE_SIZE
            pages[-1].append(entry)
            room -= entry.weight
        return pages

    @cached_property
    def ghosts(self) -> dict[int, int]:
        """On which page the place stands that a moved row has left, by the place of the row."""
        return {
            entry.first: number
            for number, page in enumerate(self.pages, start=1)
            for entry in page
            if entry.kind == "ghost"
        }

    @cached_property
    def whole(self) -> Layout:
        """The same comparison with all its rows, itself where nothing is left out."""
        is_whole = self.chapter is None and not self.only
        return self if is_whole else Layout(self.outline, fold=self._folds)

    def page_of(self, place: int) -> int | None:
        """Return the number of the page that shows a row, None where none does."""
        at = bisect_left(self.places, place)
        if at == len(self.places) or self.places[at] != place:
            return None
        return max(bisect(self._firsts, place), 1)

    def neighbours(self, place: int) -> tuple[int | None, int | None]:
        """Return the places of the changes before and after a change."""
        at = bisect_left(self.changes, place)
        before = self.changes[at - 1] if at else None
        after = self.changes[at + 1] if at + 1 < len(self.changes) else None
        return before, after

    def changes_around(self, number: int) -> tuple[int | None, int | None]:
        """Return the places of the last change before a page and of the first one after it."""
        begin = bisect_left(self.changes, self._firsts[number - 1])
        is_last = number == len(self.pages)
        end = len(self.changes) if is_last else bisect_left(self.changes, self._firsts[number])
        before = self.changes[begin - 1] if begin else None
        return before, None if end == len(self.changes) else self.changes[end]

    @cached_property
    def _firsts(self) -> list[int]:
        """The first row of each page; a page of ghosts alone begins where the next one does."""
        firsts: list[int] = []
        begin = len(self.outline.rows)
        for page in reversed(self.pages):
            begin = next((entry.first for entry in page if entry.kind != "ghost"), begin)
            firsts.append(begin)
        return firsts[::-1]

    def _entries(self) -> Iterator[Entry]:
        ghosts = {} if self.only else _places_left(self.outline)
        rows, ordinals = self.outline.rows, self.outline.ordinals
        begin: int | None = None
        end = -1
        for place in self.places:
            if place in ghosts or ordinals[place] or not self.fold:
                if begin is not None:
                    yield self._stretch(begin, end)
                    begin = None
                for moved in ghosts.get(place, ()):
                    yield Entry("ghost", moved, moved, 1)
            if ordinals[place] or not self.fold:
                yield Entry("row", place, place, _weight(rows[place]))
            else:
                begin = place if begin is None else begin
            end = place
        if begin is not None:
            yield self._stretch(begin, end)
        if end == len(rows) - 1:
            for moved in ghosts.get(len(rows), ()):
                yield Entry("ghost", moved, moved, 1)

    def _stretch(self, first: int, last: int) -> Entry:
        weight = sum(_weight(self.outline.rows[place]) for place in range(first, last + 1))
        if last - first >= FOLD_SIZE or weight > 2 * FOLD_SIZE:
            return Entry("fold", first, last, 1, is_linked=True)
        return Entry("fold", first, last, weight)


def layout_of(
    outline: Outline, *, only: str = "", chapter: int | None = None, fold: bool = True
) -> Layout:
    """Return a layout; those of the whole comparison are remembered with a stored outline."""
    if only or chapter is not None:
        return Layout(outline, only=only, chapter=chapter, fold=fold)
    name = f"layout {fold} {PAGE_SIZE} {FOLD_SIZE}"
    if name not in outline.remembered:
        outline.remembered[name] = Layout(outline, fold=fold)
    layout: Layout = outline.remembered[name]
    return layout


def _weight(row: CompactRow) -> int:
    return 1 + sum(length for _operation, length in row.runs) // LONG


def _places_left(outline: Outline) -> dict[int, list[int]]:
    """Return the moved rows that have left each place: the row before which they stood."""
    moved = [i for i, row in enumerate(outline.rows) if row.relation in {"moved", "moved_changed"}]
    if not moved:
        return {}
    steady = [
        (row.old[0], place)
        for place, row in enumerate(outline.rows)
        if row.relation in {"kept", "changed", "removed"}
    ]
    origins = [origin for origin, _place in steady]
    found: dict[int, list[int]] = {}
    for place in sorted(moved, key=lambda place: outline.rows[place].old[0]):
        after = bisect(origins, outline.rows[place].old[0])
        left = steady[after][1] if after < len(steady) else len(outline.rows)
        found.setdefault(left, []).append(place)
    return found
