"""Paragraphs with their numbers for citing in the margin."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from docx.image.exceptions import UnexpectedEndOfFileError, UnrecognizedImageError
from docx.shared import Length

from versioning.core.reading.word_parts import MARKER, NUMBER, STEP
from versioning.exports.blocks import Cell
from versioning.exports.inline import Piece
from versioning.exports.wordml import MAX_DEPTH, TEXT_WIDTH, Writer, make, writable, write_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docx.document import Document
    from lxml.etree import _Element

    from versioning.exports.blocks import Line, TableLine
    from versioning.exports.inline import Look

MARGIN = 850
"""Width of the column of numbers, in twentieths of a point; it lies in the page's margin."""
TWIP = 635
"""A twentieth of a point in the units of pictures."""


class Picture(NamedTuple):
    """An image above its caption."""

    content: bytes
    alt: str


class NumberedWriter(Writer):
    """Writes the passages of one text, each after its number.

    A marker of a list is written as text here, since Word puts those of its own lists before
    everything else. Numbers and markers have styles of their own, by which
    ``core.reading.from_docx`` knows them again when the file comes back.

    Args:
        document: Where to write.
        numbers: The numbers of the passages, one for each row, empty where there is none.
        pictures: Images of captions, by the index of the row.
        base: Address against which links on the same host are resolved.
    """

    def __init__(
        self,
        document: Document,
        *,
        numbers: Sequence[str],
        pictures: Mapping[int, Picture] | None = None,
        base: str = "",
    ) -> None:
        super().__init__(document, base=base)
        self._numbers = numbers
        self._pictures = pictures or {}

    def _line(self, line: Line) -> None:
        if picture := self._pictures.get(line.row):
            self._picture(picture)
        super()._line(line)

    def _picture(self, picture: Picture) -> None:
        """Write an image as wide as the text at most; one that Word cannot show is left out."""
        try:
            shape = self._part.new_pic_inline(io.BytesIO(picture.content))
        except (UnrecognizedImageError, UnexpectedEndOfFileError):
            return
        if shape.extent.cx > TEXT_WIDTH * TWIP:
            height = Length(shape.extent.cy * TEXT_WIDTH * TWIP // shape.extent.cx)
            size = shape.graphic.graphicData.pic.spPr
            shape.extent.cx = size.cx = Length(TEXT_WIDTH * TWIP)
            shape.extent.cy = size.cy = height
        shape.docPr.set("descr", writable(picture.alt))
        paragraph = self._placed("w:p")
        make(make(paragraph, "w:pPr"), "w:keepNext")
        make(make(paragraph, "w:r"), "w:drawing").append(shape)

    def _words(self, paragraph: _Element, line: Line, *, has_ranges: bool = True) -> None:
        look = line.new
        if look and look.kind != "table_row":
            self._label(paragraph, self._number_of(line.row), NUMBER)
            if look.kind == "list_item":
                self._label(paragraph, look.marker or "•", MARKER)
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
        words = [Piece("equal", number, (NUMBER,), (NUMBER,))] if number else []
        return [Cell(False, 1, words), *row.cells]

    def _widths(self, columns: int) -> list[int]:
        others = columns - 1
        return [MARGIN, *[(TEXT_WIDTH - MARGIN) // others] * others]
