"""Doubts: where a guess about lineage may be wrong, and who else comes into question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from versioning.core import matching

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from versioning.core.passages import PassageText, Row

    Cause = Literal["unlike", "tie", "together"]

MIN_WORDS = 8
"""Words from which on a passage is worth a question; shorter ones look alike by chance."""
UNLIKE = 0.42
UNLIKE_MOVED = 0.54
SURE = 0.75
NEAR = 0.04
TOGETHER = 0.4
MAX_CANDIDATES = 4
MAX_SHARED = 2
MIN_SHARED = 0.5
MIN_CANDIDATE = 0.2


class Candidate(NamedTuple):
    """An old passage that a new one may continue.

    Attributes:
        old: Its index.
        similarity: 0 to 1.
    """

    old: int
    similarity: float


class Doubt(NamedTuple):
    """A new passage whose origin is doubtful.

    Attributes:
        new: Its index.
        guess: Index of the old passage that it is taken to continue, None for a new passage.
        cause: The pair is hardly alike, two candidates are about equally good, or a removed and
            a new passage might belong together.
        candidates: Old passages that come into question, the guess among them, best first.
    """

    new: int
    guess: int | None
    cause: Cause
    candidates: tuple[Candidate, ...]


def doubtful(
    rows: Sequence[Row],
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    *,
    settled: Collection[int] = (),
) -> list[Doubt]:
    """Find the guesses that a person should look at.

    Args:
        rows: Result of ``lineage.trace``.
        old: Passages of the version before.
        new: Passages of the draft.
        settled: Indices of new passages about which somebody has decided.

    Returns:
        Doubts in reading order of the new text; none about short, split or merged passages.
    """
    finder = Finder(rows, old, new)
    found = (doubt for row in rows for doubt in _of_row(row, finder))
    return sorted(doubt for doubt in found if doubt.new not in settled)


class Finder:
    """Finds who else comes into question: removed passages, new ones, and pairs that differ.

    Args:
        rows: Result of ``lineage.trace``.
        old: Passages of the version before.
        new: Passages of the draft.
    """

    def __init__(
        self, rows: Sequence[Row], old: Sequence[PassageText], new: Sequence[PassageText]
    ) -> None:
        self.alike = matching.Similarity([p.text for p in old], [p.text for p in new])
        self.removed = {row.old[0] for row in rows if row.relation == "removed"}
        self.added = {row.new[0] for row in rows if row.relation == "added"}
        self.paired = {
            row.old[0]: row.new[0]
            for row in rows
            if row.relation in ("changed", "moved_changed") and row.similarity < 1
        }
        self._by_side: dict[int, matching.Candidates] = {}
        self._partners = {new: old for old, new in self.paired.items()}
        self._gone = matching.Candidates({i: self.alike.coded(0, i) for i in sorted(self.removed)})
        self._fresh = matching.Candidates({j: self.alike.coded(1, j) for j in sorted(self.added)})

    def origins(self, new: int, near: int) -> list[Candidate]:
        """Return the removed passages that a new one may continue, best first."""
        found = self._gone.of(self.alike.coded(1, new), near)
        return _ranked(Candidate(i, self.alike.of(i, new)) for i in found)

    def successors(self, old: int, near: int) -> list[tuple[int, float]]:
        """Return the added passages that may continue an old one, best first."""
        found = self._fresh.of(self.alike.coded(0, old), near)
        scored = [(j, self.alike.of(old, j)) for j in found]
        scored.sort(key=lambda item: (-item[1], item[0]))
        return [item for item in scored if item[1] >= MIN_CANDIDATE][:MAX_CANDIDATES]

    def shared_origins(self, new: int) -> list[tuple[Candidate, int]]:
        """Return paired old passages that an added one may continue too, with their partners."""
        found = self._paired_candidates(0, self.paired).of(self.alike.coded(1, new), new)
        shared = [Candidate(i, self._share(i, new)) for i in found]
        ranked = _ranked(item for item in shared if item.similarity >= MIN_SHARED)
        return [(item, self.paired[item.old]) for item in ranked][:MAX_SHARED]

    def shared_successors(self, old: int) -> list[tuple[int, int]]:
        """Return paired new passages that may hold a removed one too, with their partners."""
        found = self._paired_candidates(1, self._partners).of(self.alike.coded(0, old), old)
        scored = sorted((-self._share(old, j), j) for j in found)
        near = [(j, self._partners[j]) for score, j in scored if -score >= MIN_SHARED]
        return near[:MAX_SHARED]

    def _paired_candidates(self, side: int, indices: Iterable[int]) -> matching.Candidates:
        if side not in self._by_side:
            self._by_side[side] = matching.Candidates(
                {index: self.alike.coded(side, index) for index in sorted(indices)}
            )
        return self._by_side[side]

    def _share(self, old: int, new: int) -> float:
        """Say which share of the shorter passage stands in the other one."""
        ours, theirs = self.alike.coded(0, old), self.alike.coded(1, new)
        shorter, longer = sorted((ours, theirs), key=len)
        return matching.contained(shorter, longer)

    def is_long(self, side: int, index: int) -> bool:
        """Tell whether a passage is long enough for a question."""
        return len(self.alike.coded(side, index)) >= MIN_WORDS


def _of_row(row: Row, finder: Finder) -> Iterator[Doubt]:
    if len(row.new) != 1 or len(row.old) > 1 or not finder.is_long(1, row.new[0]):
        return
    if not row.old:
        yield from _of_added(row.new[0], finder)
    elif row.relation in ("changed", "moved_changed") and finder.is_long(0, row.old[0]):
        yield from _of_pair(row, finder)


def _of_added(new: int, finder: Finder) -> Iterator[Doubt]:
    """Yield a doubt where a removed passage is the best for a new one, and the other way round."""
    origins = [item for item in finder.origins(new, new) if finder.is_long(0, item.old)]
    if not origins or origins[0].similarity < TOGETHER:
        return
    back = finder.successors(origins[0].old, new)
    if back and back[0][0] == new:
        yield Doubt(new, None, "together", tuple(origins))


def _of_pair(row: Row, finder: Finder) -> Iterator[Doubt]:
    (old,), (new,) = row.old, row.new
    guess = Candidate(old, finder.alike.of(old, new))
    others = finder.origins(new, old)
    rivals = [other.similarity for other in others]
    rivals += [score for _new, score in finder.successors(old, new)]
    least = UNLIKE_MOVED if row.relation == "moved_changed" else UNLIKE
    candidates = tuple(_ranked([guess, *others]))
    if guess.similarity < SURE and any(guess.similarity - NEAR <= rival for rival in rivals):
        yield Doubt(new, old, "tie", candidates)
    elif guess.similarity < least:
        yield Doubt(new, old, "unlike", candidates)


def _ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the best candidates, none twice."""
    best = sorted(set(candidates), key=lambda item: (-item.similarity, item.old))
    return [item for item in best if item.similarity >= MIN_CANDIDATE][:MAX_CANDIDATES]
