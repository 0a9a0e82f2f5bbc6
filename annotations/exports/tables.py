"""Tables as CSV and XLSX, in which no cell runs as a formula."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC
from typing import IO, TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

from annotations.core.cells import harmless, printable
from versioning.exports.packing import repacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

MARK = "\ufeff"
"""Lets spreadsheets read a CSV file as UTF-8."""
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


class _Echo:
    """Gives back what a writer writes."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file, the headings first."""
    writer: Any = csv.writer(_Echo())
    mark = MARK
    for row in rows:
        yield mark + writer.writerow([harmless(v) if isinstance(v, str) else v for v in row])
        mark = ""


def xlsx_file(title: str, rows: Iterable[Iterable[Any]]) -> IO[bytes]:
    """Return an open file with a workbook; every text is a text, whatever it begins with.

    Args:
        title: Name of the only sheet.
        rows: Texts and whole numbers, the headings first.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    _workbook(title, rows).save(file)
    file.seek(0)
    return file


def xlsx_of(title: str, rows: Iterable[Iterable[Any]], moment: datetime) -> bytes:
    """Return a workbook that is the same whenever it is made.

    Args:
        title: Name of the only sheet.
        rows: Texts and whole numbers, the headings first.
        moment: When the file says that it was made.
    """
    book = _workbook(title, rows)
    facts = book.properties
    facts.creator = ""
    facts.created = moment.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    with tempfile.TemporaryFile() as file:
        book.save(file)
        facts.modified = facts.created  # saving has written the time of now
        return repacked(file, {ARC_CORE: tostring(facts.to_tree())})


def _workbook(title: str, rows: Iterable[Iterable[Any]]) -> Workbook:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(printable(title)[:31].translate(_NOT_IN_NAMES) or "1")
    sheet.freeze_panes = "A2"
    for values in rows:
        sheet.append([_cell(sheet, value) for value in values])
    return book


def _cell(sheet: Any, value: str | int) -> Any:  # noqa: ANN401  # openpyxl ships no types
    if isinstance(value, int):
        return WriteOnlyCell(sheet, value)
    return text_cell(sheet, value)


def text_cell(sheet: Any, value: str) -> Any:  # noqa: ANN401  # openpyxl ships no types
    """Return a cell that holds a text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, printable(value))
    cell.data_type = "s"
    return cell
