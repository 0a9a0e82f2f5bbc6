"""Semantic clean-up of a word comparison: fewer marks that read better.

A shortest script keeps every word that happens to stand on both sides, such as a lone "der" in a
rewritten clause. Here such islands join the changes around them, and a change that could stand in
several places goes where a sentence or a word begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from versioning.core import words

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT_WORD = 2
"""Characters of a word that hardly says anything on its own, such as "der" or "12"."""
MAX_SLIDE = 2_000
"""Characters by which a change may slide."""


class Edit(NamedTuple):
    """A change: words of the old side that give way to words of the new one, by index."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    @property
    def size(self) -> int:
        """Give the words of the longer side."""
        return max(self.old_end - self.old_start, self.new_end - self.new_start)

    @property
    def sides(self) -> tuple[bool, bool]:
        """Tell whether words go and whether words come."""
        return self.old_end > self.old_start, self.new_end > self.new_start


Change = tuple[int, int, int, int]
"""Start and end of a change in the old and in the new text, in code points."""


def joined(edits: Sequence[Edit], old: Sequence[str]) -> list[Edit]:
    """Join changes with nothing but an island between them.

    Args:
        edits: Changes in reading order.
        old: Separators and words of the old text, alternately.
    """
    done: list[Edit] = []
    for edit in edits:
        current = edit
        while done and _is_island(done[-1], current, old):
            before = done.pop()
            current = Edit(before.old_start, current.old_end, before.new_start, current.new_end)
        done.append(current)
    return done


def _is_island(before: Edit, after: Edit, old: Sequence[str]) -> bool:
    count = after.old_start - before.old_end
    if count > 2:
        return False
    sizes = before.size, after.size
    if count == 2:
        return min(sizes) >= 6
    if before.sides == after.sides != (True, True):
        return sum(sizes) >= 6 or not sum(sizes)
    return sum(sizes) >= 3 or len(old[2 * before.old_end + 1]) <= SHORT_WORD


def trimmed(edit: Edit, old: Sequence[str], new: Sequence[str]) -> Edit:
    """Give back what both sides of a change begin or end with.

    Args:
        edit: A change.
        old: Separators and words of the old text, alternately.
        new: Separators and words of the new text.
    """
    a, a_end, b, b_end = edit
    while a < a_end and b < b_end and old[2 * a : 2 * a + 2] == new[2 * b : 2 * b + 2]:
        a, b = a + 1, b + 1
    while (
        a < a_end
        and b < b_end
        and old[2 * a_end - 1 : 2 * a_end + 1] == new[2 * b_end - 1 : 2 * b_end + 1]
    ):
        a_end, b_end = a_end - 1, b_end - 1
    found = (a, a_end, b, b_end)
    return edit if edit == found else Edit(*found)


def slid(changes: Sequence[Change], old: str, new: str) -> list[Change]:
    """Move pure deletions and insertions to where they read best.

    Args:
        changes: Changes in reading order.
        old: The old text.
        new: The new text.

    Returns:
        Changes of the same two texts, none touching the next.
    """
    done: list[Change] = []
    ends = [change[0] for change in changes[1:]] + [len(old)]
    for change, old_limit in zip(changes, ends, strict=True):
        start, end, new_start, new_end = change
        before = done[-1][1] if done else 0
        if start == end or new_start == new_end:
            room = (min(start - before, MAX_SLIDE), min(old_limit - end, MAX_SLIDE))
            start, end, new_start, new_end = _slid(change, old, new, room)
        if done and start == done[-1][1]:
            start, _, new_start, _ = done.pop()
        done.append((start, end, new_start, new_end))
    return done


def _slid(change: Change, old: str, new: str, room: tuple[int, int]) -> Change:
    """Find the best place of a change that stands on one side alone."""
    old_start, old_end, new_start, new_end = change
    text, start, end = (new, *change[2:]) if old_start == old_end else (old, *change[:2])
    length = end - start
    lowest = highest = start
    while start - lowest < room[0] and text[lowest - 1] == text[lowest + length - 1]:
        lowest -= 1
    while highest - start < room[1] and text[highest] == text[highest + length]:
        highest += 1
    if lowest == highest:
        return change
    steps = range(lowest - start, highest - start + 1)
    step = max(
        (step for step in steps if not step or _is_free(change, step, old, new)),
        key=lambda step: (_rank(text, start + step, end + step), -abs(step), -step),
    )
    return (old_start + step, old_end + step, new_start + step, new_end + step)


def _is_free(change: Change, step: int, old: str, new: str) -> bool:
    """Tell whether a change may stand some characters further on, cutting no word."""
    old_start, old_end, new_start, new_end = (at + step for at in change)
    return all(
        words.is_border(text, at)
        for text, at in ((old, old_start), (old, old_end), (new, new_start), (new, new_end))
    )


def _rank(text: str, start: int, end: int) -> int:
    """Rank the borders of a change: line, sentence, word, anything."""
    if start == 0 or "\n" in (text[start - 1], text[end - 1]):
        return 4
    if not (text[start - 1].isspace() and text[end - 1].isspace()):
        return 1 if text[start].isspace() else 0
    return 3 if start > 1 and text[start - 2] in ".!?:;" else 2
