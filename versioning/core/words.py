"""Words and marks: how a passage is cut for comparison.

A token is the smallest piece that a comparison may mark. A word (a run of letters, digits and
combining marks; the underscore joins) is never cut, nor is a grapheme: an accent stays with its
letter, an emoji sequence and a flag stay whole.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache
from html.parser import HTMLParser

JOINER = "\u200d"
_EXTENDING = f"{JOINER}\u200c\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
_REGIONAL = "[\U0001f1e6-\U0001f1ff]{2}"

# Inline marks by the tag that carries them; a link also counts its target.
_MARKS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "a": "link",
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "sup": "super",
    "sub": "sub",
    "s": "strike",
    "del": "strike",
    "u": "underline",
    "ins": "underline",
}
MARK_NAMES = ("bold", "italic", "link", "code", "super", "sub", "strike", "underline", "image")
_TARGETS = ("href", "linktype", "id", "src", "alt", "embedtype")


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
    return _token_pattern().findall(text)


def is_word(token: str) -> bool:
    """Tell whether a token is a word rather than a space or a sign."""
    return token[0].isalnum() or token[0] == "_"


def words(text: str) -> list[str]:
    """Give the words of a text, without spaces and signs."""
    return [token for token in tokens(text) if is_word(token)]


class Codes:
    """One private character for each distinct token, so that libraries see one per token.

    The characters start in the private use area and so lie above the surrogates, which
    are no text of their own.
    """

    FIRST = 0xE000
    LIMIT = sys.maxunicode - FIRST

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._tokens: list[str] = []

    def encode(self, pieces: list[str]) -> str:
        """Give one character for each token.

        Args:
            pieces: Tokens of a text.

        Returns:
            A string as long as the list.

        Raises:
            OverflowError: There are more distinct tokens than characters.
        """
        codes = self._codes
        for piece in pieces:
            if piece not in codes:
                if len(codes) >= self.LIMIT:
                    raise OverflowError("too many distinct words")
                codes[piece] = chr(self.FIRST + len(codes))
                self._tokens.append(piece)
        return "".join([codes[piece] for piece in pieces])

    def decode(self, encoded: str) -> str:
        """Give the text that stands behind encoded tokens."""
        return "".join([self._tokens[ord(char) - self.FIRST] for char in encoded])

    def token(self, char: str) -> str:
        """Give the token behind one character."""
        return self._tokens[ord(char) - self.FIRST]


class _MarkReader(HTMLParser):
    """Note for each visible character which marks it carries."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str, str]] = []
        self.pieces: list[tuple[str, frozenset[tuple[str, str]]]] = []
        self.images: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = " ".join(f"{key}={value}" for key, value in sorted(attrs) if key in _TARGETS)
        if tag in ("img", "embed"):
            self.images.append(target)
        elif tag in _MARKS:
            self.open.append((tag, _MARKS[tag], target if tag == "a" else ""))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index][0] == tag:
                del self.open[index]
                return

    def handle_data(self, data: str) -> None:
        self.pieces.append((data, frozenset((name, target) for _, name, target in self.open)))


Marks = frozenset[tuple[str, str]]
_PLAIN: Marks = frozenset()


@lru_cache(maxsize=4096)
def read_marks(html: str) -> tuple[str, tuple[Marks, ...], tuple[str, ...]]:
    """Read the marks of a passage, character by character, spaces left out.

    Args:
        html: Sanitised html of a passage, empty if it has no marks.

    Returns:
        The characters without spaces, the marks of each, and the images.
    """
    reader = _MarkReader()
    reader.feed(html)
    reader.close()
    chars: list[str] = []
    marks: list[Marks] = []
    for data, carried in reader.pieces:
        visible = "".join(unicodedata.normalize("NFC", data).replace("\u00ad", "").split())
        chars.append(visible)
        marks.extend([carried] * len(visible))
    return "".join(chars), tuple(marks), tuple(reader.images)


def marks_of(text: str, html: str) -> tuple[Marks, ...]:
    """Give the marks of each character of a text that is no space.

    Args:
        text: Text of a passage.
        html: The same words with inline marks, or empty.

    Returns:
        One set of marks for each such character; all plain where html and text disagree.
    """
    visible = "".join(text.split())
    if not html:
        return (_PLAIN,) * len(visible)
    chars, marks, _ = read_marks(html)
    return marks if chars == visible else (_PLAIN,) * len(visible)
