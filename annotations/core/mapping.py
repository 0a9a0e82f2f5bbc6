"""From old offsets to new ones, through the word runs of one row of a comparison."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import LCSseq

from versioning.core import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from versioning.core.passages import PassageText, Row

MAX_PAIRS = 50_000_000
"""Tokens times tokens beyond which the inside of one replacement is not looked at."""

TELLING_LETTERS = 4
"""A single word inside a replacement is taken for the same one from so many letters."""


class Segment(NamedTuple):
    """Characters that stand in the old and in the new text of a row alike.

    Units: offsets are code points of the row's old or new passages joined with a line feed.
    """

    old: int
    new: int
    length: int

    @property
    def old_end(self) -> int:
        """Where it ends in the old text."""
        return self.old + self.length

    @property
    def new_end(self) -> int:
        """Where it ends in the new text."""
        return self.new + self.length

    def within(self, start: int, end: int) -> Segment:
        """Give the part that lies in a range of the old text, which it must meet."""
        shift = max(0, start - self.old)
        return Segment(
            self.old + shift, self.new + shift, min(self.old_end, end) - self.old - shift
        )


_old_start, _old_end, _new_end = map(attrgetter, ("old", "old_end", "new_end"))


class Stretch(NamedTuple):
    """One passage's share of a row's text."""

    passage: int
    start: int
    end: int


class RowMap:
    """What became of each character of the old passages of one row.

    Attributes:
        row: The row that is read.
        old_text: Its old passages, joined with one line feed.
        new_text: Its new passages, joined with one line feed.
        old_stretches: Where each old passage stands in ``old_text``.
        new_stretches: Where each new passage stands in ``new_text``.
    """

    def __init__(self, row: Row, old: Sequence[PassageText], new: Sequence[PassageText]) -> None:
        self.row = row
        self.old_text = "\n".join(old[index].text for index in row.old)
        self.new_text = "\n".join(new[index].text for index in row.new)
        self.old_stretches = tuple(_stretches(row.old, old))
        self.new_stretches = tuple(_stretches(row.new, new))

    @cached_property
    def firm(self) -> tuple[Segment, ...]:
        """Give what the comparison itself shows as equal, in reading order."""
        found: list[Segment] = []
        old_at = new_at = 0
        for operation, text in self.row.runs:
            if operation == "equal":
                found.append(Segment(old_at, new_at, len(text)))
            old_at += len(text) if operation != "insert" else 0
            new_at += len(text) if operation != "delete" else 0
        return tuple(_joined(found))

    @cached_property
    def fine(self) -> tuple[Segment, ...]:
        """Give the firm segments and the words that stand on both sides of a replacement.

        A comparison for readers shows "old words, new words" as one change even where a few
        words between them stayed; a quote of just these words still has its place.
        """
        found: list[Segment] = []
        before = Segment(0, 0, 0)
        for segment in (*self.firm, Segment(len(self.old_text), len(self.new_text), 0)):
            found += self._inside(before.old_end, segment.old, before.new_end, segment.new)
            found.append(segment)
            before = segment
        return tuple(_joined(segment for segment in found if segment.length))

    def _inside(self, old_at: int, old_end: int, new_at: int, new_end: int) -> list[Segment]:
        """Find equal words on the two sides of one replacement."""
        old = words.tokens(self.old_text[old_at:old_end])
        new = words.tokens(self.new_text[new_at:new_end])
        if not 0 < len(old) * len(new) <= MAX_PAIRS:
            return []
        codes = words.Codes()
        found: list[Segment] = []
        for code in LCSseq.opcodes(codes.encode(old), codes.encode(new)):
            old_piece = "".join(old[code.src_start : code.src_end])
            if code.tag == "equal" and _is_telling(old[code.src_start : code.src_end]):
                found.append(Segment(old_at, new_at, len(old_piece)))
            old_at += len(old_piece)
            new_at += len("".join(new[code.dest_start : code.dest_end]))
        return found

    def survivors(self, start: int, end: int, *, fine: bool) -> list[Segment]:
        """Give the characters of a range of the old text that the new text still has.

        Args:
            start: Begin of the range in ``old_text``.
            end: Its end, exclusive.
            fine: Count the words inside of replacements too.

        Returns:
            Segments in reading order, none beyond one new passage.
        """
        segments = self.fine if fine else self.firm
        first = bisect_right(segments, start, key=_old_end)
        last = bisect_left(segments, end, key=_old_start)
        found = [segment.within(start, end) for segment in segments[first:last]]
        return [part for segment in found for part in self._parted(segment)]

    def _parted(self, segment: Segment) -> Iterator[Segment]:
        """Cut a segment where a new passage begins."""
        for _, start, end in self.new_stretches:
            first, last = max(start, segment.new), min(end, segment.new_end)
            if first < last:
                yield Segment(segment.old + first - segment.new, first, last - first)

    def held_until(self, start: int, end: int) -> int | None:
        """Tell how far words go on that stood at this place already.

        Args:
            start: Begin of a range in ``new_text``.
            end: Its end, exclusive.

        Returns:
            Where the equal stretch around the range ends, nothing if no such stretch holds it.
        """
        index = bisect_right(self.fine, start, key=_new_end)
        if index == len(self.fine):
            return None
        segment = self.fine[index]
        return segment.new_end if segment.new <= start and end <= segment.new_end else None

    def gap_before(self, segment: Segment) -> tuple[int, int]:
        """Give the old and the new offset from which on nothing before a segment is equal."""
        index = bisect_left(self.fine, segment.old, key=_old_start)
        before = self.fine[index - 1] if index else Segment(0, 0, 0)
        inside = before.old_end > segment.old
        return (segment.old, segment.new) if inside else (before.old_end, before.new_end)

    def gap_after(self, segment: Segment) -> tuple[int, int]:
        """Give the old and the new offset up to which nothing behind a segment is equal."""
        index = bisect_right(self.fine, segment.old_end, key=_old_end)
        if index == len(self.fine):
            return len(self.old_text), len(self.new_text)
        after = self.fine[index]
        inside = after.old < segment.old_end
        return (segment.old_end, segment.new_end) if inside else (after.old, after.new)

    def old_stretch(self, passage: int) -> Stretch:
        """Give the place of an old passage in this row's old text."""
        return next(stretch for stretch in self.old_stretches if stretch.passage == passage)

    def new_stretch(self, passage: int) -> Stretch:
        """Give the place of a new passage in this row's new text."""
        return next(stretch for stretch in self.new_stretches if stretch.passage == passage)

    def new_stretch_at(self, offset: int) -> Stretch:
        """Give the new passage in which an offset of this row's new text lies."""
        return next(s for s in self.new_stretches if s.start <= offset <= s.end)


def _stretches(indices: Sequence[int], passages: Sequence[PassageText]) -> Iterator[Stretch]:
    start = 0
    for index in indices:
        end = start + len(passages[index].text)
        yield Stretch(index, start, end)
        start = end + 1


def _joined(segments: Iterator[Segment] | Sequence[Segment]) -> Iterator[Segment]:
    """Join neighbours between which neither text has anything else."""
    last: Segment | None = None
    for segment in segments:
        if last and (last.old_end, last.new_end) == (segment.old, segment.new):
            last = Segment(last.old, last.new, last.length + segment.length)
            continue
        if last:
            yield last
        last = segment
    if last:
        yield last


def _is_telling(tokens: Sequence[str]) -> bool:
    """Tell whether equal tokens are more than a small word, a sign or a space."""
    found = [token for token in tokens if words.is_word(token)]
    return len(found) > 1 or any(len(token) >= TELLING_LETTERS for token in found)
