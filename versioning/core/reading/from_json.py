"""Blocks in a .json file: a list of objects in document order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from versioning.core.cutting import part_html
from versioning.core.markup import UnreadableText, escape_text
from versioning.core.normalizing import normal_form, normal_text
from versioning.core.passages import Kind, PassageText
from versioning.core.pausing import no_cycle_search
from versioning.core.reading.files import Content, UnreadableFile, gettext_noop, parsed_json
from versioning.core.structure import part_text, read_structure

MAX_LEVEL = 99
MAX_KEY = 200
_CELL = re.compile(r"<t[dh][\s>]")

_KINDS: dict[str, Kind] = {
    "heading": "heading",
    "paragraph": "paragraph",
    "list_item": "list_item",
    "table": "table",
    "table_row": "table_row",
    "quote": "quote",
    "caption": "caption",
    "image": "caption",
    "measure": "measure",
}


@dataclass(frozen=True, slots=True)
class JsonBlock:
    """One block as the file gives it, checked.

    Attributes:
        type: One of the known types.
        text: Plain text, not yet normalised.
        html: The same with inline marks, empty if not given.
        level: Heading level or list depth, 0 where neither applies.
        key: The block's id, empty if not given.
        ordered: The block is an item of a numbered list.
    """

    type: str
    text: str
    html: str
    level: int
    key: str
    ordered: bool = False


def passages_of_blocks(blocks: Iterable[JsonBlock]) -> list[PassageText]:
    """Return checked blocks as passages in normal form."""
    with no_cycle_search():
        return [passage for passage in map(_passage, blocks) if passage.text]


def json_blocks(content: Content) -> list[JsonBlock]:
    """Return the checked blocks of a file.

    Raises:
        UnreadableFile: The file is no list of blocks; the message names the first wrong one.
    """
    items = parsed_json(content)
    if not isinstance(items, list):
        raise UnreadableFile(
            content.name, gettext_noop("%(name)s: the file must hold a list of blocks.")
        )
    return [_block(content.name, number, item) for number, item in enumerate(items, start=1)]


def _block(name: str, number: int, item: object) -> JsonBlock:
    if not isinstance(item, Mapping):
        _refuse(name, number, "it is not an object")
    kind = item.get("type")
    if not isinstance(kind, str) or kind not in _KINDS:
        _refuse(name, number, "its type is missing or unknown")
    text = _string(name, number, item, "text")
    html = _string(name, number, item, "html")
    if text is None and html is None and kind == "image":
        text = _string(name, number, item, "alt") or ""
    if text is None and html is None:
        _refuse(name, number, "it has no text")
    return JsonBlock(
        type=kind,
        text=text or "",
        html=html or "",
        level=_level(name, number, item),
        key=_key(name, number, item),
        ordered=item.get("ordered") is True,
    )


def _string(name: str, number: int, item: Mapping[str, Any], field: str) -> str | None:
    value = item.get(field)
    if value is not None and not isinstance(value, str):
        _refuse(name, number, f"its {field} must be a string")
    return value


def _level(name: str, number: int, item: Mapping[str, Any]) -> int:
    field = {"heading": "level", "list_item": "depth"}.get(item["type"])
    if field is None:
        return 0
    value = item.get(field, item.get("level", item.get("depth")))
    if value is None:
        return 1
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_LEVEL:
        _refuse(name, number, f"its {field} must be a whole number from 0 to {MAX_LEVEL}")
    return value


def _key(name: str, number: int, item: Mapping[str, Any]) -> str:
    value = item.get("id")
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > MAX_KEY:
        _refuse(name, number, f"its id must be a string of at most {MAX_KEY} characters")
    return normal_text(str(value))


def _refuse(name: str, number: int, problem: str) -> NoReturn:
    raise UnreadableFile(
        name,
        gettext_noop("%(name)s: block %(number)s cannot be used: %(problem)s."),
        number=number,
        problem=problem,
    )


def _passage(block: JsonBlock) -> PassageText:
    text, html = normal_text(block.text), ""
    if block.html:
        text, html = _cells_of(block) or inline_of(block)
    key = block.key
    marker = "1." if block.ordered else ""
    return PassageText(_KINDS[block.type], text, html, block.level, key, key, marker)


def _cells_of(block: JsonBlock) -> tuple[str, str] | None:
    """Return the normal text of a table or row with the html of its cells, if it has any."""
    if block.type not in {"table", "table_row"} or not _CELL.search(block.html):
        return None
    html = block.html if "<tr" in block.html else f"<table><tr>{block.html}</tr></table>"
    try:
        parts = read_structure(html)
    except UnreadableText:
        return None
    text = " ".join(map(part_text, parts))
    if not all(part.cells for part in parts) or normal_text(block.text) not in {"", text}:
        return None
    return text, " ".join(part_html(part, seal=lambda html, _text: html) for part in parts)


def inline_of(block: JsonBlock) -> tuple[str, str]:
    """Return a block's normal text, and its html where it holds marks.

    Where the two of a file say different words, the plain text counts.
    """
    text = normal_text(block.text)
    if not block.html:
        return text, ""
    html, html_text = normal_form(block.html)
    if text and text != html_text:
        return text, ""
    return html_text, "" if html == escape_text(html_text) else html
