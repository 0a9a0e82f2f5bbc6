"""Which text the marks at the ends of paragraphs belong to, where a document has no choice.

A document cannot lose its last paragraph, two tables need one between them, and paragraphs that
are joined look like the last of them in Word and like the first in LibreOffice. No Django.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from versioning.exports.blocks import Line, Table, TableLine
from versioning.exports.inline import Look

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLAIN = Look("paragraph")


def with_common_ends(lines: Iterable[Line | TableLine]) -> Iterator[Line | Table]:
    """Let the last paragraph before each table, and of all, belong to both texts.

    No document can lose the paragraph that ends it or that keeps two tables apart. The mark that
    one text lacks there is taken from that text's last mark before.
    """
    before: Table | None = None
    is_open = True
    for is_table, group in groupby(lines, lambda line: isinstance(line, TableLine)):
        if not is_table:
            yield from _with_common_end([line for line in group if isinstance(line, Line)])
            before, is_open = None, False
            continue
        for table in _tables([row for row in group if isinstance(row, TableLine)]):
            if before:
                yield Line([], _PLAIN, _PLAIN)
            yield table
            before, is_open = table, True
    if is_open:
        yield Line([], _PLAIN, _PLAIN)


def _with_common_end(lines: list[Line]) -> list[Line]:
    last = lines[-1]
    for line in reversed(lines):
        if last.old is None and line.old is not None:
            last.old, line.old = line.old, None
        if last.new is None and line.new is not None:
            last.new, line.new = line.new, None
    last.old, last.new = last.old or _PLAIN, last.new or _PLAIN
    for side, other in (("old", "new"), ("new", "old")):
        _hand_back(lines, side, other)
    _look_alike(lines)
    return lines


def _hand_back(lines: Iterable[Line], side: str, other: str) -> None:
    """Let paragraphs that one text lacks end the one before them, where that keeps their look.

    Their marks would be joined with what follows, and a paragraph before a heading look like one.
    """
    before: Line | None = None
    lacking: list[Line] = []
    for line in lines:
        if getattr(line, side) is None:
            lacking.append(line)
            continue
        if before is not None and lacking and all(_is_alone(one, other) for one in lacking):
            first, last, look = lacking[0], lacking[-1], getattr(before, side)
            if getattr(first, other) != getattr(line, side) and getattr(last, other) == look:
                setattr(last, side, look)
                setattr(before, side, None)
                before.mark_row = last.row
        before = line if getattr(line, other) is not None else None
        lacking = []


def _is_alone(line: Line, side: str) -> bool:
    """Tell whether a paragraph stands in one text alone, with its mark and all its words."""
    operation = "insert" if side == "new" else "delete"
    return getattr(line, side) is not None and all(p.operation == operation for p in line.pieces)


def _look_alike(lines: Iterable[Line]) -> None:
    """Give the first of the paragraphs that one text joins the look that they have there."""
    first_old: Line | None = None
    first_new: Line | None = None
    for line in lines:
        if not (line.old or line.new):
            continue
        if line.old is None:
            first_old = first_old or line
        elif first_old is not None:
            first_old.joined_old, first_old = line.old, None
        if line.new is None:
            first_new = first_new or line
        elif first_new is not None:
            first_new.joined_new, first_new = line.new, None


def _tables(rows: Iterable[TableLine]) -> Iterator[Table]:
    """Group rows of one table; rows without a common key are one table where the widths agree."""
    table = Table()
    for row in rows:
        if table.rows and not _belong_together(table.rows[-1], row):
            yield table
            table = Table()
        table.rows.append(row)
    yield table


def _belong_together(one: TableLine, other: TableLine) -> bool:
    return one.table == other.table or len(one.cells) == len(other.cells)
