"""Table rows that stand together in a comparison, as one table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from versioning.models import Passage
from versioning.presentation.marked import pieces_of
from versioning.presentation.rows import Fold, ShownRow
from versioning.presentation.runs import cells_html, is_aligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.utils.safestring import SafeString

    from versioning.comparisons import ComparedRow
    from versioning.outlines import Outline
    from versioning.presentation.rows import Item


@dataclass(slots=True)
class Cell:
    """One cell: its words with their marks, and the name of its column."""

    html: SafeString
    column: str = ""


@dataclass(slots=True)
class Line:
    """One line of a table: a row of one version, or of both in one."""

    side: str
    label: str
    cells: list[Cell]
    is_header: bool = False


@dataclass(slots=True)
class TableRow:
    """A row of a comparison as lines of a table."""

    shown: ShownRow
    lines: list[Line]


@dataclass(slots=True)
class Table:
    """Neighbouring rows of one table.

    Attributes:
        rows: The rows.
        header: Names of the columns where the row that has them is not among these.
        is_table: Tells the template which kind of item this is.
    """

    rows: list[TableRow] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    is_table: bool = True

    @property
    def width(self) -> int:
        """How many columns it has, with that of the labels."""
        lines = [line for row in self.rows for line in row.lines]
        return 1 + max([len(self.header), *(len(line.cells) for line in lines)])

    @property
    def chapter(self) -> str:
        """Title of the chapter that begins here, else empty."""
        return self.rows[0].shown.chapter

    @property
    def under(self) -> str:
        """Title of the heading under which this is the first change, else empty."""
        return self.rows[0].shown.under


def with_tables(items: Sequence[Item], outline: Outline, *, side_by_side: bool) -> list[object]:
    """Put neighbouring table rows together; all else stays as it is.

    One query at most: for the names of columns whose row is not shown.

    Args:
        items: What stands on one page.
        outline: The comparison.
        side_by_side: Whether both versions are shown apart, one line below the other.
    """
    found = list(_grouped(items))
    stretches = [one for one in _all(found) if isinstance(one, _Stretch)]
    if not stretches:
        return list(items)
    heads = _heads(outline, stretches)
    builder = _Builder(outline, heads, side_by_side=side_by_side)
    return [builder.built(one) for one in found]


class _Stretch:
    """Neighbouring rows of one table, before they are shown."""

    def __init__(self, shown: ShownRow) -> None:
        self.rows = [shown]
        self.first = _passage(shown.compared)

    def takes(self, shown: ShownRow) -> bool:
        """Tell whether a row goes on with this table."""
        passage = _passage(shown.compared)
        begins_anew = _is_header(passage) or shown.chapter or shown.under
        return passage.block == self.first.block and not begins_anew


class _Builder:
    """Builds tables."""

    def __init__(
        self, outline: Outline, heads: dict[tuple[int, str], list[Passage]], *, side_by_side: bool
    ) -> None:
        self.outline = outline
        self.heads = heads
        self.side_by_side = side_by_side

    def built(self, one: object) -> object:
        """Return an item with its stretches as tables."""
        if isinstance(one, _Stretch):
            return self._table(one)
        if isinstance(one, Fold):
            one.rows = [self.built(row) for row in _grouped(one.rows)]  # type: ignore[misc]  # tables among rows
        return one

    def _table(self, stretch: _Stretch) -> Table:
        header, is_shown = self._header(stretch.first)
        rows = [TableRow(shown, self._lines(shown.compared, header)) for shown in stretch.rows]
        return Table(rows, [] if is_shown else header)

    def _header(self, first: Passage) -> tuple[list[str], bool]:
        """Return the names of the columns, and whether they are the first row themselves."""
        if _is_header(first):
            return _names(first), True
        known = self.heads.get((first.version_id, first.block), ())
        above = [head for head in known if head.position < first.position]
        return (_names(above[-1]) if above else []), False

    def _lines(self, row: ComparedRow, header: Sequence[str]) -> list[Line]:
        sides = [side for side in ("old", "new") if (row.old if side == "old" else row.new)]
        if not row.ordinal or len(sides) == 1 or not (self.side_by_side or not is_aligned(row)):
            sides = ["both"]
        return [self._line(row, side, header) for side in sides]

    def _line(self, row: ComparedRow, side: str, header: Sequence[str]) -> Line:
        passage = row.old[0] if side == "old" or not row.new else row.new[0]
        version = self.outline.old if passage in row.old else self.outline.new
        label = passage.number
        if side != "both":
            label = f"{_('Version %(number)d') % {'number': version.number}} · {label}".rstrip(" ·")
        is_header = _is_header(passage)
        cells = [
            Cell(html, "" if is_header or index >= len(header) else header[index])
            for index, html in enumerate(cells_html(row, side))
        ]
        return Line(side, label, cells, is_header)


def _grouped(items: Iterable[Item]) -> Iterator[Item | _Stretch]:
    stretch: _Stretch | None = None
    for item in items:
        if isinstance(item, ShownRow) and _is_table_row(item.compared):
            if stretch is not None and stretch.takes(item):
                stretch.rows.append(item)
                continue
            if stretch is not None:
                yield stretch
            stretch = _Stretch(item)
            continue
        if stretch is not None:
            yield stretch
            stretch = None
        yield item
    if stretch is not None:
        yield stretch


def _all(items: Iterable[Item | _Stretch]) -> Iterator[Item | _Stretch]:
    for item in items:
        yield item
        if isinstance(item, Fold):
            yield from _grouped(item.rows)


def _is_table_row(row: ComparedRow) -> bool:
    passages = (*row.old, *row.new)
    return (
        len(row.old) <= 1
        and len(row.new) <= 1
        and not row.is_withheld
        and all(passage.kind == "table_row" for passage in passages)
    )


def _passage(row: ComparedRow) -> Passage:
    return (row.new or row.old)[0]


def _is_header(passage: Passage) -> bool:
    return passage.html.startswith("<th") and "<td" not in passage.html


def _heads(outline: Outline, stretches: Iterable[_Stretch]) -> dict[tuple[int, str], list[Passage]]:
    """Return the rows that name columns, by version and block, in reading order."""
    blocks = {one.first.block for one in stretches if not _is_header(one.first)}
    found: dict[tuple[int, str], list[Passage]] = {}
    if not blocks:
        return found
    rows = Passage.objects.filter(
        version__in=(outline.old.pk, outline.new.pk),
        block__in=blocks,
        kind="table_row",
        html__startswith="<th",
        withheld_at=None,
    )
    for passage in rows.order_by("position"):
        if _is_header(passage):
            found.setdefault((passage.version_id, passage.block), []).append(passage)
    return found


def _names(head: Passage) -> list[str]:
    names: dict[int, str] = {}
    for piece in pieces_of([head]):
        if piece.cell >= 0:
            names[piece.cell] = names.get(piece.cell, "") + piece.text
    return [names.get(index, "") for index in range(max(names, default=-1) + 1)]
