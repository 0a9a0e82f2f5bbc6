"""The parts of a document that holds two texts. No Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from versioning.exports.inline import Look, Piece


@dataclass(slots=True)
class Line:
    """One paragraph with its mark.

    Attributes:
        pieces: Its words.
        old: How the paragraph looks in the old text, None where its mark is not there.
        new: The same for the new text.
        row: Index of the row it belongs to, -1 for a paragraph without words.
        move: Number of the move it is one end of, 0 for none.
        joined_old: What it must look like in the old text although its mark is not there: the
            paragraphs that its words or their absence are joined with begin here, and
            LibreOffice gives all of them the look of the first, Word that of the last.
        joined_new: The same for the new text.
        mark_row: Row behind the change of its mark where that is another one, else -1.
    """

    pieces: list[Piece]
    old: Look | None
    new: Look | None
    row: int = -1
    move: int = 0
    joined_old: Look | None = None
    joined_new: Look | None = None
    mark_row: int = -1


@dataclass(slots=True)
class Cell:
    """One cell of a table row; a head, its width in columns, and its words."""

    is_head: bool
    width: int
    pieces: list[Piece]


@dataclass(slots=True)
class TableLine:
    """One row of a table.

    Attributes:
        cells: Its cells.
        in_old: Whether the old text has it.
        in_new: Whether the new text has it.
        row: Index of the row of the comparison.
        table: Key of the table.
    """

    cells: list[Cell]
    in_old: bool
    in_new: bool
    row: int
    table: str = ""


@dataclass(slots=True)
class Table:
    """Neighbouring rows of one table."""

    rows: list[TableLine] = field(default_factory=list)


Block = Line | Table
