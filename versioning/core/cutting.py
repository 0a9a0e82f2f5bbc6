"""Cutting rendered rich text into passages."""

from __future__ import annotations

from versioning.core.markup import joined, written
from versioning.core.passages import PassageText
from versioning.core.sanitizing import sealed
from versioning.core.structure import Part, part_text, read_structure


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
    return [passage_of(part, block=block) for part in read_structure(html)]


def passage_of(part: Part, *, block: str = "") -> PassageText:
    """Return a part of a document as a passage with sanitised html."""
    return PassageText(
        kind=part.kind,
        text=part_text(part),
        html=_html(part),
        level=part.level,
        block=block,
        marker=part.marker,
        image=part.picture.key if part.picture else "",
        alt=part.picture.alt if part.picture else "",
    )


def _html(part: Part) -> str:
    if part.kind != "table_row":
        return sealed(written(part.stretches), joined(part.stretches))
    return _row_html(part)


def _row_html(part: Part) -> str:
    """Return the cells of a row; the space between two filled ones stands before the later."""
    out: list[str] = []
    is_after_words = False
    for cell in part.cells:
        if cell.stretches and is_after_words:
            out.append(" ")
        inner = sealed(written(cell.stretches), joined(cell.stretches))
        out.append(f"<{cell.tag}>{inner}</{cell.tag[:2]}>")
        is_after_words = is_after_words or bool(cell.stretches)
    return "".join(out)
