"""From a document to the blocks of a draft: chapters, rich text, tables, quotes, measures.

A heading of level 1 begins a chapter. Each heading below it becomes one rich-text block together
with its text up to the next heading: hundreds of small editors make the admin crawl.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from versioning.core.markup import escape_text
from versioning.core.normalizing import normal_form
from versioning.core.sanitizing import sanitize_inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cms_pages.core.documents import DocumentBlock

DraftKind = Literal["chapter", "text", "quote", "table", "image", "measure"]

HIGHEST = 2
LOWEST = 5


@dataclass(frozen=True, slots=True)
class DraftBlock:
    """One block of a draft, before it has an id.

    Attributes:
        kind: Its type in the stream.
        value: Its value as the stream stores it.
        text: Its words, for recognising it again.
        heading: Its first words where they are a heading.
        key: The id that the document gives, empty if it gives none.
        first: Index of the first block of the document that it was made of.
    """

    kind: DraftKind
    value: Any
    text: str
    heading: str = ""
    key: str = ""
    first: int = 0


@dataclass(slots=True)
class _Gathering:
    """Blocks of a document that become one rich-text block, the first with its index."""

    members: list[DocumentBlock] = field(default_factory=list)
    first: int = 0


def draft_blocks(
    document: Sequence[DocumentBlock], *, images: Mapping[str, int] | None = None
) -> list[DraftBlock]:
    """Return the blocks of a draft.

    Args:
        document: The blocks of a document, in reading order.
        images: Keys of stored images by their name (``image_name``). Images without one leave
            their caption as a paragraph.

    Returns:
        Blocks in reading order, each with words.
    """
    levels = _levels(document)
    gathering = _Gathering()
    result: list[DraftBlock] = []
    for index, block in enumerate(document):
        single = _single(block, images or {})
        if single is None and block.source.kind == "heading":
            result.extend(_gathered(gathering, levels))
        if single is None:
            gathering.first = gathering.first if gathering.members else index
            gathering.members.append(block)
        else:
            result.extend(_gathered(gathering, levels))
            result.append(replace(single, first=index))
    result.extend(_gathered(gathering, levels))
    return result


def image_name(block: DocumentBlock) -> str:
    """Return what an image is known by: its file, or else its caption."""
    return block.source.image or block.file or block.source.text


def block_at(blocks: Sequence[DraftBlock], index: int) -> int:
    """Return the index of the draft's block that holds a block of the document."""
    return max(0, bisect_right(blocks, index, key=lambda block: block.first) - 1)


def _levels(document: Iterable[DocumentBlock]) -> dict[int, int]:
    """Return which heading level of the editor stands for which of the document.

    Levels that the editor has stay; otherwise they are counted anew from the highest, so that
    their order stays.
    """
    found = sorted({b.source.level for b in document if b.source.kind == "heading"} - {0, 1})
    if all(HIGHEST <= level <= LOWEST for level in found):
        return {level: level for level in found}
    return {level: min(HIGHEST + place, LOWEST) for place, level in enumerate(found)}


def _single(block: DocumentBlock, images: Mapping[str, int]) -> DraftBlock | None:
    """Return a block that stands alone, None for what belongs into rich text."""
    source = block.source
    if source.kind == "heading" and source.level <= 1:
        return DraftBlock("chapter", source.text, source.text, source.text, source.key)
    if source.kind == "table":
        return DraftBlock("table", _table(block), source.text, key=source.key)
    if source.kind == "quote" and "<" not in source.html:
        value: dict[str, Any] = {"quote": source.text, "source": ""}
        return DraftBlock("quote", value, source.text, key=source.key)
    if block.fields:
        text = " ".join(value for value in block.fields.values() if value)
        return DraftBlock("measure", dict(block.fields), text, block.fields["title"], source.key)
    if source.kind == "image" and image_name(block) in images:
        value = {
            "image": images[image_name(block)],
            "alt": block.alt or source.text,
            "caption": source.text,
        }
        return DraftBlock("image", value, source.text, key=source.key)
    return None


def _table(block: DocumentBlock) -> dict[str, Any]:
    """Return a table as Wagtail's typed table stores it: plain cells, all rows equally long."""
    rows = [[_plain(cell) for cell in row] for row in block.source.rows]
    width = max((len(row) for row in rows), default=1)
    rows = [row + [""] * (width - len(row)) for row in rows]
    head = rows.pop(0) if block.source.has_head and rows else [""] * width
    return {
        "columns": [{"type": "text", "heading": heading} for heading in head],
        "rows": [{"values": row} for row in rows],
        "caption": "",
    }


def _plain(html: str) -> str:
    return normal_form(html)[1]


def _gathered(gathering: _Gathering, levels: Mapping[int, int]) -> list[DraftBlock]:
    """Return what was gathered as a list of one rich-text block or none, and start anew."""
    members, gathering.members = gathering.members, []
    if not members:
        return []
    first = members[0].source
    return [
        DraftBlock(
            kind="text",
            value="".join(_html(members, levels)),
            text="\n".join(member.source.text for member in members),
            heading=first.text if first.kind == "heading" else "",
            key=first.key,
            first=gathering.first,
        )
    ]


def _html(members: Sequence[DocumentBlock], levels: Mapping[int, int]) -> Iterable[str]:
    """Yield the rich text of blocks, neighbouring list items as one list."""
    items: list[DocumentBlock] = []
    for member in members:
        if member.source.kind == "list_item":
            items.append(member)
            continue
        yield _lists(items)
        items = []
        yield _element(member, levels)
    yield _lists(items)


def _element(block: DocumentBlock, levels: Mapping[int, int]) -> str:
    source = block.source
    html = _inline(block)
    if source.kind == "heading":
        tag = f"h{levels[source.level]}"
    else:
        tag = "blockquote" if source.kind == "quote" else "p"
    return f"<{tag}>{html}</{tag}>"


def _inline(block: DocumentBlock) -> str:
    """Return safe inline html that says the words of the block."""
    source = block.source
    return sanitize_inline(source.html) if source.html else escape_text(source.text)


def _lists(items: Sequence[DocumentBlock]) -> str:
    """Return list items as nested lists, deeper ones inside the item before them."""
    out: list[str] = []
    still_open: list[tuple[int, str]] = []
    for item in items:
        tag = "ol" if item.source.ordered else "ul"
        while len(still_open) > 1 and item.depth < still_open[-1][0]:
            out.append(f"</li></{still_open.pop()[1]}>")
        if still_open and item.depth <= still_open[-1][0] and tag != still_open[-1][1]:
            out.append(f"</li></{still_open.pop()[1]}>")
            still_open.append((item.depth, tag))
            out.append(f"<{tag}>")
        elif still_open and item.depth <= still_open[-1][0]:
            out.append("</li>")
        else:
            still_open.append((item.depth, tag))
            out.append(f"<{tag}>")
        out.append(f"<li>{_inline(item)}")
    out.extend(f"</li></{tag}>" for _depth, tag in reversed(still_open))
    return "".join(out)
