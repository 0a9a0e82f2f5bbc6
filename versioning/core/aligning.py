"""Alignment: which passages of two texts belong together.

Known lineage first, then lasting identity and equal text, then a chain of similar passages
between the fixed points, then similar ones out of order, then splits and merges. Hints (uid,
block) are always checked against the content.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from versioning.core import grouping, matching, moving, ordering, scoring
from versioning.core.passages import Row

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from versioning.core.matching import Pair
    from versioning.core.ordering import Link, Placed
    from versioning.core.passages import PassageText
    from versioning.core.scoring import Scored

MIN_CHAINED = 0.4
MIN_MOVED = 0.5
SURE_CHAINED = 0.6
SURE_MOVED = 0.75
MIN_MOVED_SHORT = 0.8


def align(  # noqa: PLR0913  # keyword-only: what is known before anything is guessed
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    *,
    lineage: Sequence[tuple[int, int]] = (),
    apart: Collection[tuple[int, int]] = (),
    complete: bool = False,
    blocks_first: bool = False,
) -> list[Row]:
    """Say which passages belong together, without comparing their words.

    Args:
        old: Passages of the old text in reading order.
        new: Passages of the new text in reading order.
        lineage: Pairs of indices that are known to belong together.
        apart: Pairs of indices that do not belong together, whatever their words say.
        complete: Nothing but ``lineage`` belongs together; nothing is guessed.
        blocks_first: Similar text in the same block goes before equal text elsewhere.

    Returns:
        Rows without runs in the order in which a comparison shows them.
    """
    placed = place(
        old, new, lineage=lineage, apart=apart, complete=complete, blocks_first=blocks_first
    )
    return [
        Row(relation, olds, news, (), changes, similarity=score)
        for relation, olds, news, changes, score in placed
    ]


def place(  # noqa: PLR0913  # keyword-only: what is known before anything is guessed
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    *,
    lineage: Sequence[tuple[int, int]] = (),
    apart: Collection[tuple[int, int]] = (),
    complete: bool = False,
    blocks_first: bool = False,
) -> list[Placed]:
    """Align as ``align`` does and give what becomes the rows."""
    work = Alignment(old, new, apart)
    work.take_lineage(lineage)
    if complete:
        return ordering.ordered(work.links(), old, new)
    work.take_uids()
    if blocks_first:
        work.take_blocks()
    work.take_equal()
    work.take_similar(SURE_CHAINED, SURE_MOVED)
    work.take_splits_and_merges()
    work.take_similar(MIN_CHAINED, MIN_MOVED)
    work.take_splits_and_merges()
    return ordering.ordered(work.links(), old, new, work.may_move)


class Alignment:
    """The state of one alignment: what is paired, what is free.

    Args:
        old: Passages of the old text.
        new: Passages of the new text.
        apart: Pairs of indices that are never put together.
    """

    def __init__(
        self,
        old: Sequence[PassageText],
        new: Sequence[PassageText],
        apart: Collection[Pair] = (),
    ) -> None:
        self.old = old
        self.new = new
        self.scores = scoring.Scores(old, new, apart)
        self.apart = self.scores.apart
        self.pairs: dict[int, int] = {}
        self._known: set[int] = set()
        self._repeated = moving.Repeated(old, new)
        self._open: dict[int, None] = {}
        self.splits: dict[int, tuple[int, ...]] = {}
        self.merges: dict[int, tuple[int, ...]] = {}
        self.free_old = dict.fromkeys(range(len(old)))
        self.free_new = dict.fromkeys(range(len(new)))
        self._texts = self.scores.alike.texts

    def links(self) -> list[Link]:
        """Give all that was found, in no particular order."""
        ours, theirs = self._texts
        found: list[Link] = [
            ((i,), (j,), 1.0 if ours[i] == theirs[j] else self.scores.alike.of(i, j))
            for i, j in self.pairs.items()
        ]
        for i, parts in self.splits.items():
            found.append(((i,), parts, self.scores.joined((i,), parts)))
        for j, parts in self.merges.items():
            found.append((parts, (j,), self.scores.joined(parts, (j,))))
        return found

    def take_lineage(self, lineage: Sequence[Pair]) -> None:
        """Take pairs that are known, with their splits and merges."""
        parts: defaultdict[int, list[int]] = defaultdict(list)
        origins: defaultdict[int, list[int]] = defaultdict(list)
        for i, j in dict.fromkeys(pair for pair in lineage if pair not in self.apart):
            parts[i].append(j)
            origins[j].append(i)
        for j, group in sorted(origins.items()):
            if len(group) > 1 and all(len(parts[i]) == 1 for i in group):
                self._merge(tuple(sorted(group)), j)
                continue
            best = max(group, key=lambda i: (self.scores.alike.of(i, j), -i))
            for i in group:
                if i != best:
                    parts[i].remove(j)
        for i, known in sorted(parts.items()):
            if i in self.free_old and len(known) > 1:
                self._split(i, tuple(sorted(known)))
            elif i in self.free_old and known:
                self._pair(i, known[0], sure=True)
        self._known.update(self.pairs)

    def take_uids(self) -> None:
        """Take equal texts with the same lasting identity.

        Where the text differs, the identity only counts in favour, since foreign files may
        number their passages anew.
        """
        for i, j in self.scores.same_uid.items():
            is_free = i in self.free_old and j in self.free_new
            if is_free and self.old[i].text == self.new[j].text:
                self._pair(i, j)
                self._known.add(i)

    def take_blocks(self) -> None:
        """Take equal and similar passages within the same block, in order."""
        there: defaultdict[str, list[int]] = defaultdict(list)
        for j in self.free_new:
            there[self.new[j].block].append(j)
        here: defaultdict[str, list[int]] = defaultdict(list)
        for i in self.free_old:
            if self.old[i].block in there:
                here[self.old[i].block].append(i)
        for block, olds in here.items():
            if block:
                self._take_equal_in(olds, there[block])
        for block, olds in here.items():
            if block:
                self._take_chain_in(olds, there[block])

    def take_equal(self) -> None:
        """Take equal texts: first in order, then anywhere if nothing else is equal."""
        self._take_equal_in(sorted(self.free_old), sorted(self.free_new))
        olds, news = sorted(self.free_old), sorted(self.free_new)
        ours, theirs = self._texts
        free = matching.unique_pairs([ours[i] for i in olds], [theirs[j] for j in news])
        for a, b in free:
            i, j = olds[a], news[b]
            if len(self.scores.alike.coded(0, i)) >= moving.MIN_WORDS or ours[i] in self._once:
                self._pair(i, j)

    @cached_property
    def _once(self) -> set[str]:
        """Give the texts that stand once on both sides."""
        ours = self._texts[0]
        return {ours[i] for i, _ in self._unique}

    @cached_property
    def _unique(self) -> list[Pair]:
        """Give the places of these texts."""
        return matching.unique_pairs(*self._texts)

    def take_similar(self, chained: float, moved: float) -> None:
        """Take similar passages: in order between the fixed points, then out of order.

        Args:
            chained: Least similarity in order.
            moved: Least similarity out of order.
        """
        gaps = self._gaps()
        self._score_near(gaps)
        inside = [
            (i, j, score)
            for i, j, score in self._scored()
            if score >= chained and gaps[0][i] == gaps[1][j]
        ]
        weighted = [(i, j, self.scores.weight(i, j, score)) for i, j, score in inside]
        for at in matching.heaviest_chain(weighted):
            self._pair(*inside[at][:2])
        self._score_far()
        rest = [(-score, abs(i - j), i, j) for i, j, score in self._scored() if score >= moved]
        refused: list[Pair] = []
        for score, _, i, j in sorted(rest):
            if i in self.free_old and j in self.free_new:
                if self._may_pair(i, j, -score):
                    self._pair(i, j)
                elif -score >= MIN_MOVED_SHORT:
                    refused.append((i, j))
        for i, j in refused:  # by now what stands beside it may have moved
            if i in self.free_old and j in self.free_new and self.may_move(i, j):
                self._pair(i, j)

    def take_splits_and_merges(self) -> None:
        """Find old passages that became several, and several that became one."""
        for group in self._groups(0, self._open_pairs()):
            self._split(group.whole, group.parts)
        for group in self._groups(1, {j: i for i, j in self._open_pairs().items()}):
            self._merge(group.parts, group.whole)

    def _groups(self, side: int, partners: Mapping[int, int]) -> list[grouping.Group]:
        """Find passages of a side that several free ones of the other side make up."""
        free = self._free()
        wholes = self.scores.coded(side, [*free[side], *partners])
        parts = self.scores.coded(1 - side, free[1 - side])
        others = self.scores.coded(1 - side, partners.values())
        if self._searched() == side:
            found = grouping.members_of_parts(wholes, parts, self.scores.candidates)
        else:
            likely = [*free[side], *grouping.longer(wholes, partners, others)]
            found = grouping.parts_of_wholes(wholes, parts, likely, self.scores.candidates)
        return grouping.find_groups(wholes, parts, partners, others, found)

    def _searched(self) -> int:
        """Give the side that is searched for what passages of the other, smaller one became."""
        free = self._free()
        side = int(len(free[0]) <= len(free[1]))
        open_pairs = self._open_pairs()
        return self.scores.index(
            side, [*free[side], *(open_pairs.values() if side else open_pairs)]
        )

    def _free(self) -> tuple[dict[int, None], dict[int, None]]:
        return self.free_old, self.free_new

    def _take_equal_in(self, olds: list[int], news: list[int]) -> None:
        ours, theirs = self._texts
        if (len(olds), len(news)) == (len(ours), len(theirs)):
            self._pair_all(matching.equal_pairs(ours, theirs, self._unique))
            return
        pairs = matching.equal_pairs([ours[i] for i in olds], [theirs[j] for j in news])
        self._pair_all([(olds[a], news[b]) for a, b in pairs])

    def _pair_all(self, pairs: Sequence[Pair]) -> None:
        """Pair many equal passages at once."""
        taken = {i: j for i, j in pairs if (i, j) not in self.apart} if self.apart else dict(pairs)
        self.pairs.update(taken)
        self.free_old = dict.fromkeys([i for i in self.free_old if i not in taken])
        gone = set(taken.values())
        self.free_new = dict.fromkeys([j for j in self.free_new if j not in gone])

    def _take_chain_in(self, olds: list[int], news: list[int]) -> None:
        ours = [i for i in olds if i in self.free_old]
        theirs = [j for j in news if j in self.free_new]
        if not ours or not theirs or len(ours) * len(theirs) > scoring.SMALL_GAP:
            return
        scored = [
            (i, j, score)
            for j in theirs
            for i, score in self.scores.of(ours, j).items()
            if score >= MIN_CHAINED and i in self.free_old
        ]
        weighted = [(i, j, self.scores.weight(i, j, score)) for i, j, score in scored]
        for at in matching.heaviest_chain(weighted):
            self._pair(*scored[at][:2])

    def _gaps(self) -> tuple[dict[int, int], dict[int, int]]:
        """Number the gaps between fixed points for the free passages of both sides."""
        fixed = matching.increasing(sorted(self.pairs.items()))
        olds = dict(matching.gaps(sorted(self.free_old), [i for i, _ in fixed]))
        news = dict(matching.gaps(sorted(self.free_new), [j for _, j in fixed]))
        return olds, news

    def _score_near(self, gaps: tuple[dict[int, int], dict[int, int]]) -> None:
        """Score free passages that stand at about the same place, or carry the same identity."""
        olds_of, news_of = (_by_gap(side) for side in gaps)
        for gap, olds in olds_of.items():
            news = news_of.get(gap, [])
            for rank, j in enumerate(news):
                self.scores.of(self.scores.in_gap(olds, rank, len(news)), j)
        for i, j in self.scores.same_uid.items():
            if i in self.free_old and j in self.free_new:
                self.scores.of((i,), j)

    def _score_far(self) -> None:
        """Score free passages that share rare words, wherever they stand."""
        side, free = self._searched(), self._free()
        for index in free[1 - side]:
            found = self.scores.candidates(index, free[side])[: matching.MAX_CANDIDATES]
            if side:
                self.scores.of_old(index, found)
            else:
                self.scores.of(found, index)

    def _scored(self) -> list[Scored]:
        """Give the free pairs that were scored so far and are at all alike."""
        return [
            (i, j, score)
            for j, known in self.scores.known.items()
            if j in self.free_new
            for i, score in known.items()
            if score and i in self.free_old
        ]

    def may_move(self, i: int, j: int) -> bool:
        """Tell whether a pair says something where it is out of order.

        A short text that stands in several places moves only with a passage beside it.
        """
        if i in self._known or not self._is_short(i, j) or not self._repeated.has(i, j):
            return True
        beside = ((i + step, j + step) for step in (-1, 1))
        return any(self.pairs.get(a) == b and not self._is_short(a, b) for a, b in beside)

    def _may_pair(self, i: int, j: int, score: float) -> bool:
        if score < MIN_MOVED_SHORT and self._is_short(i, j):
            return False
        return self.may_move(i, j)

    def _is_short(self, i: int, j: int) -> bool:
        return self.scores.shorter(i, j) < moving.MIN_WORDS

    def _open_pairs(self) -> dict[int, int]:
        """Give the pairs that could still turn out to be part of a split or merge."""
        return {i: self.pairs[i] for i in self._open}

    def _pair(self, i: int, j: int, *, sure: bool = False) -> None:
        if (i, j) in self.apart:
            return
        self.pairs[i] = j
        self.free_old.pop(i)
        self.free_new.pop(j)
        if not sure and self._texts[0][i] != self._texts[1][j]:
            self._open[i] = None

    def _unpair(self, i: int) -> None:
        if i in self.pairs:
            self.free_new[self.pairs.pop(i)] = None
            self._open.pop(i, None)
            self.free_old[i] = None

    def _split(self, i: int, parts: tuple[int, ...]) -> None:
        """Note a split, unless something of it was taken meanwhile."""
        partner = self.pairs.get(i, -1)
        parts = tuple(j for j in parts if (i, j) not in self.apart)
        if len(parts) < 2 or (i not in self.free_old and partner not in parts):
            return
        if any(j not in self.free_new and j != partner for j in parts):
            return
        self._unpair(i)
        self.splits[i] = parts
        self.free_old.pop(i)
        for j in parts:
            self.free_new.pop(j)

    def _merge(self, parts: tuple[int, ...], j: int) -> None:
        """Note a merge, unless something of it was taken meanwhile."""
        parts = tuple(i for i in parts if (i, j) not in self.apart)
        partner = next((i for i in parts if self.pairs.get(i) == j), -1)
        if len(parts) < 2 or (j not in self.free_new and partner < 0):
            return
        if any(i not in self.free_old and i != partner for i in parts):
            return
        self._unpair(partner)
        self.merges[j] = parts
        self.free_new.pop(j)
        for i in parts:
            self.free_old.pop(i)


def _by_gap(gaps: Mapping[int, int]) -> dict[int, list[int]]:
    """Group free passages by the gap in which they stand."""
    found: dict[int, list[int]] = {}
    for index, gap in gaps.items():
        found.setdefault(gap, []).append(index)
    return found


def similarity(old: str, new: str) -> float:
    """Say from 0 to 1 how alike two texts are, words before characters."""
    return matching.Similarity([old], [new]).of(0, 0)
