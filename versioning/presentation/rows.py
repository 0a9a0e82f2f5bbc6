"""The rows on one page of a comparison: chapters, folded stretches, ends of moves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import ngettext

from versioning.presentation.layout import layout_of
from versioning.presentation.runs import unmarked
from versioning.presentation.words import CATEGORIES, FORMATS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from versioning.comparisons import ComparedRow, Comparison
    from versioning.excerpts import Excerpt
    from versioning.outlines import Outline
    from versioning.presentation.layout import Entry, Layout


@dataclass(slots=True)
class Number:
    """One number of the summary, which is a filter."""

    category: str
    word: StrOrPromise
    count: int


class Words(NamedTuple):
    """The summary in words."""

    inserted: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the new text, which is a filter.

    Attributes:
        ordinal: Its number; 0 for what stands before the first chapter.
        title: Number and words of its heading, empty for what stands before the first.
        count: How many changes it has.
        numbers: How many changes of each category.
    """

    ordinal: int
    title: str
    count: int
    numbers: Counter[str]

    @property
    def kinds(self) -> list[Number]:
        """How many changes of each kind, each a filter of its own."""
        return [
            Number(category, word, self.numbers[category])
            for category, word in CATEGORIES.items()
            if self.numbers[category]
        ]


@dataclass(slots=True)
class ShownRow:
    """One row as it is shown.

    Attributes:
        compared: The row of the comparison.
        chapter: Title of the chapter where it begins one on this page, else empty.
        section: Title of the chapter in which it stands, and of the heading under which.
        under: Title of that heading where it is the first change under it, else empty.
        previous: Address of the change before it, empty for the first.
        next: Address of the change after it, empty for the last.
        origin: Address of the place that it has left, empty where none is shown.
        anchors: Ids of stored changes that no run carries.
        is_row: Tells the template which kind of item this is.
    """

    compared: ComparedRow
    chapter: str = ""
    section: str = ""
    under: str = ""
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
        return self.compared.row.relation in {"moved", "moved_changed"}


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
    """A stretch of unchanged rows, folded into one line.

    Attributes:
        rows: The rows; none where the stretch is long, which is then shown at ``url``.
        count: How many rows the stretch has.
        url: Address of the page that shows a long stretch, else empty.
        span: Numbers of its first and last passage, empty where they have none.
        is_fold: Tells the template which kind of item this is.
    """

    rows: list[ShownRow] = field(default_factory=list)
    count: int = 0
    url: str = ""
    span: tuple[str, ...] = ()
    is_fold: bool = True

    @property
    def sentence(self) -> str:
        """How many passages it holds and which."""
        words = ngettext(
            "%(count)d unchanged paragraph", "%(count)d unchanged paragraphs", self.count
        ) % {"count": self.count}
        return f"{words} ({' – '.join(self.span)})" if self.span else words


Item = ShownRow | Ghost | Fold


def summary(comparison: Comparison | Outline) -> list[Number]:
    """Return the numbers of a comparison, those that count nothing left out."""
    return [
        Number(category, word, comparison.numbers[category])
        for category, word in CATEGORIES.items()
        if comparison.numbers[category]
    ]


def chapters(outline: Outline, titles: Mapping[int, str]) -> list[Chapter]:
    """Return the chapters of the new text with the numbers of their changes.

    Args:
        outline: The comparison.
        titles: Titles by ordinal.
    """
    numbers = outline.remembered.get("chapters")
    if numbers is None:
        numbers = outline.remembered["chapters"] = _numbers_by_chapter(outline)
    return [
        Chapter(chapter, titles.get(chapter, ""), found.total(), found)
        for chapter, found in sorted(numbers.items())
    ]


def _numbers_by_chapter(outline: Outline) -> dict[int, Counter[str]]:
    numbers: dict[int, Counter[str]] = {chapter: Counter() for chapter, _first in outline.chapters}
    for place, ordinal in enumerate(outline.ordinals):
        if ordinal:
            category = outline.rows[place].category
            numbers.setdefault(outline.chapter_of[place], Counter())[category] += 1
    return numbers


def places_on(page: list[Entry]) -> set[int]:
    """Return the places of the rows whose passages a page needs."""
    needed: set[int] = set()
    for entry in page:
        if entry.is_linked:
            needed |= {entry.first, min(entry.first + 1, entry.last), entry.last}
        else:
            needed.update(entry.places)
    return needed


def items_of_page(layout: Layout, excerpt: Excerpt, *, number: int, queries: Queries) -> list[Item]:
    """Return what stands on one page of a comparison.

    Args:
        layout: Knows the pages.
        excerpt: The rows of this page.
        number: Which page, from 1.
        queries: Query strings for links to other pages.
    """
    return _Page(layout, excerpt, number, queries).items()


def ways_from_page(layout: Layout, number: int, queries: Queries) -> tuple[str, ...]:
    """Return the addresses of the last change before a page and of the first one after it.

    Args:
        layout: Knows the pages.
        number: Which page, from 1.
        queries: Query strings for links to other pages.

    Returns:
        Two addresses, empty where no change is left in that direction.
    """
    return tuple(
        ""
        if place is None
        else _link(queries.same, layout.page_of(place) or 1, f"c-{layout.outline.ordinals[place]}")
        for place in layout.changes_around(number)
    )


class Queries(NamedTuple):
    """Query strings, each without the number of a page.

    Attributes:
        same: What is shown now.
        whole: The same without a chapter or a category.
        unfolded: The same with every row.
    """

    same: str = ""
    whole: str = ""
    unfolded: str = ""


class _Page:
    """Builds the items of one page."""

    def __init__(self, layout: Layout, excerpt: Excerpt, number: int, queries: Queries) -> None:
        self.layout = layout
        self.outline = layout.outline
        self.excerpt = excerpt
        self.number = number
        self.queries = queries
        self.whole = layout.whole
        self.current = ""

    def items(self) -> list[Item]:
        """Return the items in reading order."""
        return [self._item(entry) for entry in self.layout.pages[self.number - 1]]

    def _item(self, entry: Entry) -> Item:
        if entry.kind == "ghost":
            return Ghost(self.excerpt.rows[entry.first], self._address(entry.first))
        if entry.kind == "row":
            return self._row(entry.first)
        rows = [] if entry.is_linked else [self._row(place) for place in entry.places]
        count = entry.last - entry.first + 1
        url = self._unfolded(entry.first) if entry.is_linked else ""
        return Fold(rows, count, url, self._span(entry))

    def _row(self, place: int) -> ShownRow:
        """Return a row with its chapter and the ways to its neighbours.

        A chapter is named above its first change, unless its heading is a row of its own there.
        """
        row = self.excerpt.rows[place]
        title = self.excerpt.titles.get(self.outline.chapter_of[place], "")
        shown = ShownRow(row, section=title)
        if title and self._is_heading(row, title) and (row.ordinal or not self.layout.fold):
            self.current = title
        if row.ordinal:
            before, after = self.layout.neighbours(place)
            shown.previous = "" if before is None else self._address(before)
            shown.next = "" if after is None else self._address(after)
            shown.anchors = unmarked(row)
            shown.chapter = title if title != self.current else ""
            self.current = title
        if shown.is_moved:
            shown.origin = self._origin(place)
        return shown

    def _is_heading(self, row: ComparedRow, title: str) -> bool:
        if len(row.new) != 1 or row.new[0].kind != "heading":
            return False
        return f"{row.new[0].number} {row.new[0].text}".strip() == title

    def _address(self, place: int) -> str:
        """Return the address of a change, on this page, another one or in the whole comparison."""
        target = f"c-{self.outline.ordinals[place]}"
        page = self.layout.page_of(place)
        if page is not None:
            return _link(self.queries.same, page, target, here=page == self.number)
        return _link(self.queries.whole, self.whole.page_of(place) or 1, target)

    def _origin(self, place: int) -> str:
        """Return the address of the place that a moved row has left."""
        target = f"from-{self.outline.ordinals[place]}"
        page = self.layout.ghosts.get(place)
        if page is not None:
            return _link(self.queries.same, page, target, here=page == self.number)
        return _link(self.queries.whole, self.whole.ghosts.get(place, 1), target)

    def _unfolded(self, place: int) -> str:
        """Return the address of an unchanged row where everything is shown."""
        layout = layout_of(self.outline, chapter=self.layout.chapter, fold=False)
        row = self.excerpt.rows[place]
        return _link(self.queries.unfolded, layout.page_of(place) or 1, f"p-{row.new[0].uid}")

    def _span(self, entry: Entry) -> tuple[str, ...]:
        """Return the numbers of the first and the last passage of a fold that have one."""
        shown = [self.excerpt.rows.get(place) for place in entry.places]
        numbers = [row.new[0].number for row in shown if row is not None and row.new[0].number]
        return tuple(dict.fromkeys((numbers[0], numbers[-1]))) if numbers else ()


def _link(query: str, page: int, target: str, *, here: bool = False) -> str:
    if here:
        return f"#{target}"
    return f"?{query}&page={page}#{target}" if query else f"?page={page}#{target}"
