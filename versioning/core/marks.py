"""Marks: what differs between passages although the words do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from versioning.core import cells, markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from versioning.core.passages import PassageText, Run

NAMES = (
    "bold",
    "italic",
    "link",
    "code",
    "super",
    "sub",
    "kind",
    "level",
    "marker",
    "cells",
    "image",
)
"""What a format change can be about, in the order in which it is named."""

_NUMBER = re.compile(r"\d+")
_NAMES_OF_TAGS = {
    "b": "bold",
    "i": "italic",
    "a": "link",
    "code": "code",
    "sup": "super",
    "sub": "sub",
}
Marks = tuple[str, ...]


def format_changes(
    old: PassageText, new: PassageText, runs: Sequence[Run] | None = None
) -> tuple[str, ...]:
    """Name what differs between two passages besides their words.

    A link with another target counts as a changed link. Marks on spaces do not count, since
    nobody sees them.

    Args:
        old: The old passage.
        new: The new passage.
        runs: Their word runs; missing if both have the same text.

    Returns:
        Names out of ``NAMES`` in that order; marks count on the words that both share.
    """
    if _same_besides_words(old, new):
        return ()
    found: set[str] = set()
    if old.kind != new.kind:
        found.add("kind")
    elif old.level != new.level:
        found.add("level")
    elif _sign(old.marker) != _sign(new.marker):
        found.add("marker")
    if (old.image, old.alt) != (new.image, new.alt):
        found.add("image")
    if old.html != new.html:
        if runs is None and cells.divided_otherwise(old, new):
            found.add("cells")
        for before, after in _common(_marks_of(old), _marks_of(new), runs):
            if before != after:
                found |= _names(set(before) ^ set(after))
    return tuple(name for name in NAMES if name in found)


def _same_besides_words(old: PassageText, new: PassageText) -> bool:
    return (
        old.html == new.html
        and old.kind == new.kind
        and old.level == new.level
        and old.marker == new.marker
        and old.image == new.image
        and old.alt == new.alt
    )


def _sign(marker: str) -> str:
    """Give how an item is marked, whatever its number: an item more before it is no change."""
    return _NUMBER.sub("1", marker)


def _names(tags: Iterable[str]) -> set[str]:
    return {_NAMES_OF_TAGS[tag.split(" ", 1)[0]] for tag in tags}


def _common(
    old: Sequence[Marks], new: Sequence[Marks], runs: Sequence[Run] | None
) -> Iterator[tuple[Marks, Marks]]:
    """Pair the marks of the characters that both texts share, spaces left out."""
    if runs is None:
        yield from zip(old, new, strict=False)
        return
    old_at = new_at = 0
    for operation, text in runs:
        length = sum(map(len, text.split()))
        if operation == "equal":
            ours, theirs = old[old_at : old_at + length], new[new_at : new_at + length]
            yield from zip(ours, theirs, strict=False)
        old_at += length if operation != "insert" else 0
        new_at += length if operation != "delete" else 0


def _marks_of(passage: PassageText) -> Sequence[Marks]:
    """Give the marks of each character that is no space.

    All is plain where html and text disagree, which passages in normal form never do.
    """
    visible = "".join(passage.text.split())
    if not passage.html:
        return [()] * len(visible)
    marks: list[Marks] = []
    shown: list[str] = []
    for text, carried in markup.read_stretches(passage.html):
        shown += text.split()
        marks += [carried] * sum(map(len, text.split()))
    return marks if "".join(shown) == visible else [()] * len(visible)
