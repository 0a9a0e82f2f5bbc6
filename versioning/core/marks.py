"""Marks: what differs between passages although the words do not."""

from __future__ import annotations

import unicodedata
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
NAMES = (
    "bold",
    "italic",
    "link",
    "code",
    "super",
    "sub",
    "strike",
    "underline",
    "image",
    "kind",
    "level",
)
"""What a format change can be about, in the order in which it is named."""

_MAX_OPEN = 64
_TARGETS = ("href", "linktype", "id", "src", "alt", "embedtype")

Marks = frozenset[tuple[str, str]]
_PLAIN: Marks = frozenset()


class _MarkReader(HTMLParser):
    """Note for each visible character which marks it carries."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str, str]] = []
        self.pieces: list[tuple[str, Marks]] = []
        self.images: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = " ".join(f"{key}={value}" for key, value in sorted(attrs) if key in _TARGETS)
        if tag in ("img", "embed"):
            self.images.append(target)
        elif tag in _MARKS and len(self.open) < _MAX_OPEN:
            self.open.append((tag, _MARKS[tag], target if tag == "a" else ""))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index][0] == tag:
                del self.open[index]
                return

    def handle_data(self, data: str) -> None:
        self.pieces.append((data, frozenset((name, target) for _, name, target in self.open)))


def format_changes(
    old: PassageText, new: PassageText, runs: Sequence[Run] | None = None
) -> tuple[str, ...]:
    """Name what differs between two passages besides their words.

    Args:
        old: The old passage.
        new: The new passage.
        runs: Their word runs; missing if both have the same text.

    Returns:
        Names out of ``NAMES`` in that order; marks count on the words that both share.
    """
    if (old.kind, old.level, old.html) == (new.kind, new.level, new.html):
        return ()
    found = {"kind"} if old.kind != new.kind else set()
    if old.level != new.level and old.kind == new.kind:
        found.add("level")
    if old.html != new.html:
        found |= _mark_changes(old, new, runs)
    return tuple(name for name in NAMES if name in found)


def _mark_changes(old: PassageText, new: PassageText, runs: Sequence[Run] | None) -> set[str]:
    old_marks, old_images = _marks_of(old)
    new_marks, new_images = _marks_of(new)
    differing = {
        mark
        for before, after in _common(old_marks, new_marks, runs)
        if before != after
        for mark in before ^ after
    }
    return {name for name, _ in differing} | ({"image"} if old_images != new_images else set())


def _common(
    old: Sequence[Marks], new: Sequence[Marks], runs: Sequence[Run] | None
) -> Iterable[tuple[Marks, Marks]]:
    """Pair the marks of the characters that both texts share, spaces left out."""
    if runs is None:
        yield from zip(old, new, strict=False)
        return
    old_at = new_at = 0
    for operation, text in runs:
        length = sum(map(len, text.split()))
        if operation == "equal":
            yield from zip(
                old[old_at : old_at + length], new[new_at : new_at + length], strict=False
            )
        old_at += length if operation != "insert" else 0
        new_at += length if operation != "delete" else 0


def _marks_of(passage: PassageText) -> tuple[Sequence[Marks], list[str]]:
    """Give the marks of each character that is no space, and the images.

    All is plain where html and text disagree, which frozen passages never do.
    """
    visible = "".join(passage.text.split())
    reader = _MarkReader()
    reader.feed(passage.html)
    reader.close()
    chars: list[str] = []
    marks: list[Marks] = []
    for data, carried in reader.pieces:
        shown = "".join(unicodedata.normalize("NFC", data).replace("\u00ad", "").split())
        chars.append(shown)
        marks.extend([carried] * len(shown))
    return (marks if "".join(chars) == visible else [_PLAIN] * len(visible)), reader.images
