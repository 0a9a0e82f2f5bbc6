"""Scores of passages that may belong together: words first, then what hints say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import Indel

from versioning.core import matching

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from versioning.core.matching import Pair
    from versioning.core.passages import PassageText

OTHER_KIND = 0.8
SAME_UID = 0.2
SAME_BLOCK = 0.1
MIN_HINTED = 0.2
SURE = 0.6
"""Similarity of words from which on letters need not be looked at."""
SHORT = 15
"""Words up to which letters are looked at."""
SMALL_GAP = 400
NEAR = 5
MAX_RANKED = 24

Scored = tuple[int, int, float]


class Scores:
    """Scores of the passages of two texts.

    Args:
        old: Passages of the old text.
        new: Passages of the new text.
        apart: Pairs of indices that are never put together.

    Attributes:
        known: All scores so far: for each new passage those of old ones, 0 for one hardly alike.
    """

    def __init__(
        self, old: Sequence[PassageText], new: Sequence[PassageText], apart: Collection[Pair] = ()
    ) -> None:
        self.old = old
        self.new = new
        self.apart = frozenset(apart)
        self.alike = matching.Similarity([p.text for p in old], [p.text for p in new])
        places: dict[str, int] = {}
        for j, passage in enumerate(new):
            if passage.uid:  # of an identity that stands there twice the first one counts
                places.setdefault(passage.uid, j)
        named = enumerate(old) if places else ()
        self.same_uid = {i: places[p.uid] for i, p in named if p.uid in places}
        self.known: dict[int, dict[int, float]] = {}
        self._finder: matching.Candidates | None = None
        self._searched = 0
        self._ranked: dict[int, list[int]] = {}

    def coded(self, side: int, indices: Collection[int]) -> dict[int, str]:
        """Give the words of passages of a side, one character for each word."""
        return self.alike.all_coded(side, indices)

    def of(self, olds: Iterable[int], new: int) -> Mapping[int, float]:
        """Score old passages against a new one.

        Args:
            olds: Indices of old passages; one that was scored before is not scored again.
            new: Index of the new passage.

        Returns:
            The score of each old passage that was ever asked for; 0 for one hardly alike.
        """
        known = self.known.setdefault(new, {})
        fresh = self.coded(0, [i for i in olds if i not in known])
        if fresh:
            found = self._likeness(1, new, fresh)
            for i in fresh:
                score = self._hinted(i, new, found[i]) if i in found else 0.0
                known[i] = 0.0 if self.apart and (i, new) in self.apart else score
        return known

    def of_old(self, old: int, news: Iterable[int]) -> None:
        """Score an old passage against new ones, as ``of`` does from the other side."""
        fresh = self.coded(1, [j for j in news if old not in self.known.get(j, ())])
        if fresh:
            found = self._likeness(0, old, fresh)
            for j in fresh:
                score = self._hinted(old, j, found[j]) if j in found else 0.0
                self.known.setdefault(j, {})[old] = 0.0 if (old, j) in self.apart else score

    def _likeness(self, side: int, index: int, others: Mapping[int, str]) -> dict[int, float]:
        """Say how alike a passage is to some of the other side; those hardly alike are left out."""
        ours = self.alike.coded(side, index)
        found = _extract(ours, others)
        if len(ours) <= SHORT and max(found.values(), default=0.0) <= SURE:
            texts = (self.old, self.new)
            short = {
                other: texts[1 - side][other].text[: matching.LONG_TEXT]
                for other, coded in others.items()
                if len(coded) <= 2 * SHORT
            }
            # Half of the letters are alike in any two texts of one language.
            text = texts[side][index].text[: matching.LONG_TEXT]
            for other, score in _extract(text, short, (1 + MIN_HINTED) / 2).items():
                found[other] = max(2 * score - 1, found.get(other, 0.0))
        return found

    def in_gap(self, olds: Sequence[int], rank: int, count: int) -> Sequence[int]:
        """Give the old passages of a gap that stand about where a new one stands.

        Args:
            olds: Free old passages of the gap.
            rank: Place of the new passage among the free new ones of the gap.
            count: How many these are.
        """
        if len(olds) * count <= SMALL_GAP:
            return olds
        middle = rank * len(olds) // count
        return olds[max(0, middle - NEAR) : middle + NEAR + 1]

    def index(self, side: int, indices: Collection[int]) -> int:
        """Prepare the search among passages of a side, and tell which side was prepared.

        Only the first call counts, so that one index serves the whole alignment.
        """
        if self._finder is None:
            self._searched = side
            self._finder = matching.Candidates(self.coded(side, indices))
        return self._searched

    def candidates(self, index: int, among: Mapping[int, object]) -> list[int]:
        """Give the passages of the searched side that share rare words with one of the other.

        Args:
            index: Index of the passage on the other side.
            among: Those of the index that come into question.
        """
        if index not in self._ranked and self._finder is not None:
            coded = self.alike.coded(1 - self._searched, index)
            self._ranked[index] = self._finder.ranked(coded, index)[:MAX_RANKED]
        return [other for other in self._ranked.get(index, ()) if other in among]

    def weight(self, i: int, j: int, score: float) -> int:
        """Weigh a pair for a chain."""
        length = max(len(self.alike.coded(0, i)), len(self.alike.coded(1, j)))
        return matching.chain_weight(score, length)

    def shorter(self, i: int, j: int) -> int:
        """Count the words of the shorter passage of a pair."""
        return min(len(self.alike.coded(0, i)), len(self.alike.coded(1, j)))

    def joined(self, olds: tuple[int, ...], news: tuple[int, ...]) -> float:
        """Say from 0 to 1 how alike passages are to others that they became."""
        return matching.alike(self.alike.joined(0, olds), self.alike.joined(1, news))

    def _hinted(self, i: int, j: int, score: float) -> float:
        """Give the similarity of two passages with what hints say for or against them."""
        ours, theirs = self.old[i], self.new[j]
        if ours.kind != theirs.kind and "heading" in (ours.kind, theirs.kind):
            score *= OTHER_KIND
        if score < MIN_HINTED:
            return score
        if self.same_uid.get(i) == j:
            return min(1.0, score + SAME_UID)
        same_block = ours.block and ours.block == theirs.block
        return min(1.0, score + SAME_BLOCK) if same_block else score


def _extract(text: str, known: Mapping[int, str], least: float = MIN_HINTED) -> dict[int, float]:
    """Score a text against many; those below the least are left out."""
    if not text or not known:
        return {}
    if len(known) == 1:  # often: a passage alone between two that are equal
        [(index, other)] = known.items()
        score = Indel.normalized_similarity(text, other, score_cutoff=least)
        return {index: score} if score >= least else {}
    found = process.extract(
        text, known, scorer=Indel.normalized_similarity, score_cutoff=least, limit=None
    )
    return {index: score for _, score, index in found}
