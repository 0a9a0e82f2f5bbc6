"""One plain table of a Word document, written row by row. No Django.

python-docx looks for a cell through the whole table, so that long ones would take hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from versioning.exports.wordml import make, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

WIDTH = 14_570
"""Width of the table in twentieths of a point: 25.7 cm, a landscape page without its margins."""


class Grid:
    """A table at the end of a document.

    Args:
        body: The body of the document; its last element are the properties of the section.
        widths: A share of the width for each column.
    """

    def __init__(self, body: etree._Element, widths: Sequence[int]) -> None:
        self._widths = [WIDTH * width // sum(widths) for width in widths]
        self._table = make(body, "w:tbl")
        body[-2].addprevious(self._table)
        properties = make(self._table, "w:tblPr")
        make(properties, "w:tblStyle", val="TableGrid")
        make(properties, "w:tblW", w=str(sum(self._widths)), type="dxa")
        make(properties, "w:tblLayout", type="fixed")
        make(properties, "w:tblLook", firstRow="1", noHBand="1", noVBand="1")
        grid = make(self._table, "w:tblGrid")
        for width in self._widths:
            make(grid, "w:gridCol", w=str(width))

    def write(self, texts: Sequence[str], *, is_head: bool = False) -> None:
        """Write a row; a single text stands as a heading over all columns.

        Args:
            texts: The words of the cells; a line feed begins a paragraph.
            is_head: The row is repeated on every page.
        """
        is_title = len(texts) == 1 and len(self._widths) > 1
        row = make(self._table, "w:tr")
        if is_head or is_title:
            properties = make(row, "w:trPr")
            make(properties, "w:cantSplit")
            if is_head:
                make(properties, "w:tblHeader")
        widths = [sum(self._widths)] if is_title else self._widths
        for text, width in zip(texts, widths, strict=True):
            cell = make(row, "w:tc")
            properties = make(cell, "w:tcPr")
            make(properties, "w:tcW", w=str(width), type="dxa")
            if is_title:
                make(properties, "w:gridSpan", val=str(len(self._widths)))
            self._fill(cell, text, is_bold=is_head or is_title)

    def _fill(self, cell: etree._Element, text: str, *, is_bold: bool) -> None:
        for line in text.split("\n"):
            paragraph = make(cell, "w:p")
            make(make(paragraph, "w:pPr"), "w:pStyle", val="TableText")
            if not line:
                continue
            run = make(paragraph, "w:r")
            if is_bold:
                make(make(run, "w:rPr"), "w:b")
            write_text(run, line)
