"""Finding words of a list in what people write, however they write them.

Words are compared after NFKC and case folding, without signs that nobody sees, and only as whole
words: what hides in a longer word is not found.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class Word(NamedTuple):
    """A word of a text.

    Attributes:
        start: First character.
        end: Behind the last one.
        folded: What is compared.

    Units: code points of the text as it is.
    """

    start: int
    end: int
    folded: str


class Hit(NamedTuple):
    """A phrase of the list in a text."""

    start: int
    end: int
    phrase: tuple[str, ...]


def folded_phrase(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared."""
    return tuple(word.folded for word in words_of(text))


def words_of(text: str) -> list[Word]:
    """Return the words of a text: runs of letters, digits and what is written onto them."""
    words, start = [], 0
    for is_word, run in groupby(text, _belongs_to_a_word):
        length = len(list(run))
        if is_word and (folded := _folded(text[start : start + length])):
            words.append(Word(start, start + length, folded))
        start += length
    return words


def find_phrases(text: str, phrases: Collection[tuple[str, ...]]) -> list[Hit]:
    """Find phrases in a text as whole words, in their order.

    Laws: case, width, composition and signs that nobody sees make no difference; a hit begins and
    ends where words do.

    Args:
        text: What somebody wrote.
        phrases: From ``folded_phrase``; empty ones are never found.
    """
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        if phrase:
            by_first.setdefault(phrase[0], []).append(phrase)
    return list(_hits(words_of(text), by_first)) if by_first else []


def _hits(words: list[Word], by_first: dict[str, list[tuple[str, ...]]]) -> Iterator[Hit]:
    for index, word in enumerate(words):
        for phrase in by_first.get(word.folded, ()):
            found = words[index : index + len(phrase)]
            if tuple(each.folded for each in found) == phrase:
                yield Hit(word.start, found[-1].end, phrase)


def _belongs_to_a_word(sign: str) -> bool:
    category = unicodedata.category(sign)
    if category[0] == "M" or category == "Cf":
        return True
    return any(each.isalnum() for each in unicodedata.normalize("NFKC", sign))


def _folded(word: str) -> str:
    seen = "".join(sign for sign in word if unicodedata.category(sign) != "Cf")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return folded if any(sign.isalnum() for sign in folded) else ""
