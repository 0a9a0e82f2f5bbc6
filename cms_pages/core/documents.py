"""Documents to import: what versioning reads, and what only a strategy has.

A block of a .json file may carry more than its words: ``rows`` (a table, a list of lists of
strings; with ``header`` the first is its head), the fields of a measure, or the ``file`` and
``alt`` of an image.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from versioning.core.markup import escape_text
from versioning.core.normalizing import normal_text
from versioning.core.reading import SourceBlock, UnreadableFile, read_blocks
from versioning.core.reading.blocks import blocks_of_json
from versioning.core.reading.files import Content, Source, decoded, gettext_noop, load
from versioning.core.reading.from_json import JsonBlock, json_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping

MEASURE_FIELDS = (
    "title", "goal", "responsible", "involved", "period", "status", "contact", "criterion",
)  # fmt: skip
MEASURE_REQUIRED = ("title", "goal", "responsible")
IMPORTED_SUFFIXES = (".json", ".md", ".html", ".htm", ".docx", ".odt")
MAX_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class DocumentBlock:
    """A block of a document with what only a strategy knows.

    Attributes:
        source: Its words, as versioning reads them.
        depth: Depth in a list as the file counts it; only differences mean something.
        fields: Fields of a measure, empty for anything else.
        file: Name of an image's file, empty if there is none.
        alt: Alternative text of that image.
    """

    source: SourceBlock
    depth: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    alt: str = ""


def read_document(source: Source) -> list[DocumentBlock]:
    """Return the blocks of a file: .json, .md, .html, .docx or .odt.

    Raises:
        UnreadableFile: With one line that names the file and what is wrong with it.
    """
    content = load(source)
    if content.suffix not in IMPORTED_SUFFIXES:
        raise UnreadableFile(
            content.name,
            gettext_noop("%(name)s: this kind of file cannot be imported; use %(known)s."),
            known=", ".join(IMPORTED_SUFFIXES),
        )
    blocks = _from_json(content) if content.suffix == ".json" else _from_text(content)
    if not blocks:
        raise UnreadableFile(content.name, gettext_noop("%(name)s: the file holds no text."))
    return blocks


def _from_text(content: Content) -> list[DocumentBlock]:
    blocks = read_blocks((content.name, content.data))
    return [DocumentBlock(source=block, depth=block.level) for block in blocks]


def _from_json(content: Content) -> list[DocumentBlock]:
    checked = json_blocks(content)
    items = json.loads(decoded(content))
    result: list[DocumentBlock] = []
    for number, (block, item) in enumerate(zip(checked, items, strict=True), start=1):
        result.extend(_json_block(content.name, number, block, item))
    return result


def _json_block(
    name: str, number: int, block: JsonBlock, item: Mapping[str, Any]
) -> list[DocumentBlock]:
    """Return a block as a list of one, or none if it has no words."""
    fields = _measure(name, number, item) if block.type == "measure" else {}
    rows = _rows(name, number, item) if block.type == "table" else ()
    if rows:
        words = "\n".join(" ".join(cell for cell in row if cell) for row in rows)
        cells = tuple(tuple(map(escape_text, row)) for row in rows)
        table = SourceBlock(
            "table", words, rows=cells, has_head=item.get("header") is True, key=block.key
        )
        return [DocumentBlock(source=table)] if words.strip() else []
    return [
        DocumentBlock(
            source=replace(source, key=block.key),
            depth=block.level,
            fields=fields,
            file=_string(name, number, item, "file") if block.type == "image" else "",
            alt=_string(name, number, item, "alt") if block.type == "image" else "",
        )
        for source in blocks_of_json([block])
    ]


def _measure(name: str, number: int, item: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a measure; a measure that is only text has none."""
    fields = {key: _string(name, number, item, key) for key in MEASURE_FIELDS}
    if not all(fields[key] for key in MEASURE_REQUIRED):
        return {}
    return fields


def _rows(name: str, number: int, item: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    rows = item.get("rows")
    if rows is None:
        return ()
    if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
        raise _refused(name, number, f"its rows must be lists of at most {MAX_COLUMNS} strings")
    return tuple(tuple(normal_text(cell) for cell in row) for row in rows)


def _is_row(row: object) -> bool:
    return (
        isinstance(row, list)
        and len(row) <= MAX_COLUMNS
        and all(isinstance(cell, str) for cell in row)
    )


def _string(name: str, number: int, item: Mapping[str, Any], key: str) -> str:
    value = item.get(key, "")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _refused(name, number, f"its {key} must be a string")
    return normal_text(value)


def _refused(name: str, number: int, problem: str) -> UnreadableFile:
    return UnreadableFile(
        name,
        gettext_noop("%(name)s: block %(number)s cannot be used: %(problem)s."),
        number=number,
        problem=problem,
    )
