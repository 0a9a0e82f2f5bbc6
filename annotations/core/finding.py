"""Finding words in what citizens wrote, whatever their case and marks.

Texts and questions are folded the same way, so that both databases find the same, and "strasse"
finds "Straße". A word is found anywhere, also within a longer one: German joins words.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_QUESTION = 200
"""Characters of a question that count."""
MAX_WORDS = 10
_BEFORE = 60


class Piece(NamedTuple):
    """A stretch of a text, looked for or not."""

    text: str
    is_found: bool


def fold(text: str) -> str:
    """Return a text without case, accents and other marks; what no database can hold is left out.

    Folding twice equals folding once, and folding pieces of a text gives the pieces of the folded
    text.
    """
    return "".join(_folded(character) for character in text)


def words_of(question: str) -> list[str]:
    """Return the folded words of a question, each once, at most ten."""
    words = fold(question[:MAX_QUESTION]).split()
    return list(dict.fromkeys(words))[:MAX_WORDS]


def marked(text: str, words: Iterable[str]) -> list[Piece]:
    """Cut a text where folded words stand in it; joining the pieces gives the text back."""
    pieces: list[Piece] = []
    at = 0
    for start, end in _found(text, words):
        if start > at:
            pieces.append(Piece(text[at:start], is_found=False))
        pieces.append(Piece(text[start:end], is_found=True))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:], is_found=False))
    return pieces


def excerpt(text: str, words: Sequence[str], limit: int) -> list[Piece]:
    """Return the stretch of a text in which the first found word stands, marked.

    What is left out at an end is told by "…".

    Args:
        text: What was written.
        words: Folded words.
        limit: Characters of the text that are shown at most.
    """
    found = _found(text, words)
    start = 0
    if found and len(text) > limit:
        start = max(0, min(found[0][0] - _BEFORE, len(text) - limit))
        start += _to_next_word(text[start:]) if start else 0
    end = len(text)
    if end - start > limit:
        cut = text[start : start + limit]
        end = start + (len(cut.rsplit(None, 1)[0]) or limit)
    pieces = marked(text[start:end], words)
    before = [Piece("… ", is_found=False)] if start else []
    after = [Piece(" …", is_found=False)] if end < len(text) else []
    return [*before, *pieces, *after]


def _folded(character: str) -> str:
    """Return what one character counts as in a search, often one character, sometimes none."""
    if character.isascii():
        return "" if character == "\0" else character.lower()
    if unicodedata.category(character) == "Cs":
        return ""
    whole = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(c for c in whole if not unicodedata.combining(c)).casefold()


def _found(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Return the ranges of a text that hold folded words, joined where they touch.

    Units: code points, end exclusive.
    """
    parts = [_folded(character) for character in text]
    folded = "".join(parts)
    origin = [place for place, part in enumerate(parts) for _ in part]
    ranges = sorted(
        (origin[match.start()], origin[match.end() - 1] + 1)
        for word in words
        if word
        for match in re.finditer(re.escape(word), folded)
    )
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _to_next_word(text: str) -> int:
    match = re.search(r"\s", text[:_BEFORE])
    return match.end() if match else 0
