"""Tables that people upload, read with distrust: CSV and XLSX as rows of texts.

Nothing is calculated, loaded or unpacked to disk; of a formula the words count that its spreadsheet
last showed.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

from versioning.core.reading.archives import Archive
from versioning.core.reading.files import Content, UnreadableFile, decoded, gettext_noop, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_BYTES = 2_000_000
MAX_CHARACTERS = 1_000_000
"""Characters of all cells together."""
MAX_COLUMNS = 60
MAX_BLANK = 500
"""Empty rows that are looked through before the table counts as ended."""
_SEPARATORS = ";,\t"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
Cell = str | float | date | None


@dataclass(slots=True)
class SheetRow:
    """A row of a table.

    Attributes:
        number: In the file, as spreadsheets count, the headings being row 1; in a CSV file with
            line breaks in cells the number of the row, not of the line.
        cells: Texts by the name of their column; columns that are not asked for are left out.
        dates: Names of the columns in which a spreadsheet holds a date.
        numbers: Names of the columns in which a spreadsheet holds a number.
    """

    number: int
    cells: dict[str, str]
    dates: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)


def read_sheet(
    name: str,
    data: bytes,
    *,
    columns: Mapping[str, Iterable[str]],
    required: Iterable[str],
    most: int,
) -> list[SheetRow]:
    """Return the rows below the headings of a table; empty rows are left out.

    Args:
        name: Of the file; its ending says what it is.
        data: Its bytes.
        columns: By the name of a column, the headings that it may have.
        required: Names of columns that must be there.
        most: Rows that are possible.

    Raises:
        UnreadableFile: It is no such table, too large, or a column is missing.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableFile(
            name, gettext_noop("%(name)s: the file is larger than %(limit)d MB."), limit=2
        )
    content = load((name, data))
    readers = {".csv": _csv_rows, ".xlsx": _xlsx_rows}
    if content.suffix not in readers:
        raise UnreadableFile(
            name, gettext_noop("%(name)s: please upload a table as .csv or .xlsx.")
        )
    try:
        return _Table(name, readers[content.suffix](content)).read(columns, required, most)
    except csv.Error as error:
        raise _broken(name) from error


class _Table:
    """Rows of cells, the headings first."""

    def __init__(self, name: str, rows: Iterator[list[Cell]]) -> None:
        self.name = name
        self.rows = rows
        self.left = MAX_CHARACTERS

    def read(
        self, columns: Mapping[str, Iterable[str]], required: Iterable[str], most: int
    ) -> list[SheetRow]:
        names = self._names(next(self.rows, []), columns)
        missing = [next(iter(columns[name])) for name in required if name not in names]
        if missing:
            raise UnreadableFile(
                self.name,
                gettext_noop(
                    "%(name)s: the first row names the columns. These are missing: %(columns)s."
                ),
                columns=", ".join(missing),
            )
        found: list[SheetRow] = []
        for number, row in self._filled():
            if len(found) == most:
                raise UnreadableFile(
                    self.name,
                    gettext_noop("%(name)s: the table has more than %(limit)d rows."),
                    limit=most,
                )
            found.append(self._row(number, dict(zip(names, row, strict=False))))
        return found

    def _names(self, headings: list[Cell], columns: Mapping[str, Iterable[str]]) -> list[str]:
        """Return the name of each column, empty where nobody asks for it or it is there twice."""
        known = {text.casefold(): name for name, texts in columns.items() for text in texts}
        names: list[str] = []
        for heading in headings:
            name = known.get(_text(heading).strip(" *:").casefold(), "")
            names.append("" if name in names else name)
        return names

    def _filled(self) -> Iterator[tuple[int, list[Cell]]]:
        blank = 0
        for number, row in enumerate(self.rows, start=2):
            if any(_text(cell).strip() for cell in row):
                blank = 0
                yield number, row
                continue
            blank += 1
            if blank > MAX_BLANK:
                return

    def _row(self, number: int, cells: dict[str, Cell]) -> SheetRow:
        cells.pop("", None)
        texts = {name: _text(cell) for name, cell in cells.items()}
        self.left -= sum(map(len, texts.values()))
        if self.left < 0:
            raise UnreadableFile(
                self.name,
                gettext_noop(
                    "%(name)s: this is too much text at once. Please upload it in several files."
                ),
            )
        return SheetRow(
            number,
            texts,
            dates={name for name, cell in cells.items() if isinstance(cell, date)},
            numbers={name for name, cell in cells.items() if isinstance(cell, int | float)},
        )


def _text(cell: Any) -> str:  # noqa: ANN401  # whatever a spreadsheet holds
    """Return a cell as people see it; dates as year, month and day."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return str(cell)


def _csv_rows(content: Content) -> Iterator[list[Cell]]:
    text = decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _xlsx_rows(content: Content) -> Iterator[list[Cell]]:
    """Yield the rows of the first sheet; every part is looked at before openpyxl sees the file."""
    if content.data.startswith(_OLD_EXCEL):
        raise UnreadableFile(
            content.name,
            gettext_noop(
                "%(name)s: the file has an old format or a password. Please save it as .xlsx "
                "without a password."
            ),
        )
    archive = Archive(content)
    for part in archive.names():
        if part.endswith((".xml", ".rels")):
            archive.xml(part)
        else:
            archive.data(part)
    try:
        book = load_workbook(
            io.BytesIO(content.data), read_only=True, data_only=True, keep_links=False
        )
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size need not be true
        for row in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
            yield list(row)
    except UnreadableFile:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        raise _broken(content.name) from error


def _broken(name: str) -> UnreadableFile:
    return UnreadableFile(
        name, gettext_noop("%(name)s: the file is damaged or not what its ending says.")
    )
