"""Which reader reads which file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from versioning.core.cutting import part_html, passage_of
from versioning.core.reading.blocks import (
    SourceBlock,
    SourceDocument,
    blocks_of_json,
    blocks_of_parts,
)
from versioning.core.reading.files import Content, Source, UnreadableFile, gettext_noop, load
from versioning.core.reading.from_docx import document_of_docx, parts_of_docx
from versioning.core.reading.from_json import json_blocks, passages_of_blocks
from versioning.core.reading.from_odt import document_of_odt, parts_of_odt
from versioning.core.reading.from_text import parts_of_html, parts_of_markdown, parts_of_text
from versioning.core.structure import has_marks

if TYPE_CHECKING:
    from collections.abc import Callable

    from versioning.core.passages import PassageText
    from versioning.core.structure import Part

_PARTS: dict[str, Callable[[Content], list[Part]]] = {
    ".docx": parts_of_docx,
    ".htm": parts_of_html,
    ".html": parts_of_html,
    ".md": parts_of_markdown,
    ".odt": parts_of_odt,
    ".txt": parts_of_text,
}
_DOCUMENTS = {".docx": document_of_docx, ".odt": document_of_odt}
_NEVER_EMPTY = frozenset({".docx", ".odt"})

SUFFIXES = (".json", *_PARTS)


def read_passages(source: Source) -> list[PassageText]:
    """Return the passages of a file, in reading order, their text in normal form.

    Args:
        source: A path, or a file name with the file's bytes.

    Returns:
        Passages; ``block`` and ``uid`` hold the id where the file gives one, and ``html`` is
        empty where a passage has neither marks nor cells.

    Raises:
        UnreadableFile: With one line that names the file and what is wrong with it.
    """
    return open_passages(source)()


def open_passages(source: Source) -> Callable[[], list[PassageText]]:
    """Read a file now and return what brings its passages into normal form.

    Args:
        source: A path, or a file name with the file's bytes.

    Raises:
        UnreadableFile: With one line that names the file and what is wrong with it.
    """
    content = load(source)
    if content.suffix == ".json":
        return partial(passages_of_blocks, json_blocks(content))
    parts = _parts(content)
    return lambda: [passage_of(part, _marked_html(part)) for part in parts]


def read_source(source: Source, *, refuse_changes: bool = False) -> SourceDocument:
    """Return a file as a document that is to be imported into a page.

    Args:
        source: A path, or a file name with the file's bytes.
        refuse_changes: Refuse tracked changes instead of accepting them.

    Raises:
        UnreadableFile: With one line that names the file and what is wrong with it.
    """
    content = load(source)
    if content.suffix in _DOCUMENTS:
        found = _DOCUMENTS[content.suffix](content, refuse_changes=refuse_changes)
        if not found.blocks:
            raise _without_text(content)
        return found
    if content.suffix == ".json":
        return SourceDocument(blocks_of_json(json_blocks(content)))
    blocks = blocks_of_parts(_parts(content))
    images = sum(block.kind == "image" for block in blocks)
    return SourceDocument(blocks, remarks={"images_elsewhere": images})


def read_blocks(source: Source) -> list[SourceBlock]:
    """Return the blocks of a file, in reading order, tracked changes accepted.

    Raises:
        UnreadableFile: With one line that names the file and what is wrong with it.
    """
    return read_source(source).blocks


def _parts(content: Content) -> list[Part]:
    reader = _PARTS.get(content.suffix)
    if reader is None:
        raise UnreadableFile(
            content.name,
            gettext_noop("%(name)s: unknown kind of file; known are %(known)s."),
            known=", ".join(SUFFIXES),
        )
    parts = reader(content)
    if not parts and content.suffix in _NEVER_EMPTY:
        raise _without_text(content)
    return parts


def _without_text(content: Content) -> UnreadableFile:
    return UnreadableFile(content.name, gettext_noop("%(name)s: the file holds no text."))


def _marked_html(part: Part) -> str:
    """Return the html of a part that has marks or cells."""
    if part.kind != "table_row" and not has_marks(part):
        return ""
    return part_html(part, seal=lambda html, _text: html)
