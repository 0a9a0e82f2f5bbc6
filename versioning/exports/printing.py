"""Words with their marks and changes as html for print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from versioning.exports.inline import BREAK, Piece, cut, link_of, link_target
from versioning.exports.tracking import cut_cells, joined
from versioning.exports.wordml import writable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from versioning.core.passages import Row
    from versioning.exports.inline import Para, Span

_MARKS = ("b", "i", "code", "sup", "sub")
_PARAGRAPH = "¶"
_CELL = " │ "


def words_html(spans: Iterable[Span], base: str) -> SafeString:
    """Return words as html.

    Args:
        spans: The words.
        base: Address of the site, for links.
    """
    return _join(_marked(text, marks, base) for text, marks in spans)


def row_html(row: Row, old: Sequence[Para], new: Sequence[Para], base: str) -> SafeString:
    """Return the words of a row of a comparison with signs around what was changed.

    Args:
        row: The row.
        old: Its old passages.
        new: Its new passages.
        base: Address of the site, for links.
    """
    if len(old) == len(new) == 1 and old[0].cells and len(old[0].cells) == len(new[0].cells):
        cells = cut_cells(row.runs, old[0].cells, new[0].cells)
        return format_html_join(_CELL, "{}", ((_pieces(cell.pieces, base),) for cell in cells))
    return _pieces(cut(row.runs, joined(old), joined(new)), base)


def _pieces(pieces: Iterable[Piece], base: str) -> SafeString:
    """Return pieces as html; neighbours of one operation share their signs."""
    out: list[SafeString] = []
    current = "equal"
    for piece in pieces:
        if piece.operation != current:
            out.extend([_sign(current, is_end=True), _sign(piece.operation)])
            current = piece.operation
        marks = piece.old_marks if piece.operation == "delete" else piece.new_marks
        out.append(_lines(piece.text, marks, base, is_changed=current != "equal"))
    out.append(_sign(current, is_end=True))
    return _join(out)


def _sign(operation: str, *, is_end: bool = False) -> SafeString:
    if operation == "equal":
        return mark_safe("")
    tag, sign = ("ins", "+") if operation == "insert" else ("del", "−")
    words = f'<{tag}><span class="sign">[{sign}</span>'
    if is_end:
        words = f'<span class="sign">{sign}]</span></{tag}>'
    return mark_safe(words)  # noqa: S308  # made of literals


def _lines(text: str, marks: tuple[str, ...], base: str, *, is_changed: bool) -> SafeString:
    """Return words; where a paragraph ends within a row, a sign says so."""
    end = format_html("{}<br>", _PARAGRAPH) if is_changed else mark_safe("<br>")
    return end.join(_marked(line, marks, base) for line in text.split("\n"))  # type: ignore[return-value]  # safe pieces


def _marked(text: str, marks: tuple[str, ...], base: str) -> SafeString:
    if BREAK in marks:
        return mark_safe("<br>")
    html = format_html("{}", writable(text))
    for mark in _MARKS:
        if mark in marks:
            html = format_html("<{0}>{1}</{0}>", mark_safe(mark), html)  # noqa: S308  # a literal
    target = link_target(link_of(marks), base) if link_of(marks) else ""
    return format_html('<a href="{}">{}</a>', target, html) if target else html


def _join(pieces: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(pieces))  # noqa: S308  # every piece is safe
