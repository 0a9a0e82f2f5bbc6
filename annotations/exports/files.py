"""CSV, XLSX and JSON-LD, written piece by piece."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from annotations.api.documents import CONTAINER_CONTEXT, OURS, annotation_document
from annotations.exports import tables
from annotations.exports.rows import CHUNK, headings, rows_of
from annotations.presentation.records import extent_of, public_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from annotations.api.addresses import Addresses
    from versioning.models import Version


def csv_lines(newest: Version, addresses: Addresses) -> Iterator[str]:
    """Yield the lines of a CSV file."""
    return tables.csv_lines(_with_headings(newest, addresses))


def xlsx_file(newest: Version, addresses: Addresses) -> IO[bytes]:
    """Return an open file with a workbook."""
    return tables.xlsx_file(newest.title, _with_headings(newest, addresses))


def _with_headings(newest: Version, addresses: Addresses) -> Iterator[Iterable[Any]]:
    yield headings()
    yield from rows_of(newest, addresses)


def json_ld_pieces(newest: Version, addresses: Addresses) -> Iterator[str]:
    """Yield an AnnotationCollection with everything public on its only page."""
    container = addresses.container(newest.page_id)
    extent = extent_of(newest)
    head = collection_head(container, newest.title, extent.total)
    yield json.dumps(head, ensure_ascii=False)[:-1]
    between = f', "first": {json.dumps(page_head(container), ensure_ascii=False)[:-1]}, "items": ['
    rows = public_records(newest).in_thread_order()  # type: ignore[attr-defined]
    for row in rows.iterator(chunk_size=CHUNK):
        document = json.dumps(annotation_document(row, addresses), ensure_ascii=False)
        yield f"{between}\n{document}"
        between = ","
    yield "\n]}}\n" if between == "," else "}\n"


def collection_head(container: str, title: str, total: int) -> dict[str, Any]:
    """Return an AnnotationCollection without its page."""
    return {
        "@context": [*CONTAINER_CONTEXT, OURS],
        "id": container,
        "type": ["BasicContainer", "AnnotationCollection"],
        "label": title,
        "total": total,
    }


def page_head(container: str) -> dict[str, Any]:
    """Return the only page of a collection without its items."""
    return {
        "id": f"{container}#all",
        "type": "AnnotationPage",
        "partOf": container,
        "startIndex": 0,
    }
