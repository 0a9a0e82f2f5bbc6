"""Single characters: which may stand in a text, and how they compose."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

LINE_BREAK = "\ufdd0"
"""Stands for ``<br>`` inside stretches; a noncharacter that ``cleaned`` removes from all text."""

_REMOVED = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\ufdd0\ufffe\uffff]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONG_RUN = re.compile("[^\x00-\u02ff]{32,}")


def cleaned(text: str) -> str:
    """Return text without control characters and soft hyphens; white space stays.

    A lone surrogate, which no encoding can write, becomes U+FFFD.
    """
    return whole(_REMOVED.sub("", text))


def whole(text: str) -> str:
    """Return text that can be encoded: lone surrogates become U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def composed(text: str) -> str:
    """Return the text in NFC; in linear time, also for a letter under 100,000 accents."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _LONG_RUN.sub(_accents_in_order, text))


def belongs_to(char: str, before: str) -> bool:
    """Tell whether a character changes or joins the letter before it in NFC.

    Args:
        char: One character.
        before: The end of the text before it, 64 characters are enough.
    """
    if char.isascii():
        return False
    if unicodedata.combining(unicodedata.normalize("NFD", char)[0]):
        return True
    tail = composed(before)
    return composed(tail + char) != tail + composed(char)


def accents_at_start(text: str) -> int:
    """Return how many characters at the start go to the letter before, at least one."""
    length = 1
    while length < len(text) and unicodedata.combining(text[length]):
        length += 1
    return length


def _accents_in_order(run: re.Match[str]) -> str:
    """Sort accents as NFC would, since its own sorting is quadratic."""
    out: list[str] = []
    decomposed = "".join(unicodedata.normalize("NFD", char) for char in run.group())
    for is_accent, group in groupby(decomposed, lambda char: unicodedata.combining(char) > 0):
        chars = list(group)
        out.extend(sorted(chars, key=unicodedata.combining) if is_accent else chars)
    return "".join(out)
