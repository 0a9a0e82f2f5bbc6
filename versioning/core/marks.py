"""Marks: what differs between passages although the words do not."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from versioning.core.passages import PassageText, Run

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
