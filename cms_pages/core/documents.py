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
from versioning.core.reading import SourceBlock, SourceComment, UnreadableFile, read_source
from versioning.core.reading.blocks import blocks_of_json
from versioning.core.reading.files import Content, Source, decoded, gettext_noop, load
from versioning.core.reading.from_json import JsonBlock, json_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEASURE_FIELDS = (
    "title", "goal", "responsible", "involved", "period", "status", "contact", "criterion",
)  # fmt: skip
MEASURE_REQUIRED = ("title", "goal", "responsible")
IMPORTED_SUFFIXES = (".json", ".md", ".html", ".htm", ".docx", ".odt")
MAX_COLUMNS = 30
MAX_PARAGRAPHS = 10_000
"""Paragraphs of an upload; more would keep whoever looks at them waiting, and are no strategy."""
MAX_TEXT = 5 * 1024 * 1024
"""Bytes of an upload that is no office file."""
_MAX_SIGNS = {".md": (b"\n", 25_000), ".html": (b"<", 70_000), ".htm": (b"<", 70_000)}
"""How often a sign that begins lines or elements may stand in an upload, counted before reading."""


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


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is to be imported.

    Attributes:
        blocks: What it says, in reading order.
        images: The images that it holds, by name.
        comments: What stands in its margin; their ``block`` is an index of ``blocks``.
        remarks: How often something was not taken as it is: see ``reading.remarks``.
    """

    blocks: list[DocumentBlock]
    images: Mapping[str, bytes] = field(default_factory=dict)
    comments: Sequence[SourceComment] = ()
    remarks: Mapping[str, int] = field(default_factory=dict)


def read_document(source: Source) -> list[DocumentBlock]:
    """Return the blocks of a file, tracked changes accepted.

    Raises:
        UnreadableFile: With one line that names the file and what is wrong with it.
    """
    return open_document(source).blocks


def open_document(
    source: Source, *, refuse_changes: bool = False, is_upload: bool = False
) -> Document:
    """Read a file: .json, .md, .html, .docx or .odt.

    Args:
        source: A path, or a file name with the file's bytes.
        refuse_changes: Refuse tracked changes instead of accepting them.
        is_upload: Somebody waits for it: refuse what is too long before it is read.

    Raises:
        UnreadableFile: With one line that names the file and what is wrong with it.
    """
    content = load(source)
    sign, limit = _MAX_SIGNS.get(content.suffix, (b"", 0))
    is_text = content.suffix in {".json", *_MAX_SIGNS}
    is_long = (is_text and len(content.data) > MAX_TEXT) or (
        bool(sign) and content.data.count(sign) > limit
    )
    if is_upload and is_long:
        raise _too_long(content)
    if content.suffix not in IMPORTED_SUFFIXES:
        raise UnreadableFile(
            content.name,
            gettext_noop("%(name)s: this kind of file cannot be imported; use %(known)s."),
            known=", ".join(IMPORTED_SUFFIXES),
        )
    is_json = content.suffix == ".json"
    found = _from_json(content) if is_json else _from_text(content, refuse_changes)
    if not found.blocks:
        raise UnreadableFile(content.name, gettext_noop("%(name)s: the file holds no text."))
    if is_upload and len(found.blocks) > MAX_PARAGRAPHS:
        raise _too_long(content)
    return found


def _too_long(content: Content) -> UnreadableFile:
    return UnreadableFile(
        content.name,
        gettext_noop("%(name)s: the text is too long: at most %(limit)s paragraphs and 5 MB."),
        limit=MAX_PARAGRAPHS,
    )


def _from_text(content: Content, refuse_changes: bool) -> Document:
    found = read_source((content.name, content.data), refuse_changes=refuse_changes)
    blocks = [DocumentBlock(block, block.level, alt=block.alt) for block in found.blocks]
    return Document(blocks, found.images, found.comments, found.remarks)


def _from_json(content: Content) -> Document:
    checked = json_blocks(content)
    items = json.loads(decoded(content))
    result: list[DocumentBlock] = []
    for number, (block, item) in enumerate(zip(checked, items, strict=True), start=1):
        result.extend(_json_block(content.name, number, block, item))
    return Document(result)


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
