"""The words of a document as WordprocessingML, with tracked changes. No Django.

Source: ISO/IEC 29500-1, 17.13.5 (revisions) and 17.3 (paragraphs and runs).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree

from versioning.core.reading.word_parts import NUMBER
from versioning.exports.blocks import Line, Table
from versioning.exports.inline import BREAK, Look, Piece, link_of, link_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from docx.document import Document

    from versioning.exports.blocks import Block, Cell, TableLine

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_STYLES = {
    "list_item": "ListParagraph",
    "quote": "Quote",
    "caption": "Caption",
    "measure": "Measure",
    "table_row": "TableText",
}
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
TEXT_WIDTH = 9070
"""Width of a table in twentieths of a point: 16 cm."""
MAX_DEPTH = 9
"""Levels of headings and lists that Word knows."""


class Credit(NamedTuple):
    """Who stands behind a change, and since when it is public."""

    author: str
    date: datetime


class Note(NamedTuple):
    """A comment beside a change."""

    credit: Credit
    text: str


class Writer:
    """Writes paragraphs and tables at the end of a document.

    Args:
        document: Where to write.
        credit_of: Says who stands behind a change; takes the index of a row and the number of
            one of its changes.
        notes: Comments by the index of the row that they stand beside.
        base: Address against which links on the same host are resolved.
    """

    def __init__(
        self,
        document: Document,
        *,
        credit_of: Callable[[int, int], Credit] | None = None,
        notes: dict[int, list[Note]] | None = None,
        base: str = "",
    ) -> None:
        self._document = document
        self._part = document.part
        self._body = document.element.body
        self._credit_of = credit_of
        self._notes = dict(notes or {})
        self._base = base
        self._changes = 0
        self._links: dict[str, str] = {}
        self._lists: dict[tuple[str, int], int] = {}
        self._open: etree._Element | None = None

    def write(self, blocks: Iterable[Block]) -> None:
        """Write blocks in their order."""
        for block in blocks:
            if isinstance(block, Table):
                self._table(block)
            else:
                self._line(block)

    def _line(self, line: Line) -> None:
        paragraph = self._open
        if paragraph is None:
            paragraph = self._placed("w:p")
            make(paragraph, "w:pPr")
        begin = self._begin_move(paragraph, line)
        self._words(paragraph, line)
        self._open = None if line.old or line.new else paragraph
        if self._open is None:
            self._fill(paragraph[0], line)
        if begin is not None:
            tag = "w:moveToRangeEnd" if "moveTo" in begin.tag else "w:moveFromRangeEnd"
            end = self._placed(tag) if self._open is None else make(paragraph, tag)
            end.set(qn("w:id"), begin.get(qn("w:id"), ""))

    def _placed(self, tag: str) -> etree._Element:
        """Return a new element at the end of the document, before the section's properties."""
        element = make(self._body, tag)
        self._body[-2].addprevious(element)
        return element

    def _begin_move(self, paragraph: etree._Element, line: Line) -> etree._Element | None:
        """Begin one end of a move; both ends have the same name."""
        if not line.move:
            return None
        is_source = any(piece.operation == "delete" for piece in line.pieces)
        tag = "w:moveFromRangeStart" if is_source else "w:moveToRangeStart"
        begin = self._change(paragraph, tag, line.row, 0)
        begin.set(qn("w:name"), f"move{line.move}")
        return begin

    def _words(self, paragraph: etree._Element, line: Line, *, has_ranges: bool = True) -> None:
        notes = self._notes_for(line)
        begins = [self._begin_note(paragraph, note, has_range=has_ranges) for note in notes]
        for piece in line.pieces:
            self._piece(paragraph, piece, line.row)
        for identity in begins:
            self._end_note(paragraph, identity, line, has_range=has_ranges)

    def _fill(self, properties: etree._Element, line: Line) -> None:
        """Write what the paragraph is, what it was, and whether its mark is a change."""
        old, new = line.old or line.joined_old, line.new or line.joined_new
        shown = new or old or Look("paragraph")
        self._look(properties, shown)
        if not (line.old and line.new):
            row = line.row if line.mark_row < 0 else line.mark_row
            self._change(make(properties, "w:rPr"), _mark_tag(line), row, 0)
        if old and old != shown:
            change = self._change(properties, "w:pPrChange", line.row, 0)
            self._look(make(change, "w:pPr"), old)

    def _look(self, properties: etree._Element, look: Look) -> None:
        """Write what a paragraph is."""
        self._style(properties, look)
        if look.kind == "list_item":
            depth = min(max(look.level, 1), MAX_DEPTH) - 1
            number = make(properties, "w:numPr")
            make(number, "w:ilvl", val=str(depth))
            make(number, "w:numId", val=str(self._list(look.marker, depth)))
        self._direction(properties, look)

    def _style(self, properties: etree._Element, look: Look) -> None:
        style = _STYLES.get(look.kind, "")
        if look.kind == "heading":
            style = f"Heading{min(max(look.level, 1), MAX_DEPTH)}"
        if style:
            make(properties, "w:pStyle", val=style)

    def _direction(self, properties: etree._Element, look: Look) -> None:
        if look.language.partition("-")[0] in _RIGHT_TO_LEFT:
            make(properties, "w:bidi")

    def _piece(self, parent: etree._Element, piece: Piece, row: int) -> None:
        operation = piece.operation
        if operation == "equal" and link_of(piece.old_marks) != link_of(piece.new_marks):
            for other in ("delete", "insert"):
                self._piece(parent, piece._replace(operation=other), row)
            return
        marks = piece.old_marks if operation == "delete" else piece.new_marks
        parent = self._linked(parent, link_of(marks))
        if operation != "equal":
            parent = self._change(parent, _tag(piece), row, piece.hunk)
        run = make(parent, "w:r")
        properties = make(run, "w:rPr")
        _formats(properties, marks)
        if operation == "equal" and set(piece.old_marks) != set(marks):
            change = self._change(properties, "w:rPrChange", row, piece.hunk)
            _formats(make(change, "w:rPr"), piece.old_marks)
        if not len(properties):
            run.remove(properties)
        if BREAK in marks:
            make(run, "w:br")
            return
        is_deleted = operation == "delete" and not piece.is_moved
        write_text(run, piece.text, tag="w:delText" if is_deleted else "w:t")

    def _change(self, parent: etree._Element, tag: str, row: int, hunk: int) -> etree._Element:
        """Write an element that says who changed something when."""
        self._changes += 1
        element = make(parent, tag, id=str(self._changes))
        if self._credit_of:
            credit = self._credit_of(row, hunk)
            element.set(qn("w:author"), writable(credit.author))
            element.set(qn("w:date"), credit.date.strftime("%Y-%m-%dT%H:%M:%SZ"))
        return element

    def _linked(self, parent: etree._Element, href: str) -> etree._Element:
        """Return where the words of a link are written; a link that may not be one is no link."""
        if not href:
            return parent
        target = link_target(href, self._base)
        if not target:
            return parent
        if target not in self._links:
            self._links[target] = self._part.relate_to(
                target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True
            )
        element = make(parent, "w:hyperlink")
        element.set(qn("r:id"), self._links[target])
        return element

    def _list(self, marker: str, depth: int) -> int:
        """Return the id of the numbering that writes one marker, word for word, at one depth."""
        key = (writable(marker) or "•", depth)
        if key not in self._lists:
            self._lists[key] = _add_numbering(self._part.numbering_part.element, *key)
        return self._lists[key]

    def _table(self, table: Table) -> None:
        rows = [(row, self._cells(row)) for row in table.rows]
        columns = max(sum(cell.width for cell in cells) for _row, cells in rows)
        element = self._placed("w:tbl")
        properties = make(element, "w:tblPr")
        make(properties, "w:tblStyle", val="TableGrid")
        make(properties, "w:tblW", w="5000", type="pct")
        grid = make(element, "w:tblGrid")
        widths = self._widths(columns)
        for width in widths:
            make(grid, "w:gridCol", w=str(width))
        for number, (row, cells) in enumerate(rows):
            holder = self._row(element, row, is_head=not number and all(c.is_head for c in cells))
            self._fill_row(holder, row, cells, widths)

    def _cells(self, row: TableLine) -> list[Cell]:
        return row.cells

    def _widths(self, columns: int) -> list[int]:
        return [TEXT_WIDTH // columns] * columns

    def _row(self, table: etree._Element, row: TableLine, *, is_head: bool) -> etree._Element:
        element = make(table, "w:tr")
        properties = make(element, "w:trPr")
        make(properties, "w:cantSplit")
        if is_head:
            make(properties, "w:tblHeader")
        if not (row.in_old and row.in_new):
            self._change(properties, "w:ins" if row.in_new else "w:del", row.row, 0)
        return element

    def _fill_row(
        self, element: etree._Element, row: TableLine, cells: list[Cell], widths: list[int]
    ) -> None:
        """Write the cells of a row; the last one takes what other rows are wider."""
        free = len(widths) - sum(cell.width for cell in cells)
        at = 0
        look = Look("table_row")
        for number, cell in enumerate(cells, start=1):
            width = cell.width + (free if number == len(cells) else 0)
            holder = make(element, "w:tc")
            shape = make(holder, "w:tcPr")
            make(shape, "w:tcW", w=str(sum(widths[at : at + width])), type="dxa")
            at += width
            if width > 1:
                make(shape, "w:gridSpan", val=str(width))
            words = [_bold(piece) for piece in cell.pieces] if cell.is_head else cell.pieces
            line = Line(words, look if row.in_old else None, look if row.in_new else None, row.row)
            paragraph = make(holder, "w:p")
            properties = make(paragraph, "w:pPr")
            # LibreOffice keeps an empty row where the range of a comment ends in one that leaves.
            self._words(paragraph, line, has_ranges=row.in_old and row.in_new)
            self._fill(properties, line)

    def _notes_for(self, line: Line) -> list[Note]:
        """Return the comments of the row of a paragraph, once, where its words have come to."""
        is_left = bool(line.move) and not line.new
        return [] if is_left or not line.pieces else self._notes.pop(line.row, [])

    def _begin_note(self, paragraph: etree._Element, note: Note, *, has_range: bool) -> str:
        comment = self._document.comments.add_comment(
            text=writable(note.text),
            author=writable(note.credit.author),
            initials=_initials(note.credit.author),
        )
        identity = str(comment.comment_id)
        comment._comment_elm.date = note.credit.date
        if has_range:
            make(paragraph, "w:commentRangeStart", id=identity)
        return identity

    def _end_note(
        self, paragraph: etree._Element, identity: str, line: Line, *, has_range: bool
    ) -> None:
        """End a comment; that of a paragraph in one text alone leaves with the paragraph."""
        if has_range:
            make(paragraph, "w:commentRangeEnd", id=identity)
        parent = paragraph
        if not (line.old and line.new) and all(p.operation != "equal" for p in line.pieces):
            parent = self._change(paragraph, _mark_tag(line), line.row, 0)
        run = make(parent, "w:r")
        make(run, "w:commentReference", id=identity)


def writable(text: str) -> str:
    """Return text that XML can hold: each character that it cannot becomes U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text)


def make(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    """Add an element at the end of another one; its attributes are those of the same schema."""
    element = etree.SubElement(parent, qn(tag))
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _tag(piece: Piece) -> str:
    if piece.is_moved:
        return "w:moveTo" if piece.operation == "insert" else "w:moveFrom"
    return "w:ins" if piece.operation == "insert" else "w:del"


def _mark_tag(line: Line) -> str:
    """Return how the mark of a paragraph has changed that one text alone has."""
    if line.new:
        return "w:moveTo" if line.move else "w:ins"
    return "w:moveFrom" if line.move else "w:del"


def _formats(properties: etree._Element, marks: tuple[str, ...]) -> None:
    """Write marks as properties of a run, in the order of the schema."""
    if link_of(marks):
        make(properties, "w:rStyle", val="Hyperlink")
    elif NUMBER in marks:
        make(properties, "w:rStyle", val=NUMBER)
    elif "code" in marks:
        make(properties, "w:rStyle", val="CodeWords")
    if "b" in marks:
        make(properties, "w:b")
    if "i" in marks:
        make(properties, "w:i")
    for mark, value in (("sup", "superscript"), ("sub", "subscript")):
        if mark in marks:
            make(properties, "w:vertAlign", val=value)
            return


def write_text(run: etree._Element, text: str, *, tag: str = "w:t") -> None:
    """Write words into a run, spaces as they are."""
    element = make(run, tag)
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    element.text = writable(text)


def _bold(piece: Piece) -> Piece:
    """Return words of a head cell, which are bold on each side where they are."""
    return piece._replace(
        old_marks=(*piece.old_marks, "b") if piece.operation != "insert" else (),
        new_marks=(*piece.new_marks, "b") if piece.operation != "delete" else (),
    )


def _initials(name: str) -> str:
    return writable("".join(word[0] for word in name.split() if word[0].isalnum())[:4].upper())


def _add_numbering(root: etree._Element, marker: str, depth: int) -> int:
    """Add a numbering that writes one marker at one depth, and return its id."""
    known = [int(element.get(qn("w:numId"), "0")) for element in root.findall(qn("w:num"))]
    number = max(known, default=0) + 1
    abstract = etree.Element(qn("w:abstractNum"))
    abstract.set(qn("w:abstractNumId"), str(1000 + number))
    make(abstract, "w:multiLevelType", val="hybridMultilevel")
    level = make(abstract, "w:lvl", ilvl=str(depth))
    make(level, "w:start", val="1")
    make(level, "w:numFmt", val="decimal")
    make(level, "w:lvlText", val=marker[:31].replace("%", "％"))
    make(level, "w:lvlJc", val="left")
    space = make(level, "w:pPr")
    make(space, "w:ind", left=str(425 * (depth + 1)), hanging="425")
    first = root.find(qn("w:num"))
    root.insert(len(root) if first is None else root.index(first), abstract)
    element = make(root, "w:num", numId=str(number))
    make(element, "w:abstractNumId", val=str(1000 + number))
    return number
