"""What printed documents show: the passages of a version, and a whole comparison as one text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import ngettext

from versioning import presentation
from versioning.bodies import prepare_bodies
from versioning.exports import sources
from versioning.exports.resources import image_address
from versioning.outlines import open_outline
from versioning.presentation.layout import Layout
from versioning.presentation.rows import Fold, Ghost, ShownRow
from versioning.presentation.sections import with_sections
from versioning.presentation.tables import with_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from versioning.comparisons import ComparedRow, Comparison
    from versioning.doors import ChangeReason
    from versioning.models import Passage, Version
    from versioning.presentation.layout import Entry
    from versioning.presentation.rows import Item


@dataclass(slots=True)
class Block:
    """Passages that stand together: the items of a list, the rows of a table, or one passage.

    Attributes:
        kind: Kind of its passages.
        passages: The passages, in reading order.
    """

    kind: str
    passages: list[Passage]

    @property
    def heads(self) -> list[Passage]:
        """The first rows of a table that hold nothing but names of columns."""
        heads: list[Passage] = []
        for passage in self.passages:
            if not passage.html.startswith("<th") or "<td" in passage.html:
                break
            heads.append(passage)
        return heads

    @property
    def rows(self) -> list[Passage]:
        """The other rows of a table."""
        return self.passages[len(self.heads) :]


class PrintedVersion:
    """The text of a version.

    Attributes:
        passages: Its passages in reading order, with their bodies.
    """

    def __init__(self, version: Version) -> None:
        self.passages = list(version.passages.in_order().select_related("locale"))
        prepare_bodies(self.passages)
        for passage in self.passages:
            passage.source = image_address(passage)  # type: ignore[attr-defined]  # read by the template
        _give_headings_elements(self.passages)

    @property
    def blocks(self) -> list[Block]:
        """The passages as blocks; a withheld one stands alone."""
        blocks: list[Block] = []
        for passage in self.passages:
            if blocks and _goes_on(blocks[-1], passage):
                blocks[-1].passages.append(passage)
            else:
                kind = "withheld" if passage.is_withheld else passage.kind
                blocks.append(Block(kind, [passage]))
        return blocks


def _give_headings_elements(passages: Sequence[Passage]) -> None:
    """Say which element each heading is: h2 to h6 below the title, none of them skipped."""
    levels = [passage.level for passage in passages if passage.kind == "heading"]
    highest, last = min(levels, default=1), 1
    for passage in passages:
        if passage.kind == "heading":
            last = min(passage.level - highest + 2, last + 1, 6)
            passage.tag = f"h{last}"  # type: ignore[attr-defined]  # read by the template


def _goes_on(block: Block, passage: Passage) -> bool:
    if passage.is_withheld or block.kind != passage.kind:
        return False
    if passage.kind == "table_row":
        return block.passages[0].block == passage.block
    return passage.kind == "list_item"


class Words(NamedTuple):
    """How many words were inserted and deleted."""

    inserted: int
    deleted: int


class PrintedComparison:
    """A comparison as one text from its first change to its last.

    Attributes:
        outline: The comparison without words.
        total: How many changes there are.
        summary: Numbers of the categories of rows.
        words: Numbers of words.
    """

    def __init__(self, comparison: Comparison) -> None:
        prepare_bodies([p for row in comparison.rows for p in (*row.old, *row.new)])
        self.comparison = comparison
        self.outline = open_outline(comparison.old, comparison.new)
        self.total = self.outline.total
        self.summary = presentation.summary(comparison)
        self.words = Words(comparison.words_added, comparison.words_removed)
        self._new = {passage.position: passage for row in comparison.rows for passage in row.new}
        self._titles = {
            chapter: _title(self._new[first])
            for chapter, first in self.outline.chapters
            if chapter and first in self._new
        }

    @property
    def items(self) -> list[object]:
        """What stands in the document: changes, folded stretches, places that were left."""
        layout = Layout(self.outline)
        items = with_sections(list(self._items(layout)), self.outline, self._headings())
        return with_tables(items, self.outline, side_by_side=False)

    def _headings(self) -> list[tuple[int, str]]:
        found = sorted(self._new.items())
        return [(place, _title(passage)) for place, passage in found if passage.kind == "heading"]

    def _items(self, layout: Layout) -> Iterator[Item]:
        current = ""
        for entry in chain.from_iterable(layout.pages):
            if entry.kind == "fold":
                yield self._fold(entry)
                continue
            row = self.comparison.rows[entry.first]
            if entry.kind == "ghost":
                yield Ghost(row)
                continue
            title = self._titles.get(self.outline.chapter_of[entry.first], "")
            yield ShownRow(row, chapter=title if title != current else "", section=title)
            current = title

    def _fold(self, entry: Entry) -> Fold:
        rows = [self.comparison.rows[place] for place in entry.places]
        numbers = [row.new[0].number for row in rows if row.new and row.new[0].number]
        span = tuple(dict.fromkeys((numbers[0], numbers[-1]))) if numbers else ()
        return Fold(count=len(rows), span=span)


def reasons_below(row: ComparedRow) -> Sequence[ChangeReason]:
    """Return the reasons that stand below a change in a document."""
    return sources.shown_reasons(row.reasons)


def annotations_words(reason: ChangeReason) -> str:
    """Say how many annotations stand behind a reason, nothing where none does."""
    if not reason.count:
        return ""
    words = ngettext("%(number)d annotation", "%(number)d annotations", reason.count)
    return words % {"number": reason.count}


def _title(passage: Passage) -> str:
    return f"{passage.number} {passage.text}".strip()


__all__ = ["Block", "PrintedComparison", "PrintedVersion", "annotations_words", "reasons_below"]
