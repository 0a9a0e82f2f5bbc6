"""Passages that a comparison shows as removed, although other new words hold most of theirs.

A comparison for readers shows a short paragraph that was edited *and* joined to a long one as
removed there and inserted here. Its words still have their place: inside of one stretch of new
words that holds most of them in their order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from annotations.core.mapping import RowMap
from versioning.core import words
from versioning.core.passages import Row, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from versioning.core.passages import PassageText

LEAST_WORDS = 3
"""Words that a removed passage needs, so that its words can be recognised elsewhere."""
MOST_STRETCHES = 5
"""Neighbouring words that more new stretches hold say nothing."""
SURVIVING = 0.75
"""Share of the passage's characters that a stretch must hold."""
STRETCHING = 2
"""How many times longer than the passage the words around its survivors may be."""
BETTER = 0.8
"""The second best stretch holds at most this share of what the best one holds."""


class _Stretch(NamedTuple):
    """New words without a counterpart, in one new passage."""

    passage: int
    start: int
    end: int


class Absorbed:
    """Finds the stretch of new words that took a removed passage in."""

    def __init__(
        self,
        old: Sequence[PassageText],
        new: Sequence[PassageText],
        maps: Iterable[RowMap],
    ) -> None:
        self.old = old
        self.new = new
        self.stretches = [stretch for found in maps for stretch in _fresh(found)]
        self.known: dict[int, RowMap | None] = {}
        self.pairs: Mapping[tuple[str, str], list[int]] | None = None

    def find(self, passage: int) -> RowMap | None:
        """Give a removed passage's row as it stands inside of new words, if one stretch has it."""
        if passage not in self.known:
            self.known[passage] = self._find(passage)
        return self.known[passage]

    def _find(self, passage: int) -> RowMap | None:
        found = words.words(self.old[passage].text)
        if len(found) < LEAST_WORDS:
            return None
        ranked = sorted(
            ((self._held(row), at, row) for at, row in self._candidates(passage, found)),
            key=lambda item: (-item[0], item[1]),
        )
        if not ranked or ranked[0][0] < SURVIVING * len(self.old[passage].text):
            return None
        is_alone = len(ranked) == 1 or ranked[1][0] <= BETTER * ranked[0][0]
        return ranked[0][2] if is_alone else None

    def _candidates(self, passage: int, found: Sequence[str]) -> Iterator[tuple[int, RowMap]]:
        """Give the few stretches that share most neighbouring words with a passage."""
        if self.pairs is None:
            self.pairs = self._neighbours()
        votes: Counter[int] = Counter()
        for pair in set(_paired(found)):
            holding = self.pairs.get(pair, ())
            votes.update(holding if len(holding) <= MOST_STRETCHES else ())
        for at, _votes in votes.most_common(MOST_STRETCHES):
            yield at, RowMap(self._row(passage, self.stretches[at]), self.old, self.new)

    def _neighbours(self) -> Mapping[tuple[str, str], list[int]]:
        found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for at, (passage, start, end) in enumerate(self.stretches):
            for pair in set(_paired(words.words(self.new[passage].text[start:end]))):
                found[pair].append(at)
        return found

    def _row(self, passage: int, stretch: _Stretch) -> Row:
        """Give a row in which the passage was exchanged for the stretch and nothing else.

        Empty equal runs bound the exchange, so that no word outside of the stretch is matched.
        """
        text = self.new[stretch.passage].text
        runs = (
            Run("insert", text[: stretch.start]),
            Run("equal", ""),
            Run("delete", self.old[passage].text),
            Run("insert", text[stretch.start : stretch.end]),
            Run("equal", ""),
            Run("insert", text[stretch.end :]),
        )
        return Row("merged", (passage,), (stretch.passage,), runs)

    def _held(self, row: RowMap) -> int:
        """Count the characters that a stretch holds closely enough."""
        segments = row.survivors(0, len(row.old_text), fine=True)
        if not segments:
            return 0
        width = segments[-1].new_end - segments[0].new
        close = width <= STRETCHING * len(row.old_text)
        return sum(segment.length for segment in segments) if close else 0


def _fresh(found: RowMap) -> Iterator[_Stretch]:
    """Give the inserted stretches of a row, none beyond one passage."""
    at = 0
    for operation, text in found.row.runs:
        if operation == "delete":
            continue
        if operation == "insert":
            for passage, start, end in found.new_stretches:
                first, last = max(start, at), min(end, at + len(text))
                if first < last:
                    yield _Stretch(passage, first - start, last - start)
        at += len(text)


def _paired(found: Sequence[str]) -> Iterator[tuple[str, str]]:
    return pairwise(found)
