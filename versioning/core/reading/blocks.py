"""Blocks to import: what a document is made of, before any page knows it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal, NamedTuple

from versioning.core.markup import escape_text, written
from versioning.core.normalizing import normal_text
from versioning.core.reading.from_json import JsonBlock, inline_of
from versioning.core.structure import Part, part_text, read_structure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

BlockKind = Literal["heading", "paragraph", "list_item", "table", "quote", "image"]

_CELL_BORDER = re.compile(r"\t| ?\| ?")
_KINDS: dict[str, BlockKind] = {
    "heading": "heading",
    "list_item": "list_item",
    "quote": "quote",
    "caption": "image",
    "image": "image",
}


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """One block of a document that is to be imported.

    Attributes:
        kind: What it is.
        text: Its words in normal form, for an image its caption or alternative text; for a table
            its rows, one a line.
        html: The same as inline html in normal form, never empty but for tables.
        level: Heading level from 1, list depth from 1, otherwise 0.
        ordered: It is an item of a numbered list.
        rows: Cells of a table as inline html, row by row.
        has_head: The first row of the table is its head.
        key: The id that the file gives, empty if it gives none.
        image: Key of an image that the file holds, empty where there is none.
        alt: Alternative text of that image.
    """

    kind: BlockKind
    text: str = ""
    html: str = ""
    level: int = 0
    ordered: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    has_head: bool = False
    key: str = ""
    image: str = ""
    alt: str = ""


class SourceComment(NamedTuple):
    """What somebody wrote in the margin of a file.

    Attributes:
        author: Who, as the file says.
        written: When, as the file says: ISO 8601, maybe nonsense.
        text: What, paragraphs separated by line feeds.
        quote: The words that it is about, or the first of them; empty for a whole paragraph.
        passage: Normal text of the paragraph.
        block: Index of the block with that paragraph, None where it left none.
    """

    author: str
    written: str
    text: str
    quote: str = ""
    passage: str = ""
    block: int | None = None


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document that is to be imported.

    Attributes:
        blocks: What it says, in reading order.
        images: The images that it holds and that blocks name, by key.
        comments: What stands in its margin, in reading order.
        remarks: How often something was not taken as it is, by a word of ``remarks.KINDS``.
    """

    blocks: list[SourceBlock]
    images: Mapping[str, bytes] = field(default_factory=dict)
    comments: Sequence[SourceComment] = ()
    remarks: Mapping[str, int] = field(default_factory=dict)


def placed(comments: Iterable[SourceComment], blocks: Sequence[SourceBlock]) -> list[SourceComment]:
    """Return comments with the indices of their blocks.

    Args:
        comments: Comments in reading order, each with its paragraph.
        blocks: The blocks of the same document.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    tables: list[int] = []
    for index, block in enumerate(blocks):
        places[block.text].append(index)
        if block.kind == "table":
            tables.append(index)
    found: list[SourceComment] = []
    reached = 0
    for comment in comments:
        candidates = places.get(comment.passage) or [
            index for index in tables if comment.passage and comment.passage in blocks[index].text
        ]
        place = next((index for index in candidates if index >= reached), None)
        if place is None and candidates:
            place = candidates[-1]
        reached = place if place is not None else reached
        found.append(comment._replace(block=place))
    return found


def blocks_of_parts(
    parts: Iterable[Part], images: Mapping[str, str] | None = None
) -> list[SourceBlock]:
    """Return parts as blocks; the rows of one table are one block.

    Args:
        parts: Parts of a document.
        images: Keys of the images that the document holds, by those that its parts name.
    """
    blocks: list[SourceBlock] = []
    for table, group in groupby(parts, lambda part: part.table):
        members = list(group)
        if table or members[0].kind == "table_row":
            blocks.append(_table(members))
        else:
            blocks.extend(_block(part, images or {}) for part in members)
    return _with_captions(blocks)


def _with_captions(blocks: Sequence[SourceBlock]) -> list[SourceBlock]:
    """Give an image the caption that follows it as a paragraph of its own."""
    found: list[SourceBlock] = []
    for block in blocks:
        before = found[-1] if found else None
        is_caption = block.kind == "image" and not block.image
        if is_caption and before and before.image and before.text == before.alt:
            found[-1] = replace(before, text=block.text, html=block.html)
        else:
            found.append(block)
    return found


def blocks_of_json(items: Iterable[JsonBlock]) -> list[SourceBlock]:
    """Return checked JSON blocks as blocks, those without words left out."""
    blocks: list[SourceBlock] = []
    for item in items:
        text, html = inline_of(item)
        if text and item.type in {"table", "table_row"}:
            blocks.append(_json_table(item, text))
        elif text:
            blocks.append(
                SourceBlock(
                    kind=_KINDS.get(item.type, "paragraph"),
                    text=text,
                    html=html or escape_text(text),
                    level=max(1, item.level) if item.type in {"heading", "list_item"} else 0,
                    ordered=item.ordered,
                    key=item.key,
                )
            )
    return blocks


def _block(part: Part, images: Mapping[str, str]) -> SourceBlock:
    picture = part.picture
    return SourceBlock(
        kind=_KINDS.get(part.kind, "paragraph"),
        text=part_text(part),
        html=written(part.stretches),
        level=part.level,
        ordered=part.ordered,
        image=images.get(picture.key, "") if picture else "",
        alt=picture.alt if picture else "",
    )


def _table(rows: list[Part]) -> SourceBlock:
    return SourceBlock(
        kind="table",
        text="\n".join(map(part_text, rows)),
        rows=tuple(tuple(written(cell.stretches) for cell in row.cells) for row in rows),
        has_head=bool(rows) and all(cell.tag.startswith("th") for cell in rows[0].cells),
    )


def _json_table(item: JsonBlock, text: str) -> SourceBlock:
    """Return a table with the cells of its html, or else with lines cut at tabs and bars."""
    parts = _safe_structure(item.html)
    if parts and " ".join(map(part_text, parts)) == text:
        table = _table(parts)
        return SourceBlock(
            "table", table.text, rows=table.rows, has_head=table.has_head, key=item.key
        )
    lines = [line.strip().strip("|") for line in item.text.splitlines() if normal_text(line)]
    rows = tuple(
        tuple(escape_text(normal_text(c)) for c in _CELL_BORDER.split(line)) for line in lines
    )
    words = "\n".join(map(normal_text, lines))
    return SourceBlock("table", words, rows=rows or ((escape_text(text),),), key=item.key)


def _safe_structure(html: str) -> list[Part]:
    """Return the rows of a table, nothing if the html is none or cannot be read."""
    try:
        parts = read_structure(html) if html else []
    except ValueError:
        return []
    return parts if all(part.cells for part in parts) else []
