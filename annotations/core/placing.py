"""Where annotations stand on the next version, calculated from the comparison of both texts.

Order of the rules (see ``docs/explanation`` for why): the same passage with its words unchanged;
the passage's word runs; the exact words elsewhere, at a place that did not hold them before;
otherwise the words are gone. Two equally good places are left to a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from annotations.core.absorbed import Absorbed
from annotations.core.mapping import RowMap
from annotations.core.ranges import RangeError, check_range, snap, widened
from annotations.core.searching import MAX_FOUND, Found, Search
from annotations.core.spans import Span, best_of, spans_of, trimmed, unbroken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from versioning.core.passages import PassageText, Row

State = Literal["intact", "moved", "changed", "removed", "manual"]

SEARCHED_FROM = 30
"""Characters from which a quote is looked for beyond the runs of its own passage."""
BESIDE = (32, 16)
"""Characters beside a shorter quote with which it is looked for, more of them first."""
FAINT = 0.6
"""Similarity from which a passage that stands elsewhere with other words is followed."""
SURVIVING = 0.5
"""Share of a quote's characters that must survive."""
ALMOST_SURE = 0.99
"""Highest confidence where the words are not identical."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on the old text; without start and end on the whole passage.

    Units: offsets are code points of the passage's text, end exclusive.
    """

    id: str
    passage: int
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several equally good places on the new text."""

    passage: int
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """What became of a mark.

    Attributes:
        id: The mark's.
        state: ``intact`` (the same words in the passage's successor), ``moved`` (the same
            words in a moved, split or merged passage or elsewhere), ``changed`` (other
            words), ``removed``, or ``manual`` (a person has to choose).
        passage: Index of the new passage, nothing if removed or manual.
        start: Begin of the range, nothing for the whole passage.
        end: Its end, exclusive.
        confidence: 0 to 1; 1.0 exactly where the words are identical.
        candidates: The equally good places of a manual one, in reading order.
    """

    id: str
    state: State
    passage: int | None
    start: int | None
    end: int | None
    confidence: float
    candidates: tuple[Candidate, ...] = ()


def place(
    marks: Sequence[Mark],
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    rows: Sequence[Row],
    *,
    known: bool = False,
) -> list[Place]:
    """Find where marks on an old text stand on a new one.

    Laws: a mark that is intact or moved quotes its old words letter for letter; a changed one
    quotes other words; every range lies within its passage; the same input gives the same
    output.

    Args:
        marks: Whole passages and ranges of the old text.
        old: Passages of the old text in reading order.
        new: Passages of the new text in reading order.
        rows: Comparison of both.
        known: The rows follow a lineage that people could correct; without that, a passage that
            stands elsewhere and is only faintly alike is not taken for the same.

    Returns:
        One place for each mark, in the same order.

    Raises:
        RangeError: A mark does not fit the old text.
    """
    placer = _Placer(old, new, rows, known=known)
    return [placer.place(mark) for mark in marks]


def check_mark(mark: Mark, old: Sequence[PassageText]) -> None:
    """Refuse a mark that does not fit the old text.

    Raises:
        RangeError: There is no such passage, or the range does not fit it.
    """
    if not 0 <= mark.passage < len(old):
        raise RangeError(f"there is no passage {mark.passage}")
    if mark.start is not None or mark.end is not None:
        check_range(old[mark.passage].text, mark.start, mark.end)


class _Placer:
    """Places marks one by one; what several of them need is calculated once."""

    def __init__(
        self,
        old: Sequence[PassageText],
        new: Sequence[PassageText],
        rows: Sequence[Row],
        *,
        known: bool,
    ) -> None:
        self.known = known
        self.old = old
        self.new = new
        self.maps = [RowMap(row, old, new) for row in rows]
        self.by_old = {index: found for found in self.maps for index in found.row.old}
        self.by_new = {index: found for found in self.maps for index in found.row.new}
        self.search = Search(old, new, self.by_new)
        self.absorbed = Absorbed(old, new, self.maps)
        self.added: dict[str, list[int]] = {}
        for row in rows:
            if row.relation == "added":
                self.added.setdefault(new[row.new[0]].text, []).append(row.new[0])

    def place(self, mark: Mark) -> Place:
        check_mark(mark, self.old)
        found = self.by_old[mark.passage]
        return (
            self._followed(mark, found)
            or self._elsewhere(mark)
            or self._absorbed(mark, found)
            or Place(mark.id, "removed", None, None, None, 0.0)
        )

    def _followed(self, mark: Mark, found: RowMap) -> Place | None:
        """Follow a mark to the successor of its passage; a guess may lose against its words."""
        if found.row.relation == "moved_changed" and not self.known:
            whole = self._whole_elsewhere(mark)
            if whole or found.row.similarity < FAINT:
                return whole
        follow = self._by_passage if mark.start is None else self._by_runs
        return follow(mark, found)

    def _whole_elsewhere(self, mark: Mark) -> Place | None:
        """Look for all words of a passage as a part of a new one, if they stand there once."""
        length = len(self.old[mark.passage].text)
        places = self.search.convincing(mark.passage, 0, length) if length >= SEARCHED_FROM else []
        if len(places) != 1:
            return None
        start, end = self._range(mark)
        (found,) = places
        return self._here(mark, "moved", found.passage, found.start + start, found.start + end)

    def _range(self, mark: Mark) -> tuple[int, int]:
        """Give the range of a mark in its passage, the whole text for a whole passage."""
        if mark.start is None or mark.end is None:
            return 0, len(self.old[mark.passage].text)
        return mark.start, mark.end

    # A whole passage

    def _by_passage(self, mark: Mark, found: RowMap) -> Place | None:
        """Follow a whole passage to what the comparison shows as its successor."""
        row = found.row
        if not row.new:
            return None
        if row.relation in ("split", "merged"):
            return self._by_runs(mark, found)
        successor = row.new[0]
        before, after = self.old[mark.passage].text, self.new[successor].text
        if before != after:
            return Place(mark.id, "changed", successor, None, None, _doubted(row.similarity))
        copies = self._copies(found)
        if copies:
            return _manual(mark, [Candidate(index, None, None) for index in copies])
        return Place(mark.id, _same_words(row), successor, None, None, 1.0)

    def _copies(self, found: RowMap) -> list[int]:
        """Give the passages that may equally well be a moved one's successor."""
        alike = found.old_text == found.new_text
        if not alike or found.row.relation not in ("moved", "moved_changed"):
            return []
        copies = self.added.get(found.new_text, [])[: MAX_FOUND - 1]
        return sorted([*found.row.new, *copies]) if copies else []

    # A range, through the runs of its passage

    def _by_runs(self, mark: Mark, found: RowMap) -> Place | None:
        """Map a range of an old passage through the runs of its row."""
        base = found.old_stretch(mark.passage).start
        start, end = (base + offset for offset in self._range(mark))
        words = found.old_text[start:end]
        spans = unbroken(found, start, end) or self._once_in_successor(mark, words, found)
        if spans:
            return self._same(mark, found, spans[0], len(words))
        spans = list(spans_of(found, start, end))
        if not spans or sum(span.surviving for span in spans) < SURVIVING * len(words):
            return None
        best = best_of(spans)
        if len(best) > 1:
            return _manual(mark, [self._candidate(mark, span) for span in best])
        return self._other(mark, words, found, best[0])

    def _same(self, mark: Mark, found: RowMap, span: Span, length: int) -> Place:
        base = span.stretch.start
        start, end = span.start - base, span.start - base + length
        copies = self._copies(found)
        if copies:
            return _manual(mark, [Candidate(index, start, end) for index in copies])
        return self._here(mark, _same_words(found.row), span.stretch.passage, start, end)

    def _other(self, mark: Mark, words: str, found: RowMap, span: Span) -> Place:
        base, passage = span.stretch.start, span.stretch.passage
        text = self.new[passage].text
        start, end = snap(text, *trimmed(text, span.start - base, span.end - base))
        if mark.start is None and found.row.relation == "split":
            start, end = 0, len(text)
        if text[start:end] == words:
            return self._here(mark, _same_words(found.row), passage, start, end)
        shape = self._shape(mark, passage, start, end)
        ratio = _doubted(2 * span.surviving / (len(words) + end - start))
        return Place(mark.id, "changed", passage, shape.start, shape.end, ratio)

    def _once_in_successor(self, mark: Mark, words: str, found: RowMap) -> list[Span]:
        """Find a quote that changed its place within its passage."""
        if len(words) < SEARCHED_FROM or words not in found.new_text:
            return []
        places = [
            candidate
            for candidate in self.search.fresh(mark.passage, *self._range(mark))
            if candidate.passage in found.row.new
        ]
        if len(places) != 1:
            return []
        stretch = found.new_stretch(places[0].passage)
        start = stretch.start + places[0].start
        return [Span(start, start + len(words), len(words), stretch)]

    # Elsewhere

    def _absorbed(self, mark: Mark, found: RowMap) -> Place | None:
        """Follow the words of a removed passage into the new words that hold most of it."""
        row = None if found.row.new else self.absorbed.find(mark.passage)
        return None if row is None else self._by_runs(mark, row)

    def _elsewhere(self, mark: Mark) -> Place | None:
        """Look for the exact words at places that did not hold them before."""
        start, end = self._range(mark)
        places = self._by_surroundings(mark.passage, start, end)
        if not places:
            return None
        if len(places) > 1:
            return _manual(mark, [self._shape(mark, *place) for place in places])
        return self._here(mark, "moved", *places[0])

    def _by_surroundings(self, passage: int, start: int, end: int) -> list[Found]:
        """Look for a range by its words; by those beside it, too, where it has only few."""
        if end - start >= SEARCHED_FROM:
            return self.search.convincing(passage, start, end)
        text = self.old[passage].text
        for beside in BESIDE:
            first, last = widened(text, start, end, beside)
            places = self.search.convincing(passage, first, last)
            if places and last - first >= SEARCHED_FROM:
                lead, length = start - first, end - start
                found = [Found(at, b + lead, b + lead + length) for at, b, _ in places]
                return [place for place in found if not self.search.is_held(place)]
        return []

    def _here(self, mark: Mark, state: State, passage: int, start: int, end: int) -> Place:
        """Give a place that quotes the old words."""
        shape = self._shape(mark, passage, start, end)
        return Place(mark.id, state, shape.passage, shape.start, shape.end, 1.0)

    def _candidate(self, mark: Mark, span: Span) -> Candidate:
        base, passage = span.stretch.start, span.stretch.passage
        start, end = trimmed(self.new[passage].text, span.start - base, span.end - base)
        return self._shape(mark, passage, start, end)

    def _shape(self, mark: Mark, passage: int, start: int, end: int) -> Candidate:
        """Give a range, or the whole passage where a whole passage fills another one."""
        fills = start == 0 and end == len(self.new[passage].text)
        if mark.start is None and fills:
            return Candidate(passage, None, None)
        return Candidate(passage, start, end)


def _same_words(row: Row) -> State:
    return "intact" if row.relation in ("kept", "changed") else "moved"


def _doubted(ratio: float) -> float:
    """Give the confidence in a place with other words."""
    return min(ALMOST_SURE, max(0.0, round(ratio, 2)))


def _manual(mark: Mark, candidates: Sequence[Candidate]) -> Place:
    share = round(1 / len(candidates), 2)
    return Place(mark.id, "manual", None, None, None, share, tuple(candidates))
