"""Cells: a row of a table is compared cell by cell, so that no word wanders into another column."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from versioning.core import matching

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from versioning.core.passages import PassageText

MAX_STEPS = 40_000
"""Cells times cells of two rows up to which they are matched by likeness."""
MIN_ALIKE = 0.4

_CELL = re.compile(r"<t([dh])(?=[\s>])[^>]*>(.*?)</t\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


class Span(NamedTuple):
    """Where a cell stands in the text of its row; start and end are the same in an empty one."""

    start: int
    end: int


class Stretch(NamedTuple):
    """A stretch of the old and of the new row that are compared with each other alone."""

    old: Span
    new: Span


def spans(passage: PassageText) -> list[Span]:
    """Find the cells of a row in its text.

    Args:
        passage: A passage; its html holds ``td`` or ``th`` if it is a row of a table.

    Returns:
        One span for each cell in reading order, nothing if the passage has no cells or its html
        says other words than its text.

    Units: offsets are code points of the text, end exclusive.
    """
    if "<td" not in passage.html and "<th" not in passage.html:
        return []
    found: list[Span] = []
    at = 0
    for match in _CELL.finditer(passage.html):
        words = unescape(_TAG.sub("", match[2]))
        if words:
            at = at + 1 if at else 0
        if not passage.text.startswith(words, at):
            return []
        found.append(Span(at, at + len(words)))
        at += len(words)
    return found if at == len(passage.text) else []


def stretches(old: PassageText, new: PassageText) -> list[Stretch]:
    """Cut two rows into what is compared with each other.

    Args:
        old: A row of the old text.
        new: A row of the new text.

    Returns:
        Stretches that follow each other without a gap and make up both texts; cells that belong
        together are one, what stands between them another. Nothing if one side has no cells.
    """
    ours, theirs = spans(old), spans(new)
    if not ours or not theirs:
        return []
    found: list[Stretch] = []
    old_at = new_at = 0
    for i, j in _pairs(old.text, new.text, ours, theirs):
        found.append(Stretch(Span(old_at, ours[i].start), Span(new_at, theirs[j].start)))
        found.append(Stretch(ours[i], theirs[j]))
        old_at, new_at = ours[i].end, theirs[j].end
    found.append(Stretch(Span(old_at, len(old.text)), Span(new_at, len(new.text))))
    return found


def divided_otherwise(old: PassageText, new: PassageText) -> bool:
    """Tell whether two rows with the same words have other cells."""
    ours, theirs = spans(old), spans(new)
    return bool(ours and theirs) and ours != theirs


def _pairs(
    old: str, new: str, ours: Sequence[Span], theirs: Sequence[Span]
) -> Iterator[tuple[int, int]]:
    """Pair cells: by column where there are as many, else those that are alike, in order."""
    if len(ours) == len(theirs):
        yield from ((at, at) for at in range(len(ours)))
        return
    if len(ours) * len(theirs) > MAX_STEPS:
        return
    before = [old[start:end] for start, end in ours]
    after = [new[start:end] for start, end in theirs]
    alike = matching.Similarity(before, after)
    weighted = [
        (i, j, matching.chain_weight(alike.of(i, j), 1))
        for i in range(len(before))
        for j in range(len(after))
        if alike.of(i, j) >= MIN_ALIKE
    ]
    chain = [weighted[at][:2] for at in matching.heaviest_chain(weighted)]
    for before_pair, pair in pairwise([(-1, -1), *chain, (len(ours), len(theirs))]):
        gap = pair[0] - before_pair[0]
        if gap == pair[1] - before_pair[1]:
            yield from ((before_pair[0] + step, before_pair[1] + step) for step in range(1, gap))
        if pair in chain:
            yield pair
