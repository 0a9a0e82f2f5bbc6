"""The words of passages with their marks, cut where a document needs them cut. No Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from versioning.core.characters import LINE_BREAK
from versioning.core.markup import UnreadableText, read_stretches, safe_href
from versioning.core.normalizing import normal_stretches
from versioning.core.structure import read_structure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from versioning.core.markup import Stretch
    from versioning.core.passages import Operation, PassageText, Run

_HREF = re.compile(r'^a href="([^"]*)"')
_OUTWARD = ("http://", "https://", "mailto:")
BREAK = "br"
"""Mark of the one space that stands for a line break."""


class Span(NamedTuple):
    """Words under the same marks, as in ``core.markup.Stretch``; never empty."""

    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Para:
    """A passage as a document shows it.

    Attributes:
        kind: Kind of the passage.
        text: Its words.
        spans: The same words with their marks; joined they are ``text``.
        level: Heading level or list depth.
        marker: What stands before a list item.
        language: Language of the words, empty for that of the document.
        cells: For a table row its cells, else nothing.
        table: Key of the block of a table row.
    """

    kind: str
    text: str
    spans: tuple[Span, ...]
    level: int = 0
    marker: str = ""
    language: str = ""
    cells: tuple[CellText, ...] = ()
    table: str = ""

    @property
    def look(self) -> Look:
        """How it looks as a paragraph."""
        return Look(self.kind, self.level, self.marker, self.language)


class CellText(NamedTuple):
    """A cell of a table row: whether it is a head, how many columns it spans, and its words."""

    is_head: bool
    width: int
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The words without their marks."""
        return "".join(span.text for span in self.spans)


class Look(NamedTuple):
    """What a paragraph is, beside its words."""

    kind: str
    level: int = 0
    marker: str = ""
    language: str = ""


class Piece(NamedTuple):
    """Words of one operation under the same marks on each side.

    Attributes:
        operation: What became of the words.
        text: The words, never empty.
        old_marks: Marks on the old side; nothing for an insertion.
        new_marks: Marks on the new side; nothing for a deletion.
        hunk: Which change of its row this is, from 0; that of the change before where equal.
        is_moved: The words stand in both texts, at two places; this is one of them.
    """

    operation: Operation
    text: str
    old_marks: tuple[str, ...] = ()
    new_marks: tuple[str, ...] = ()
    hunk: int = 0
    is_moved: bool = False


def para_of(passage: PassageText, *, html: str = "", language: str = "") -> Para:
    """Return a passage as a document shows it.

    Args:
        passage: The passage.
        html: Its html with internal links resolved, where it has any.
        language: Language of its words, empty for that of the document.
    """
    source = html or passage.html
    cells = _cells(source, passage.text) if passage.kind == "table_row" else ()
    return Para(
        kind=passage.kind,
        text=passage.text,
        spans=(Span(passage.text),) if cells else spans_of(source, passage.text),
        level=passage.level,
        marker=passage.marker,
        language=language,
        cells=cells,
        table=passage.block,
    )


def spans_of(html: str, text: str) -> tuple[Span, ...]:
    """Return the words of inline html with their marks; words alone should the two differ."""
    if "<" in html:
        spans = tuple(_spans(normal_stretches(read_stretches(html))))
        if "".join(span.text for span in spans) == text:
            return spans
    return (Span(text),) if text else ()


def cut(
    runs: Iterable[Run], old: Sequence[Span], new: Sequence[Span], *, first_hunk: int = 0
) -> Iterator[Piece]:
    """Cut runs wherever marks change on either side.

    Args:
        runs: Runs of a row.
        old: Words and marks of the old side, as long as the runs say.
        new: The same of the new side.
        first_hunk: Number of the first change.
    """
    before, after = _Reader(old), _Reader(new)
    hunk, is_changed = first_hunk - 1, False
    for operation, text in runs:
        if operation != "equal" and not is_changed:
            hunk += 1
        is_changed = operation != "equal"
        at = 0
        while at < len(text):
            left = len(text) - at
            left = min(left, before.left()) if operation != "insert" else left
            left = min(left, after.left()) if operation != "delete" else left
            old_marks = before.take(left) if operation != "insert" else ()
            new_marks = after.take(left) if operation != "delete" else ()
            piece = text[at : at + left]
            yield Piece(operation, piece, old_marks, new_marks, max(hunk, first_hunk))
            at += left


def link_of(marks: tuple[str, ...]) -> str:
    """Return the address of the link among some marks, empty where none is."""
    for mark in marks:
        if match := _HREF.match(mark):
            return unescape(match[1])
    return ""


def link_target(href: str, base: str) -> str:
    """Return where a link of a document leads, empty where it may not lead anywhere.

    Args:
        href: Address as it stands in a passage.
        base: Address of the site, against which paths are resolved.
    """
    target = safe_href(urljoin(base, href)) or ""
    return target if target.lower().startswith(_OUTWARD) else ""


class _Reader:
    """Walks through spans by lengths; beyond their end there are no marks."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._index = 0
        self._at = 0

    def left(self) -> int:
        """Return how long the marks stay as they are."""
        if self._index >= len(self._spans):
            return 1 << 60
        return len(self._spans[self._index].text) - self._at

    def take(self, length: int) -> tuple[str, ...]:
        """Step over words and return their marks."""
        if self._index >= len(self._spans):
            return ()
        span = self._spans[self._index]
        self._at += length
        if self._at >= len(span.text):
            self._index, self._at = self._index + 1, 0
        return span.marks


def _spans(stretches: Iterable[Stretch]) -> Iterator[Span]:
    """Turn each line break into a mark of the space that follows it."""
    for text, marks in stretches:
        first, *others = text.split(LINE_BREAK)
        if first:
            yield Span(first, marks)
        for piece in others:
            if piece.startswith(" "):
                yield Span(" ", (*marks, BREAK))
            if rest := piece.removeprefix(" "):
                yield Span(rest, marks)


def _cells(html: str, text: str) -> tuple[CellText, ...]:
    """Return the cells of a table row; one cell should the words not be those of the row."""
    try:
        parts = read_structure(f"<table><tr>{html}</tr></table>")
    except UnreadableText:
        parts = []
    if len(parts) == 1 and parts[0].kind == "table_row":
        cells = tuple(
            CellText(cell.tag.startswith("th"), _width(cell.tag), tuple(_spans(cell.stretches)))
            for cell in parts[0].cells
        )
        if " ".join(cell.text for cell in cells if cell.spans) == text:
            return cells
    return (CellText(False, 1, (Span(text),) if text else ()),)


def _width(tag: str) -> int:
    _before, found, rest = tag.partition('colspan="')
    return int(rest.partition('"')[0]) if found else 1
