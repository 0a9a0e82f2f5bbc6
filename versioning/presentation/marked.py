"""Frozen html as pieces of text that carry marks, so that word runs can cut it anywhere."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple

from versioning.bodies import body_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from versioning.models import Passage

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>|([^<]+)")
_CELLS = frozenset({"td", "th"})


class Piece(NamedTuple):
    """A stretch of one side that carries the same marks throughout.

    Attributes:
        start: Offset in the passages of the side joined with a line feed.
        text: Its words.
        tags: Opening tags around it without brackets, outermost first.
        cell: Which cell of a table row it stands in, from 0; -1 between cells, 0 elsewhere.
        passage: Which passage of the side it stands in, from 0; -1 between two.
        is_break: A line ends here; the piece has no words.
    """

    start: int
    text: str
    tags: tuple[str, ...] = ()
    cell: int = 0
    passage: int = -1
    is_break: bool = False

    @property
    def end(self) -> int:
        """Offset behind the last character."""
        return self.start + len(self.text)


def pieces_of(passages: Sequence[Passage]) -> list[Piece]:
    """Return the pieces of one side of a row; joined, their texts are its text."""
    found: list[Piece] = []
    at = 0
    for index, passage in enumerate(passages):
        if index:
            found.append(Piece(at, "\n"))
            at += 1
        found += _pieces(passage, at, index)
        at += len(passage.text)
    return found


def cut(pieces: Sequence[Piece], start: int, end: int) -> Iterator[Piece]:
    """Yield what lies between two offsets; a line break belongs to the space behind it."""
    for piece in pieces:
        if piece.is_break:
            if start <= piece.start < end:
                yield piece
            continue
        left, right = max(piece.start, start), min(piece.end, end)
        if left < right:
            text = piece.text[left - piece.start : right - piece.start]
            yield piece._replace(start=left, text=text)


def html_of(pieces: Sequence[Piece]) -> str:
    """Return pieces as well-formed html; neighbours with the same marks share them."""
    out: list[str] = []
    open_tags: tuple[str, ...] = ()
    for piece in pieces:
        common = _common(open_tags, piece.tags)
        out += [f"</{tag.split(' ', 1)[0]}>" for tag in reversed(open_tags[common:])]
        out += [f"<{tag}>" for tag in piece.tags[common:]]
        out.append("<br>" if piece.is_break else escape(piece.text))
        open_tags = piece.tags
    out += [f"</{tag.split(' ', 1)[0]}>" for tag in reversed(open_tags)]
    return "".join(out)


def _pieces(passage: Passage, at: int, index: int) -> list[Piece]:
    """Return the pieces of one passage, one without marks where html and text disagree."""
    plain = [Piece(at, passage.text, passage=index)] if passage.text else []
    if "<" not in passage.html:
        return plain
    found = list(_read(passage, at, index))
    return found if "".join(piece.text for piece in found) == passage.text else plain


def _read(passage: Passage, at: int, index: int) -> Iterator[Piece]:
    tags: list[str] = []
    cells = 0
    cell = -1 if passage.kind == "table_row" else 0
    for closing, tag, attributes, text in _TOKEN.findall(body_of(passage)):
        if text:
            words = unescape(text)
            yield Piece(at, words, tuple(tags), cell, index)
            at += len(words)
        elif tag == "br":
            yield Piece(at, "", tuple(tags), cell, index, is_break=True)
        elif tag in _CELLS:
            cell, cells = (-1, cells) if closing else (cells, cells + 1)
        elif closing:
            tags = tags[:-1]
        else:
            tags.append(f"{tag}{attributes}")


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length
