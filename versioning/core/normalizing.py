"""The normal form of law 9: what the browser shows is what was stored.

Inline html is read as a flat list of stretches that carry marks, normalised as text, and written
anew. The text content of the written html equals the text, code point for code point, and nothing
stands in it that a browser reads differently: no control characters, no entities but four.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING

from versioning.core.characters import (
    LINE_BREAK,
    accents_at_start,
    belongs_to,
    cleaned,
    composed,
)
from versioning.core.markup import Stretch, joined, read_stretches, written

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAIL = 64
_QUICK = 8_000
"""Characters up to which Python's own look at a text is fast, however many accents it has."""
# All others are composed already, and none of them joins a letter before it.
_MAY_COMPOSE = re.compile("[^\x00-\u02ff\u2010-\u2027\u20a0-\u20bf]")
_PLAIN = bytes([*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)])
"""Characters of Latin-1 that stay as they are."""
_SPACE = re.compile(rf"[\s{LINE_BREAK}]+")


def normal_text(text: str) -> str:
    """Return plain text in normal form: NFC, single spaces, no soft hyphens, trimmed.

    Control characters vanish, every run of Unicode white space becomes one U+0020, and lone
    surrogates become U+FFFD. Applying it twice equals applying it once.
    """
    try:
        is_plain = not text.encode("latin-1").translate(None, _PLAIN)
    except UnicodeEncodeError:
        is_plain = text.isprintable() and _is_composed(text)
    if is_plain and "  " not in text and text.strip() == text:
        return text
    return " ".join((text if is_plain else composed(cleaned(text))).split())


def _is_composed(text: str) -> bool:
    """Tell whether a text is surely in NFC already."""
    if len(text) > _QUICK:
        return not _MAY_COMPOSE.search(text)
    return unicodedata.is_normalized("NFC", text)


def normal_form(inline_html: str) -> tuple[str, str]:
    """Return inline html and its text, both in normal form.

    Block borders, ``<br>`` and cell borders inside the fragment count as one space, which
    stands in the html; a ``<br>`` stays before it.

    Args:
        inline_html: Any html; of its markup the inline marks stay.

    Returns:
        The html, whose text content is the text, and the text.
    """
    stretches = normal_stretches(read_stretches(inline_html))
    return written(stretches), joined(stretches)


def normal_stretches(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches whose joined text is in normal form, each with its marks."""
    result = _merged(_collapsed(_composed_stretches(_merged(stretches))))
    text = joined(result)
    if text != normal_text(text):
        return [Stretch(normal_text(text))]
    return result


def _composed_stretches(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Compose within stretches, after moving accents to the letter that they stand on."""
    parts: list[tuple[list[str], tuple[str, ...]]] = []
    before = ""
    for text, marks in stretches:
        rest = composed(text)
        while before and rest and belongs_to(rest[0], before):
            length = accents_at_start(rest)
            parts[-1][0].append(rest[:length])
            before = (before + rest[:length])[-_TAIL:]
            rest = rest[length:]
        if rest:
            parts.append(([rest], marks))
            before = rest[-_TAIL:]
    return [Stretch(composed("".join(texts)), marks) for texts, marks in parts]


def _collapsed(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Make every run of white space one space, across borders of stretches, and trim."""
    result: list[Stretch] = []
    for text, marks in stretches:
        body = _SPACE.sub(_one_space, text)
        if not result or result[-1].text.endswith(" "):
            rest = body.removeprefix(LINE_BREAK).removeprefix(" ")
            if result and body.startswith(LINE_BREAK):
                _break_at_end(result)
            body = rest
        if body:
            result.append(Stretch(body, marks))
    if result and result[-1].text.endswith(" "):
        last = result.pop()
        result.append(Stretch(last.text[:-1].removesuffix(LINE_BREAK), last.marks))
    return result


def _one_space(run: re.Match[str]) -> str:
    return LINE_BREAK + " " if LINE_BREAK in run.group() else " "


def _break_at_end(stretches: list[Stretch]) -> None:
    """Turn the space at the end into a line break with its space."""
    text, marks = stretches[-1]
    if not text.endswith(LINE_BREAK + " "):
        stretches[-1] = Stretch(text[:-1] + LINE_BREAK + " ", marks)


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Join neighbours with the same marks and leave out empty ones."""
    filled = (stretch for stretch in stretches if stretch.text)
    return [
        Stretch("".join(stretch.text for stretch in group), marks)
        for marks, group in groupby(filled, lambda stretch: stretch.marks)
    ]
