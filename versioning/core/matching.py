"""Tools of the alignment: common sequences, heaviest chains, similarity and candidates.

All bounds are counted in steps, never in time; nothing depends on the order of a set or on the
hash of a string.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from itertools import accumulate, chain
from math import ceil, isqrt
from operator import eq
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import Indel, LCSseq

from versioning.core import words

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence

Pair = tuple[int, int]

MAX_EQUAL_STEPS = 50_000_000
RARE_WORDS = 10
MAX_POSTINGS = 48
MAX_CANDIDATES = 6
LONG_TEXT = 4_000
MAX_LENGTH = 30_000
"""Characters of a passage that count for its likeness."""


class Similarity:
    """Similarity of the passages of two texts, words before characters.

    Args:
        old: Texts of the old passages.
        new: Texts of the new passages.
    """

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self.texts = (old, new)
        codes = words.WordCodes()
        self._coded = (_Coded(old, codes), _Coded(new, codes))
        self._scores: dict[Pair, float] = {}

    def coded(self, side: int, index: int) -> str:
        """Give the words of a passage (side 0 old, 1 new), one character for each."""
        return self._coded[side][index]

    def all_coded(self, side: int, indices: Collection[int]) -> dict[int, str]:
        """Give the words of many passages of a side by their index."""
        known = self._coded[side]
        return {index: known[index] for index in indices}

    def joined(self, side: int, indices: Iterable[int]) -> str:
        """Give the words of several passages as one sequence."""
        return "".join([self.coded(side, index) for index in indices])

    def of(self, old: int, new: int) -> float:
        """Say from 0 to 1 how alike two passages are."""
        score = self._scores.get((old, new))
        if score is None:
            score = self._scores[old, new] = self._score(old, new)
        return score

    def _score(self, old: int, new: int) -> float:
        before, after = self.texts[0][old], self.texts[1][new]
        if before == after:
            return 1.0
        ours, theirs = self.coded(0, old), self.coded(1, new)
        score = alike(ours, theirs) if ours and theirs else 0.0
        if score > 0.6 or min(len(ours), len(theirs)) > 40:
            return score
        return max(score, _by_characters(before, after, score))


class _Coded(dict[int, str]):
    """The words of passages by index, coded when first asked for."""

    def __init__(self, texts: Sequence[str], codes: words.WordCodes) -> None:
        self._texts = texts
        self._codes = codes

    def __missing__(self, index: int) -> str:
        coded = self[index] = self._codes.encode(self._texts[index][:MAX_LENGTH].lower())
        return coded


def _by_characters(old: str, new: str, least: float) -> float:
    """Compare by characters; half of them are alike in any two texts of one language."""
    cutoff = max(0.6, (1 + least) / 2)
    alike = Indel.normalized_similarity(old[:LONG_TEXT], new[:LONG_TEXT], score_cutoff=cutoff)
    return max(0.0, 2 * alike - 1)


def alike(old: str, new: str) -> float:
    """Say from 0 to 1 how many words two coded texts share in the same order."""
    return Indel.normalized_similarity(old, new)


def contained(part: str, whole: str) -> float:
    """Say which share of the words of a part stands in the whole, in the same order."""
    return LCSseq.similarity(part, whole) / len(part) if part else 0.0


def containing(part: str, wholes: Mapping[int, str], least: float) -> list[int]:
    """Give the keys of the texts that hold at least a share of the words of a part."""
    if not part or not wholes:
        return []
    cutoff = ceil(least * len(part))
    found = process.extract(part, wholes, scorer=LCSseq.similarity, score_cutoff=cutoff, limit=None)
    return [key for _, _, key in found]


def contained_in(whole: str, parts: Mapping[int, str], least: float) -> list[int]:
    """Give the keys of the parts that have at least a share of their words from a text."""
    if not whole or not parts:
        return []
    found = process.extract(whole, parts, scorer=LCSseq.similarity, limit=None)
    return [key for part, common, key in found if common >= least * len(part)]


def equal_pairs(
    old: Sequence[Hashable], new: Sequence[Hashable], unique: Sequence[Pair] | None = None
) -> list[Pair]:
    """Pair what is equal, in order.

    What stands once on each side is a fixed point; between them the longest common sequence is
    found.

    Args:
        old: Old texts, or numbers that stand for them.
        new: New texts or numbers.
        unique: What ``unique_pairs`` gives for them, where that is known.

    Returns:
        Pairs of indices, increasing on both sides.
    """
    pairs: list[Pair] = []
    old_at = new_at = 0
    fixed = increasing(unique_pairs(old, new) if unique is None else unique)
    for pair in [*fixed, (len(old), len(new))]:
        old_end, new_end = pair
        if old_end > old_at and new_end > new_at:
            gap = _gap_pairs(old[old_at:old_end], new[new_at:new_end])
            pairs += [(old_at + i, new_at + j) for i, j in gap]
        pairs.append(pair)
        old_at, new_at = old_end + 1, new_end + 1
    return pairs[:-1]


def unique_pairs(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Pair]:
    """Pair what stands exactly once on each side, ordered by the old side."""
    old_counts, new_counts = Counter(old), Counter(new)
    places = {key: j for j, key in enumerate(new) if new_counts[key] == 1}
    return [(i, places[key]) for i, key in enumerate(old) if old_counts[key] == 1 and key in places]


def _gap_pairs(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Pair]:
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    pairs = [(index, index) for index in range(start)]
    pairs += _common_pairs(old[start : len(old) - end], new[start : len(new) - end], start)
    pairs += [(len(old) - index, len(new) - index) for index in range(end, 0, -1)]
    return pairs


def _common_pairs(old: Sequence[Hashable], new: Sequence[Hashable], start: int) -> list[Pair]:
    if not old or not new:
        return []
    if len(old) * len(new) > MAX_EQUAL_STEPS:
        pairs = increasing(unique_pairs(_occurrences(old), _occurrences(new)))
        return [(start + i, start + j) for i, j in pairs]
    numbers: dict[Hashable, int] = {}
    ours = [numbers.setdefault(key, len(numbers)) for key in old]
    theirs = [numbers.setdefault(key, len(numbers)) for key in new]
    return [
        (start + block.a + step, start + block.b + step)
        for block in LCSseq.editops(ours, theirs).as_matching_blocks()
        for step in range(block.size)
    ]


def _occurrences(keys: Sequence[Hashable]) -> list[tuple[Hashable, int]]:
    """Tell the first, second and later places of the same key apart."""
    seen: Counter[Hashable] = Counter()
    found: list[tuple[Hashable, int]] = []
    for key in keys:
        seen[key] += 1
        found.append((key, seen[key]))
    return found


def increasing(pairs: Sequence[Pair]) -> list[Pair]:
    """Give the longest chain of pairs that increases on both sides.

    Args:
        pairs: Pairs in order of their first index, none of it twice.
    """
    ends, last = [-1], [-1]
    before: list[int] = []
    for at, (_, new) in enumerate(pairs):
        if new > ends[-1]:
            before.append(last[-1])
            ends.append(new)
            last.append(at)
        else:
            place = bisect_left(ends, new)
            before.append(last[place - 1])
            ends[place] = new
            last[place] = at
    chain: list[Pair] = []
    at = last[-1]
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def crossing(places: Sequence[int]) -> list[tuple[int, int]]:
    """Give the stretches out of order: outside, all before is smaller and all behind larger.

    Args:
        places: Numbers, none of them twice.

    Returns:
        Start and end of each stretch, in order.
    """
    highest = accumulate(places, max)
    lowest = [*accumulate(reversed(places), min)][::-1]
    return [found.span() for found in re.finditer(b"\0+", bytes(map(eq, highest, lowest)))]


def heaviest_order(weighted: Sequence[tuple[int, int, int]]) -> list[int]:
    """Find the heaviest chain of pairs no index of which stands in two.

    Neighbours on both sides go together, which leaves little to search.

    Args:
        weighted: Old index, new index and positive weight of each pair, in any order.

    Returns:
        Places in ``weighted`` of the pairs of the chain, in order of the chain.
    """
    by_old = sorted([(item[0], item[1], at) for at, item in enumerate(weighted)])
    rank = {new: place for place, new in enumerate(sorted([item[1] for item in weighted]))}
    runs: list[list[int]] = []
    starts: list[int] = []
    expected = -1
    for _, new, at in by_old:
        place = rank[new]
        if place == expected:
            runs[-1].append(at)
        else:
            runs.append([at])
            starts.append(place)
        expected = place + 1
    whole = [
        (place, start, sum([weighted[at][2] for at in run]))
        for place, (start, run) in enumerate(zip(starts, runs, strict=True))
    ]
    return [at for place in heaviest_chain(whole) for at in runs[place]]


def heaviest_chain(weighted: Sequence[tuple[int, int, int]]) -> list[int]:
    """Find the heaviest chain of weighted pairs that increases on both sides.

    Args:
        weighted: Old index, new index and positive weight of each pair, in any order.

    Returns:
        Places in ``weighted`` of the pairs of the chain, in order of the chain.
    """
    places = {new: rank + 1 for rank, new in enumerate(sorted({item[1] for item in weighted}))}
    tree: list[tuple[int, int]] = [(0, -1)] * (len(places) + 1)
    before = [-1] * len(weighted)
    order = sorted(range(len(weighted)), key=lambda at: (weighted[at][0], -weighted[at][1], at))
    for at in order:
        _, new, weight = weighted[at]
        best = (0, -1)
        place = places[new] - 1
        while place:
            if tree[place][0] > best[0]:
                best = tree[place]
            place &= place - 1
        before[at] = best[1]
        total, place = best[0] + weight, places[new]
        while place < len(tree):
            if total > tree[place][0]:
                tree[place] = (total, at)
            place += place & -place
    return _walk_back(tree, before)


def _walk_back(tree: list[tuple[int, int]], before: list[int]) -> list[int]:
    best = (0, -1)
    place = len(tree) - 1
    while place > 0:
        if tree[place][0] > best[0]:
            best = tree[place]
        place &= place - 1
    chain: list[int] = []
    at = best[1]
    while at >= 0:
        chain.append(at)
        at = before[at]
    return chain[::-1]


def chain_weight(alike: float, length: int) -> int:
    """Weigh a pair for the chain: alike texts count more, longer ones a little more."""
    return max(1, int(alike * alike * 1000)) * isqrt(4 * min(length, 25) + 4)


class Candidates:
    """Finds passages that may belong together by the rare words that they share.

    Args:
        known: Words of each passage to be found, by its index.
    """

    def __init__(self, known: Mapping[int, str]) -> None:
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for index, coded in known.items():
            for word in set(coded):
                postings[word].append(index)
        self._rare = {word: at for word, at in postings.items() if len(at) <= MAX_POSTINGS}

    def of(self, coded: str, near: int) -> list[int]:
        """Give the best candidates for a passage.

        Args:
            coded: Its words.
            near: Index that decides among equally good ones.

        Returns:
            At most ``MAX_CANDIDATES`` indices, best first.
        """
        return self.ranked(coded, near)[:MAX_CANDIDATES]

    def ranked(self, coded: str, near: int) -> list[int]:
        """Give all candidates for a passage, best first."""
        lists = list(filter(None, map(self._rare.get, dict.fromkeys(coded))))
        if len(lists) > RARE_WORDS:
            lists = sorted(lists, key=len)[:RARE_WORDS]
        votes = Counter(chain.from_iterable(lists))
        least = max(votes.values(), default=0) // 3
        ranked = sorted(
            [(-vote, abs(index - near), index) for index, vote in votes.items() if vote > least]
        )
        return [item[2] for item in ranked]


def gaps(free: Sequence[int], fixed: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Tell for each free index how many fixed ones stand before it.

    Args:
        free: Indices in order.
        fixed: Indices in order.

    Yields:
        Pairs of free index and number.
    """
    at = 0
    for index in free:
        while at < len(fixed) and fixed[at] < index:
            at += 1
        yield index, at
