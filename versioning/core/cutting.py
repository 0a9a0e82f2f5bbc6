"""Cutting rendered rich text into passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from versioning.core.markup import joined, written
from versioning.core.passages import PassageText
from versioning.core.sanitizing import sealed
from versioning.core.structure import Part, part_text, read_structure

if TYPE_CHECKING:
    from collections.abc import Callable


def cut_html(html: str, *, block: str = "") -> list[PassageText]:
    """Return one passage per block-level element, ready to be frozen.

    Args:
        html: Rich text as the database holds it, or rendered; internal links and images keep
            their keys.
        block: Key of the block that the html belongs to.

    Returns:
        Passages in reading order, none without words. Their html is never empty; that of a
        ``table_row`` is its cells and belongs into a ``tr``. An image is a ``caption`` whose words
        are its caption or its alternative text, and whose ``image`` is its key.

    Raises:
        UnreadableText: Elements are nested more than 500 deep.
    """
    return [
        passage_of(part, part_html(part, seal=sealed), block=block) for part in read_structure(html)
    ]


def passage_of(part: Part, html: str, *, block: str = "") -> PassageText:
    """Return a part of a document as a passage with the html given for it."""
    return PassageText(
        kind=part.kind,
        text=part_text(part),
        html=html,
        level=part.level,
        block=block,
        marker=part.marker,
        image=part.picture.key if part.picture else "",
        alt=part.picture.alt if part.picture else "",
    )


def part_html(part: Part, *, seal: Callable[[str, str], str]) -> str:
    """Return the html of a part in normal form.

    In a row, the space between two filled cells stands before the later one.

    Args:
        part: A part of a document.
        seal: Called with inline html and its text, returns the html to use.
    """
    if part.kind != "table_row":
        return seal(written(part.stretches), joined(part.stretches))
    out: list[str] = []
    is_after_words = False
    for cell in part.cells:
        if cell.stretches and is_after_words:
            out.append(" ")
        inner = seal(written(cell.stretches), joined(cell.stretches))
        out.append(f"<{cell.tag}>{inner}</{cell.tag[:2]}>")
        is_after_words = is_after_words or bool(cell.stretches)
    return "".join(out)
