"""Semantic clean-up of a word comparison, in token space: fewer marks that read better.

A shortest script keeps every word that happens to stand on both sides, such as a lone "der" in a
rewritten clause. Here such islands join the changes around them, and a change that could stand in
several places goes where a sentence or a word begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Diff = tuple[int, str]
EQUAL, DELETE, INSERT = 0, -1, 1

MAX_SIGNS = 4
"""Tokens without a word that may join the changes around them."""
MAX_SLIDE = 400
"""Tokens by which a change may slide."""


@dataclass(slots=True)
class Edit:
    """A change and the equal stretch behind it, in tokens, with the words of each."""

    old: str = ""
    new: str = ""
    equal: str = ""
    old_words: int = 0
    new_words: int = 0
    words: int = 0

    @property
    def size(self) -> int:
        """Give the words of the longer side."""
        return max(self.old_words, self.new_words)

    @property
    def empty(self) -> bool:
        """Tell whether nothing changes here."""
        return not self.old and not self.new


def cleaned(
    diffs: Sequence[Diff], is_word: Callable[[str], bool], text: Callable[[str], str]
) -> list[Diff]:
    """Clean up a comparison.

    Args:
        diffs: Operation and tokens, one character each.
        is_word: Tells whether a token is a word.
        text: Gives the text of a token.

    Returns:
        Another comparison of the same two texts.
    """
    edits = _joined(_edits(diffs, is_word))
    for before, edit in pairwise(edits):
        _trim(before, edit)
        _slide(before, edit, text)
    return [diff for edit in edits for diff in _diffs(edit)]


def _diffs(edit: Edit) -> list[Diff]:
    found = [(DELETE, edit.old), (INSERT, edit.new), (EQUAL, edit.equal)]
    return [diff for diff in found if diff[1]]


def _edits(diffs: Sequence[Diff], is_word: Callable[[str], bool]) -> list[Edit]:
    """Group a comparison; the first edit is empty and holds the equal beginning."""
    edits = [Edit()]
    for operation, tokens in diffs:
        last = edits[-1]
        if operation == EQUAL:
            last.equal += tokens
            continue
        if last.equal or len(edits) == 1:
            last = Edit()
            edits.append(last)
        if operation == DELETE:
            last.old += tokens
        else:
            last.new += tokens
    for edit in edits:
        edit.old_words = _count(edit.old, is_word)
        edit.new_words = _count(edit.new, is_word)
        edit.words = _count(edit.equal, is_word)
    return edits


def _count(tokens: str, is_word: Callable[[str], bool]) -> int:
    return sum(map(is_word, tokens))


def _joined(edits: list[Edit]) -> list[Edit]:
    """Join changes with nothing but an island between them."""
    done: list[Edit] = []
    for edit in edits:
        current = edit
        while done and not done[-1].empty and _is_island(done[-1], current):
            before = done.pop()
            current = Edit(
                before.old + before.equal + current.old,
                before.new + before.equal + current.new,
                current.equal,
                before.old_words + before.words + current.old_words,
                before.new_words + before.words + current.new_words,
                current.words,
            )
        done.append(current)
    return done


def _is_island(before: Edit, after: Edit) -> bool:
    if before.words == 0:
        return len(before.equal) <= MAX_SIGNS
    if before.words == 1:
        return before.size + after.size >= 3
    return before.words == 2 and min(before.size, after.size) >= 6


def _trim(before: Edit, edit: Edit) -> None:
    """Give back what both sides of a change begin or end with."""
    start, shorter = 0, min(len(edit.old), len(edit.new))
    while start < shorter and edit.old[start] == edit.new[start]:
        start += 1
    end = 0
    while end < shorter - start and edit.old[-1 - end] == edit.new[-1 - end]:
        end += 1
    if start or end:
        before.equal += edit.old[:start]
        edit.equal = edit.old[len(edit.old) - end :] + edit.equal
        edit.old = edit.old[start : len(edit.old) - end]
        edit.new = edit.new[start : len(edit.new) - end]


def _slide(before: Edit, edit: Edit, text: Callable[[str], str]) -> None:
    """Move a pure deletion or insertion to where it reads best."""
    if bool(edit.old) == bool(edit.new) or not before.equal or not edit.equal:
        return
    moving = edit.old or edit.new
    left, right = before.equal[-MAX_SLIDE:], edit.equal[:MAX_SLIDE]
    around = left + moving + right
    length, start = len(moving), len(left)
    lowest = highest = start
    while lowest > 0 and around[lowest - 1] == around[lowest + length - 1]:
        lowest -= 1
    while highest < len(right) + start and around[highest] == around[highest + length]:
        highest += 1
    best = max(
        range(lowest, highest + 1),
        key=lambda at: (_rank(around, at, at + length, text), -abs(at - start), -at),
    )
    before.equal = before.equal[: len(before.equal) - len(left)] + around[:best]
    edit.equal = around[best + length :] + edit.equal[len(right) :]
    moved = around[best : best + length]
    edit.old, edit.new = (moved, "") if edit.old else ("", moved)


def _rank(around: str, start: int, end: int, text: Callable[[str], str]) -> int:
    """Rank the borders of a change: line, sentence, word, anything."""
    if start == 0 or "\n" in (text(around[start - 1]), text(around[end - 1])):
        return 4
    if not (text(around[start - 1]).isspace() and text(around[end - 1]).isspace()):
        return 1 if text(around[start]).isspace() else 0
    return 3 if start > 1 and text(around[start - 2])[-1] in ".!?:;" else 2
