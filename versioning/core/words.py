"""Words: how a passage is cut for comparison.

A token is the smallest piece that a comparison may mark. A word (a run of letters, digits and
combining marks; the underscore joins) is never cut, nor is a grapheme: an accent stays with its
letter, an emoji sequence and a flag stay whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from itertools import accumulate, count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

JOINER = "\u200d"
_EXTENDING = f"{JOINER}\u200c\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
# Below and between these no character combines with another, so a simpler pattern does.
_UNUSUAL = re.compile("[^\x00-\u02ff\u2010-\u2027\u20a0-\u20bf]")
_PLAIN_TOKEN = re.compile(r"\w+|\r\n|[\s\S]")
_PLAIN_WORDS = re.compile(r"\w+")
_PLAIN_WORD = re.compile(r"(\w+)")
_SIGNS = ".,;:!?()[]\"'“„”‚‘’»«–-§/"
_REGIONAL = "[\U0001f1e6-\U0001f1ff]{2}"


@lru_cache(maxsize=1)
def _combining() -> str:
    """Give all combining marks as the inside of a character class."""
    ranges: list[list[int]] = []
    for code in (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0)):
        if not unicodedata.category(chr(code)).startswith("M"):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


@lru_cache(maxsize=1)
def _token_pattern() -> re.Pattern[str]:
    marks = _combining()
    word = rf"[\w{marks}]"
    return re.compile(
        rf"(?:{word}+|{_REGIONAL}|\r\n|[\s\S])"
        rf"(?:[{_EXTENDING}{marks}]|(?<={JOINER})[\s\S]|(?<={word}){word}+)*"
    )


def tokens(text: str) -> list[str]:
    """Cut a text into tokens.

    Args:
        text: Any text.

    Returns:
        Words, and every other grapheme on its own; joined they are the text again.
    """
    pattern = _token_pattern() if _UNUSUAL.search(text) else _PLAIN_TOKEN
    return pattern.findall(text)


def is_word(token: str) -> bool:
    """Tell whether a token is a word rather than a space or a sign."""
    return token[0].isalnum() or token[0] == "_"


def words(text: str) -> list[str]:
    """Give the words of a text, without spaces and signs."""
    if not _UNUSUAL.search(text):
        return _PLAIN_WORDS.findall(text)
    return [token for token in tokens(text) if is_word(token)]


def split(text: str) -> list[str]:
    """Cut a text into separators and words.

    Args:
        text: Any text.

    Returns:
        Separators and words alternately, a separator, maybe empty, first and last; joined
        they are the text again.
    """
    if not _UNUSUAL.search(text):
        return _PLAIN_WORD.split(text)
    parts: list[str] = []
    signs: list[str] = []
    for token in tokens(text):
        if is_word(token):
            parts += ["".join(signs), token]
            signs = []
        else:
            signs.append(token)
    return [*parts, "".join(signs)]


def is_border(text: str, at: int) -> bool:
    """Tell whether a text may be cut at an offset: not inside a word or a grapheme."""
    if not 0 < at < len(text):
        return True
    borders = _borders(text)
    if borders is not None:
        return at in borders
    return not (text[at - 1] == "_" or text[at - 1].isalnum()) or not (
        text[at] == "_" or text[at].isalnum()
    )


@lru_cache(maxsize=2)
def _borders(text: str) -> frozenset[int] | None:
    """Give the borders of all tokens, or nothing where each sign stands for itself."""
    if "\r" not in text and not _UNUSUAL.search(text):
        return None
    return frozenset(accumulate(map(len, tokens(text))))


class Codes:
    """One private character for each distinct token, so that libraries see one per token.

    The characters start in the private use area and so lie above the surrogates, which
    are no text of their own.
    """

    FIRST = 0xE000

    def __init__(self) -> None:
        self._codes: defaultdict[str, str] = defaultdict(map(chr, count(self.FIRST)).__next__)

    def encode(self, pieces: Iterable[str]) -> str:
        """Give one character for each token.

        Args:
            pieces: Tokens of a text.

        Returns:
            A string as long as there are tokens.

        Raises:
            OverflowError: There are more distinct tokens than characters.
        """
        try:
            return "".join(map(self._codes.__getitem__, pieces))
        except ValueError as error:
            raise OverflowError("too many distinct words") from error


class WordCodes(dict[str, str]):
    """The words of texts as codes; what stands between two spaces is cut into words only once.

    Mostly that is a word, maybe with a comma, and the document has it again and again.
    """

    def __init__(self) -> None:
        self._next = map(chr, count(Codes.FIRST)).__next__

    def __missing__(self, piece: str) -> str:
        if piece.isalnum():
            coded = self._next()
        elif (word := piece.strip(_SIGNS)).isalnum():
            coded = self[word]
        else:
            found = words(piece)
            coded = self._next() if found == [piece] else self._joined(found)
        self[piece] = coded
        return coded

    def encode(self, text: str) -> str:
        """Give one character for each word of a text.

        Raises:
            OverflowError: There are more distinct words than characters.
        """
        # A joiner takes the space behind it into its word.
        pieces = words(text) if JOINER in text else text.split()
        try:
            return self._joined(pieces)
        except ValueError as error:
            raise OverflowError("too many distinct words") from error

    def _joined(self, pieces: Iterable[str]) -> str:
        return "".join(map(self.__getitem__, pieces))
