"""Paragraphs with their numbers for citing in the margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from versioning.exports.inline import Piece
from versioning.exports.tracking import Cell
from versioning.exports.wordml import MAX_DEPTH, TEXT_WIDTH, Writer, make, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document
    from lxml.etree import _Element

    from versioning.exports.inline import Look
    from versioning.exports.tracking import Line, TableLine

MARGIN = 850
"""Width of the column of numbers, in twentieths of a point; it lies in the page's margin."""
STEP = 425
"""Width of a list's level."""


class NumberedWriter(Writer):
    """Writes the passages of one text, each after its number.

    A marker of a list is written as text here, since Word puts those of its own lists before
    everything else.

    Args:
        document: Where to write.
        numbers: The numbers of the passages, one for each row, empty where there is none.
        base: Address against which links on the same host are resolved.
    """

    def __init__(self, document: Document, *, numbers: Sequence[str], base: str = "") -> None:
        super().__init__(document, base=base)
        self._numbers = numbers

    def _words(self, paragraph: _Element, line: Line, *, has_ranges: bool = True) -> None:
        look = line.new
        if look and look.kind != "table_row":
            self._label(paragraph, self._number_of(line.row), "PassageNumber")
            if look.kind == "list_item":
                self._label(paragraph, look.marker or "•", "")
        super()._words(paragraph, line, has_ranges=has_ranges)

    def _number_of(self, row: int) -> str:
        return self._numbers[row] if 0 <= row < len(self._numbers) else ""

    def _label(self, paragraph: _Element, words: str, style: str) -> None:
        """Write a word and a tab."""
        run = make(paragraph, "w:r")
        if style:
            make(make(run, "w:rPr"), "w:rStyle", val=style)
        if words:
            write_text(run, words)
        make(run, "w:tab")

    def _look(self, properties: _Element, look: Look) -> None:
        if look.kind == "table_row":
            super()._look(properties, look)
            return
        depth = min(max(look.level, 1), MAX_DEPTH) if look.kind == "list_item" else 0
        left = STEP * depth or (STEP if look.kind in {"quote", "measure"} else 0)
        self._style(properties, look)
        tabs = make(properties, "w:tabs")
        for place in sorted({left - STEP if depth else left, left}):
            make(tabs, "w:tab", val="left", pos=str(place))
        self._direction(properties, look)
        make(properties, "w:ind", left=str(left), hanging=str(left + MARGIN))

    def _cells(self, row: TableLine) -> list[Cell]:
        number = self._number_of(row.row)
        words = [Piece("equal", number)] if number else []
        return [Cell(False, 1, words), *row.cells]

    def _widths(self, columns: int) -> list[int]:
        others = columns - 1
        return [MARGIN, *[(TEXT_WIDTH - MARGIN) // others] * others]
