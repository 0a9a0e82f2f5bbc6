"""What foreign text may become: the only door to bleach.

Two kinds of foreign text reach the site. Editors write rich text, of which a few inline marks
stay. Citizens write plain text, of which nothing is markup; paragraphs and links are made when it
is shown.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

import bleach

from versioning.core.characters import composed, whole
from versioning.core.markup import (
    MAX_HREF,
    Stretch,
    escape_text,
    read_stretches,
    safe_href,
    written,
)
from versioning.core.normalizing import normal_stretches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_PIECE = 1_000

_TAGS = frozenset({"a", "b", "br", "code", "i", "sub", "sup"})
_PROTOCOLS = frozenset({"http", "https", "mailto"})
_LINE_BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING_SPACE = re.compile(r"[^\S\n]+(?=\n)")
_URL = re.compile(r"""https?://[^\s<>"']+""", re.IGNORECASE)
_AFTER_URL = ".,;:!?*_~'"


class TextTooLong(ValueError):  # noqa: N818 -- it names the text and what is wrong with it
    """A text is longer than allowed.

    Attributes:
        limit: How many characters are allowed.
        length: How many were given.
    """

    def __init__(self, *, limit: int, length: int) -> None:
        """Say how long the text may be and how long it is."""
        self.limit = limit
        self.length = length
        super().__init__(f"The text has {length} characters, {limit} are allowed.")


def sanitize_inline(html: str) -> str:
    """Return inline html in normal form that is safe to show.

    What stays is bold, italic, code, sup, sub, line breaks, safe links, and Wagtail's internal
    links as they are stored. Sanitising twice equals sanitising once.

    The html is rewritten before bleach sees it, and goes there in small pieces, since bleach needs
    quadratic time on hostile input.
    """
    stretches = normal_stretches(read_stretches(html))
    if not any(marks for _text, marks in stretches):
        return written(stretches)
    clean = "".join(_bleached(written(piece)) for piece in _pieces(stretches))
    return written(normal_stretches(read_stretches(clean)))


def sealed(html: str, text: str) -> str:
    """Return html in normal form as it may be frozen: unchanged, if bleach agrees with it.

    Should bleach ever change the html, only the words stay, so that law 9 holds.

    Args:
        html: Inline html in normal form.
        text: Its text.
    """
    if "<" not in html or sanitize_inline(html) == html:
        return html
    return escape_text(text)


def plain_text(text: str, *, limit: int) -> str:
    """Return what a citizen wrote as it is stored: plain text in NFC with line feeds.

    Args:
        text: The words as sent.
        limit: How many characters the result may have.

    Raises:
        TextTooLong: The text is longer than the limit.
    """
    if len(text) > 4 * limit + 100:
        raise TextTooLong(limit=limit, length=len(text))
    lines = _LINE_BREAK.sub("\n", text).replace("\t", " ")
    clean = composed(whole(_CONTROL.sub("", lines)))
    result = _BLANK_LINES.sub("\n\n", _TRAILING_SPACE.sub("", clean.strip()))
    if len(result) > limit:
        raise TextTooLong(limit=limit, length=len(result))
    return result


def render_plain(text: str) -> str:
    """Return plain text as safe html: paragraphs, line breaks and linked web addresses.

    Args:
        text: Any text; nothing in it is read as markup.
    """
    paragraphs = re.split(r"\n{2,}", text.strip("\n"))
    return "".join(
        f"<p>{'<br>'.join(_linked(line) for line in paragraph.split(chr(10)))}</p>"
        for paragraph in paragraphs
        if paragraph.strip()
    )


def _bleached(html: str) -> str:
    if "<" not in html:
        return html
    return bleach.clean(
        html,
        tags=_TAGS,
        attributes=_is_allowed,
        protocols=_PROTOCOLS,
        strip=True,
        strip_comments=True,
    )


def _is_allowed(tag: str, name: str, value: str) -> bool:
    """Tell whether an attribute may stay; bleach lets ``javascript:123`` and ``//host`` pass."""
    if tag != "a":
        return False
    if name == "href":
        return safe_href(unescape(value)) == unescape(value)
    if name == "linktype":
        return value in {"page", "document"}
    return name == "id" and value.isascii() and value.isdigit()


def _pieces(stretches: Iterable[Stretch]) -> Iterator[list[Stretch]]:
    """Divide stretches into lists whose html is short enough for bleach."""
    piece: list[Stretch] = []
    size = 0
    for stretch in _short(stretches):
        length = len(stretch.text) + sum(map(len, stretch.marks))
        if piece and size + length > MAX_PIECE:
            yield piece
            piece, size = [], 0
        piece.append(stretch)
        size += length
    yield piece


def _short(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    for text, marks in stretches:
        for begin in range(0, len(text), MAX_PIECE):
            yield Stretch(text[begin : begin + MAX_PIECE], marks)


def _linked(line: str) -> str:
    """Return a line with everything escaped and its web addresses linked."""
    out: list[str] = []
    end = 0
    for match in _URL.finditer(line):
        address = _without_punctuation(match.group())
        if not (href := safe_href(address)):
            continue
        out.append(escape_text(line[end : match.start()]))
        rel = "nofollow ugc noopener"
        out.append(f'<a href="{escape(href)}" rel="{rel}">{escape_text(address)}</a>')
        end = match.start() + len(address)
    out.append(escape_text(line[end:]))
    return "".join(out)


def _without_punctuation(address: str) -> str:
    """Return an address without the punctuation of the sentence around it."""
    if len(address) > MAX_HREF:
        return address
    trimmed = address.rstrip(_AFTER_URL)
    while trimmed.endswith((")", "]")) and not _is_balanced(trimmed):
        trimmed = trimmed[:-1].rstrip(_AFTER_URL)
    return trimmed


def _is_balanced(address: str) -> bool:
    return address.count("(") >= address.count(")") and address.count("[") >= address.count("]")
