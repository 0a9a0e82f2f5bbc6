"""CSV, XLSX and JSON-LD, written piece by piece."""

from __future__ import annotations

import csv
import json
import tempfile
from typing import IO, TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from annotations.api.documents import CONTAINER_CONTEXT, OURS, annotation_document
from annotations.core.cells import harmless, printable
from annotations.exports.rows import CHUNK, headings, rows_of
from annotations.presentation.records import extent_of, public_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from annotations.api.addresses import Addresses
    from versioning.models import Version

MARK = "\ufeff"
"""Lets spreadsheets read a CSV file as UTF-8."""


class _Echo:
    """Gives back what a writer writes."""

    def write(self, text: str) -> str:
        return text


def csv_lines(newest: Version, addresses: Addresses) -> Iterator[str]:
    """Yield the lines of a CSV file; no cell runs as a formula."""
    writer: Any = csv.writer(_Echo())
    yield MARK + writer.writerow(headings())
    for row in rows_of(newest, addresses):
        yield writer.writerow([harmless(v) if isinstance(v, str) else v for v in row])


def xlsx_file(newest: Version, addresses: Addresses) -> IO[bytes]:
    """Return an open file with a workbook; every text is a text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(printable(newest.title)[:31].translate(_NOT_IN_NAMES) or "1")
    sheet.freeze_panes = "A2"
    for values in _with_headings(newest, addresses):
        sheet.append([_cell(sheet, value) for value in values])
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    book.save(file)
    file.seek(0)
    return file


_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def _with_headings(newest: Version, addresses: Addresses) -> Iterator[Iterable[Any]]:
    yield headings()
    yield from rows_of(newest, addresses)


def _cell(sheet: Any, value: str | int) -> Any:  # noqa: ANN401  # openpyxl ships no types
    if isinstance(value, int):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, printable(value))
    cell.data_type = "s"
    return cell


def json_ld_pieces(newest: Version, addresses: Addresses) -> Iterator[str]:
    """Yield an AnnotationCollection with everything public on its only page."""
    container = addresses.container(newest.page_id)
    extent = extent_of(newest)
    head = {
        "@context": [*CONTAINER_CONTEXT, OURS],
        "id": container,
        "type": ["BasicContainer", "AnnotationCollection"],
        "label": newest.title,
        "total": extent.total,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1]
    between = (
        f', "first": {{"id": {json.dumps(container + "#all")}, "type": "AnnotationPage", '
        f'"partOf": {json.dumps(container)}, "startIndex": 0, "items": ['
    )
    rows = public_records(newest).in_thread_order()  # type: ignore[attr-defined]
    for row in rows.iterator(chunk_size=CHUNK):
        document = json.dumps(annotation_document(row, addresses), ensure_ascii=False)
        yield f"{between}\n{document}"
        between = ","
    yield "\n]}}\n" if between == "," else "}\n"
