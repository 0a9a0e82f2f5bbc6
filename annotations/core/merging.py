"""What a suggested edit means for a text that has gone on since.

Three texts meet: the passage as it was when somebody wanted other words, what they wanted, and the
passage as it is now. The words in question are untouched, or somebody has changed them meanwhile,
or they say already what was wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from annotations.core.applying import replaced
from annotations.core.ranges import is_cut
from versioning.core.comparing import diff_words
from versioning.core.normalizing import normal_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from versioning.core.passages import Run

State = Literal["clean", "merged", "conflict", "there"]

SURE_ALONE = 30
"""Characters from which words that moved within their passage are recognised by themselves."""

SURE_AT_ALL = 4
"""Characters from which they are recognised in the middle of rewritten words."""


class Wish(NamedTuple):
    """Other words for a range of a text.

    Units: offsets are code points of the text, end exclusive.
    """

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a wish means for the text as it is now.

    Attributes:
        state: ``clean`` (nothing has changed), ``merged`` (the passage was changed elsewhere),
            ``conflict`` (the words were changed), ``there`` (it says so already).
        start: Begin of the words in the text as it is now.
        end: Their end, exclusive.
        words: What stands there once the wish is fulfilled.
        text: The whole text then; where there is a conflict, with the wish in place of the
            changed words.
    """

    state: State
    start: int
    end: int
    words: str
    text: str


def meet(base: str, wish: Wish, now: str, *, is_whole: bool = False) -> Meeting:
    """Tell what a wish means for a text that has gone on since.

    Laws: a clean or merged meeting finds the words of the base letter for letter in the text as it
    is now; all that somebody else changed is still in the result; a text that has not changed
    meets cleanly, unless the wish changes nothing.

    Args:
        base: The text on which the wish was made.
        wish: What shall stand where.
        now: The text as it is now; all in normal form.
        is_whole: The wish is a new wording of the whole text, so that only the words that it
            changes count, and one on either side.
    """
    goal = replaced(base, *wish)
    words = normal_text(wish.words)
    if now == goal:
        start, end = _where(base, now, wish.start, wish.end).wide
        return Meeting("there", start, end, now[start:end], now)
    if is_whole:
        wish = narrowed(base, goal)
        words = wish.words
    old = base[wish.start : wish.end]
    if now == base:
        return Meeting("clean", wish.start, wish.end, words, goal)
    place = _where(base, now, wish.start, wish.end)
    if _is_there(now, place, old, words):
        start, end = place.wide
        return Meeting("there", start, end, now[start:end], now)
    start, end = place.tight
    if now[start:end] != old:
        found = _once(base, now, old, place.wide)
        if found is None:
            return Meeting("conflict", start, end, words, replaced(now, start, end, words))
        start, end = found
    return Meeting("merged", start, end, words, replaced(now, start, end, words))


def narrowed(old: str, new: str, *, beside: int = 1) -> Wish:
    """Return the smallest wish, in whole words, that makes one text of another.

    Law: ``replaced(old, *narrowed(old, new))`` is the new text, if both are in normal form.

    Args:
        old: A text.
        new: Another one.
        beside: How many words on either side belong to it.
    """
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    tail = 0
    while tail < min(len(old), len(new)) - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    end = len(old) - tail
    start = old.rfind(" ", 0, start) + 1
    end = _or_end(old, old.find(" ", end))
    for _ in range(beside):
        start = old.rfind(" ", 0, max(0, start - 1)) + 1
        end = _or_end(old, old.find(" ", end + 1))
    return Wish(start, end, new[start : len(new) - (len(old) - end)])


def _or_end(text: str, found: int) -> int:
    return len(text) if found < 0 else found


def new_words(old: str, new: str) -> list[str]:
    """Return the stretches of words that one text has and the other one does not."""
    added = (text.strip() for operation, text in diff_words(old, new)[0] if operation == "insert")
    return [words for words in added if words]


class _Place(NamedTuple):
    """Where words stand now: without and with what was put in directly beside them."""

    tight: tuple[int, int]
    wide: tuple[int, int]


def _where(base: str, now: str, start: int, end: int) -> _Place:
    """Follow a range through the comparison of two texts."""
    tight_start = tight_end = wide_start = wide_end = -1
    for old, old_end, new, new_end in _hunks(diff_words(base, now)[0], len(base), len(now)):
        is_change = (old_end - old, base[old:old_end]) != (new_end - new, now[new:new_end])
        if wide_start < 0 and old_end >= start:
            wide_start = new if is_change else new + start - old
        if tight_start < 0 and old_end > start:
            tight_start = new if is_change else new + start - old
        if tight_end < 0 and old_end >= end:
            tight_end = new_end if is_change and old < end else new + max(0, end - old)
            if is_change and old >= end:
                tight_end = new
        if old <= end:
            wide_end = new_end if is_change else new + min(end, old_end) - old
    tight_start = tight_start if tight_start >= 0 else len(now)
    tight_end = tight_end if tight_end >= 0 else len(now)
    return _Place(
        (tight_start, max(tight_start, tight_end)),
        (min(wide_start, tight_start), max(wide_end, tight_end, tight_start)),
    )


def _hunks(
    runs: Sequence[Run], old_length: int, new_length: int
) -> Iterable[tuple[int, int, int, int]]:
    """Yield what is equal and what is not, each as a stretch of the old and of the new text."""
    old = new = begin = new_begin = 0
    for operation, text in runs:
        if operation == "equal":
            if (begin, new_begin) != (old, new):
                yield begin, old, new_begin, new
            yield old, old + len(text), new, new + len(text)
            old, new = old + len(text), new + len(text)
            begin, new_begin = old, new
        else:
            old += len(text) if operation == "delete" else 0
            new += len(text) if operation == "insert" else 0
    if (begin, new_begin) != (old_length, new_length):
        yield begin, old_length, new_begin, new_length


def _is_there(now: str, place: _Place, old: str, words: str) -> bool:
    """Tell whether the wanted words stand already where the old ones stood."""
    if now[slice(*place.tight)] == words or now[slice(*place.wide)] == words:
        return True
    if words in old:
        return False
    start, end = place.tight
    if now[start:end] != old:
        return words in now[slice(*place.wide)]
    at = now.find(words)
    while at >= 0:
        if at <= start and end <= at + len(words):
            return True
        at = now.find(words, at + 1)
    return False


def _once(base: str, now: str, old: str, near: tuple[int, int]) -> tuple[int, int] | None:
    """Find words that the comparison took for changed, if nothing else can be meant.

    They stand once in the passage, then and now; where they are few, within what was rewritten
    around them.
    """
    if base.count(old) != 1 or now.count(old) != 1 or len(old) < SURE_AT_ALL:
        return None
    start = now.index(old)
    end = start + len(old)
    if is_cut(now, start) or is_cut(now, end):
        return None
    is_near = near[0] <= start and end <= near[1]
    return (start, end) if is_near or len(old) >= SURE_ALONE else None
