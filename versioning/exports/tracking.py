"""Two texts as one document with tracked changes: which paragraph belongs to which text.

Accepting every change gives the new passages, rejecting every change the old ones. No Django.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import groupby
from typing import TYPE_CHECKING

from versioning.core.passages import Run
from versioning.exports.blocks import Cell, Line, TableLine
from versioning.exports.ends import with_common_ends
from versioning.exports.inline import CellText, Piece, Span, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from versioning.core.passages import Row
    from versioning.exports.blocks import Block
    from versioning.exports.inline import Look, Para


def track(old: Sequence[Para], new: Sequence[Para], rows: Sequence[Row]) -> list[Block]:
    """Lay two texts into one document.

    Args:
        old: Passages of the old text in reading order.
        new: Passages of the new text in reading order.
        rows: Their comparison: each passage stands in exactly one row.

    Returns:
        Paragraphs and tables. A document ends in a paragraph, and two tables have one between
        them; where neither text has words there, it is empty. A paragraph without any mark goes
        on in the next one.
    """
    return list(with_common_ends(_Weaver(old, new, rows).lines()))


class _Weaver:
    """Weaves the old passages into the new order; both keep their own order."""

    def __init__(self, old: Sequence[Para], new: Sequence[Para], rows: Sequence[Row]) -> None:
        self._old, self._new, self._rows = old, new, rows
        self._row_of_old = {at: index for index, row in enumerate(rows) for at in row.old}
        self._row_of_new = {at: index for index, row in enumerate(rows) for at in row.new}
        self._steady = _steady(rows, [self._is_joint(row) for row in rows])
        self._moves = self._numbered_moves()
        self._taken = 0  # old passages that stand in the document

    def lines(self) -> Iterator[Line | TableLine]:
        """Yield paragraphs and table rows in the order of the document."""
        before = self._removed_before()
        at = 0
        while at < len(self._new):
            yield from self._old_until(before.get(at, 0))
            index = self._row_of_new[at]
            row = self._rows[index]
            if index in self._steady:
                yield from self._old_until(row.old[0])
                yield from self._joint(index)
                self._taken = row.old[-1] + 1
                at = row.new[-1] + 1
            else:
                yield self._single(index, self._new[at], "insert")
                at += 1
        yield from self._old_until(len(self._old))

    def _is_joint(self, row: Row) -> bool:
        """Tell whether both sides of a row can stand in the same paragraphs."""
        sides = ((row.old, self._old), (row.new, self._new))
        if not all(side and side[-1] - side[0] == len(side) - 1 for side, _texts in sides):
            return False
        cells = [len(texts[at].cells) for side, texts in sides for at in side]
        return not any(cells) or (len(cells) == 2 and cells[0] == cells[1])

    def _numbered_moves(self) -> dict[int, int]:
        """Number the rows that leave one place and come to another as one paragraph."""
        moved = [
            index
            for index, row in enumerate(self._rows)
            if index not in self._steady
            and len(row.old) == len(row.new) == 1
            and not self._old[row.old[0]].cells
            and not self._new[row.new[0]].cells
        ]
        return {index: number for number, index in enumerate(moved, start=1)}

    def _removed_before(self) -> dict[int, int]:
        """Return up to which old passage is due before which new one, by removed rows."""
        due: dict[int, int] = {}
        limit = len(self._old)
        place = len(self._new)
        for index in range(len(self._rows) - 1, -1, -1):
            row = self._rows[index]
            if row.new:
                place = row.new[0]
                limit = row.old[0] if index in self._steady else limit
            elif row.old[0] < limit:
                due[place] = max(due.get(place, 0), row.old[0] + 1)
        return due

    def _old_until(self, end: int) -> Iterator[Line | TableLine]:
        """Yield old passages that stand in no common paragraph."""
        for at in range(self._taken, end):
            yield self._single(self._row_of_old[at], self._old[at], "delete")
        self._taken = max(self._taken, end)

    def _single(self, index: int, para: Para, operation: str) -> Line | TableLine:
        """Return a passage that stands in one of the texts alone, here."""
        is_old = operation == "delete"
        if para.cells:
            cells = [Cell(c.is_head, c.width, _whole(c.spans, operation)) for c in para.cells]
            return TableLine(cells, is_old, not is_old, index, para.table)
        move = self._moves.get(index, 0)
        pieces = _whole(para.spans, operation, is_moved=bool(move))
        if move and not is_old:
            pieces = self._moved_in(index)
        look = para.look
        return Line(pieces, look if is_old else None, None if is_old else look, index, move)

    def _moved_in(self, index: int) -> list[Piece]:
        """Return the words of a passage at its new place: what is new in it has its own change."""
        row = self._rows[index]
        old, new = self._old[row.old[0]], self._new[row.new[0]]
        return [
            piece
            if piece.operation == "insert"
            else piece._replace(operation="insert", old_marks=(), is_moved=True)
            for piece in cut(row.runs, old.spans, new.spans)
            if piece.operation != "delete"
        ]

    def _joint(self, index: int) -> Iterator[Line | TableLine]:
        row = self._rows[index]
        old = [self._old[at] for at in row.old]
        new = [self._new[at] for at in row.new]
        if old[0].cells:
            cells = cut_cells(row.runs, old[0].cells, new[0].cells)
            yield TableLine(cells, True, True, index, new[0].table)
        else:
            yield from _paragraphs(index, row.runs, old, new)


def _steady(rows: Sequence[Row], joint: Sequence[bool]) -> set[int]:
    """Return the rows that keep their order: a longest sequence of rows with rising places."""
    ends: list[int] = []
    last: list[int] = []
    before: dict[int, int] = {}
    for index, row in enumerate(rows):
        if not joint[index] or row.relation in {"moved", "moved_changed"}:
            continue
        place = bisect_left(ends, row.old[0])
        before[index] = last[place - 1] if place else -1
        ends[place : place + 1] = [row.old[0]]
        last[place : place + 1] = [index]
    found: set[int] = set()
    at = last[-1] if last else -1
    while at >= 0:
        found.add(at)
        at = before[at]
    return found


def _whole(spans: Iterable[Span], operation: str, *, is_moved: bool = False) -> list[Piece]:
    if operation == "delete":
        return [Piece("delete", text, marks, (), is_moved=is_moved) for text, marks in spans]
    return [Piece("insert", text, (), marks, is_moved=is_moved) for text, marks in spans]


def _paragraphs(
    index: int, runs: Sequence[Run], old: Sequence[Para], new: Sequence[Para]
) -> Iterator[Line]:
    """Yield the paragraphs of a row whose sides share them, cut where one of them ends."""
    ends = (_ends(old), _ends(new))
    at = [0, 0]
    pieces: list[Piece] = []
    for piece in cut(runs, joined(old), joined(new)):
        for part in _at_line_feeds(piece):
            steps = [part.operation != "insert", part.operation != "delete"]
            before, after = (
                ends[side].get(at[side]) if steps[side] and part.text == "\n" else None
                for side in (0, 1)
            )
            at = [at[side] + len(part.text) * steps[side] for side in (0, 1)]
            if before or after:
                yield Line(pieces, before, after, index)
                pieces = []
            else:
                pieces.append(part._replace(text=part.text.replace("\n", " ")))
    yield Line(pieces, old[-1].look, new[-1].look, row=index)


def _at_line_feeds(piece: Piece) -> Iterator[Piece]:
    for number, text in enumerate(piece.text.split("\n")):
        if number:
            yield piece._replace(text="\n")
        if text:
            yield piece._replace(text=text)


def _ends(paras: Sequence[Para]) -> dict[int, Look]:
    """Return where the joined text has the line feed after a passage, with its look."""
    found: dict[int, Look] = {}
    at = 0
    for para in paras[:-1]:
        at += len(para.text)
        found[at] = para.look
        at += 1
    return found


def joined(paras: Sequence[Para]) -> list[Span]:
    """Return the words of passages, joined with line feeds."""
    spans: list[Span] = []
    for number, para in enumerate(paras):
        spans.extend([Span("\n")] if number else [])
        spans.extend(para.spans)
    return spans


def cut_cells(runs: Sequence[Run], old: Sequence[CellText], new: Sequence[CellText]) -> list[Cell]:
    """Divide the runs of a table row among its cells; equal words in other cells are changes.

    Args:
        runs: Runs of the whole row.
        old: Its cells in the old text.
        new: Its cells in the new text, as many.
    """
    shares: list[list[Run]] = [[] for _cell in new]
    old_cells, new_cells = _cell_of_each(old), _cell_of_each(new)
    old_at = new_at = 0
    for operation, text in runs:
        for char in text:
            before = old_cells[old_at] if operation != "insert" else -1
            after = new_cells[new_at] if operation != "delete" else -1
            old_at += operation != "insert"
            new_at += operation != "delete"
            if before == after:
                _add(shares, before, Run("equal", char))
            else:
                _add(shares, before, Run("delete", char))
                _add(shares, after, Run("insert", char))
    return [
        Cell(after.is_head, after.width, list(cut(_merged(share), before.spans, after.spans)))
        for share, before, after in zip(shares, old, new, strict=True)
    ]


def _cell_of_each(cells: Sequence[CellText]) -> list[int]:
    """Return the cell of each character of a row, -1 for the spaces between cells."""
    found: list[int] = []
    for at, cell in enumerate(cells):
        if cell.spans:
            found.extend([-1] if found else [])
            found.extend([at] * len(cell.text))
    return found


def _add(shares: list[list[Run]], cell: int, run: Run) -> None:
    if cell >= 0:
        shares[cell].append(run)


def _merged(runs: Iterable[Run]) -> Iterator[Run]:
    """Join neighbours of one operation; of neighbouring changes the deletion stands first."""
    for is_equal, group in groupby(runs, lambda run: run.operation == "equal"):
        found = list(group)
        if is_equal:
            yield Run("equal", "".join(run.text for run in found))
            continue
        for operation in ("delete", "insert"):
            if text := "".join(run.text for run in found if run.operation == operation):
                yield Run(operation, text)
