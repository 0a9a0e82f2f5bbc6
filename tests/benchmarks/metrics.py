"""Measures of a comparison, as the issue words them; they share no code with the engine.

A word is a maximal run of letters, digits and combining marks. Over-marking is the share of the
words of an optimal word LCS that stand in delete or insert runs. A cut word is a run border inside
a word. A hunk is a maximal sequence of runs that are not equal. An island is an equal run with
exactly one word between two hunks.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import regex
from rapidfuzz.distance import LCSseq

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from versioning.core.passages import PassageText, Row, Run

_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")


def words(text: str) -> list[str]:
    """Give the maximal runs of letters, digits and combining marks."""
    return _WORD.findall(text)


class Figures(NamedTuple):
    """What was counted; figures of several rows or documents add up.

    Attributes:
        passages: New passages.
        changed: Passage pairs whose words differ.
        common: Words of an optimal word LCS of these pairs.
        marked: How many of them stand in delete or insert runs.
        hunks: Maximal sequences of runs that are not equal.
        islands: Equal runs with exactly one word between two hunks.
        cut: Run borders inside a word.
        wrong: Rows whose runs do not give both sides back.
        replaced: Pairs shown as one deletion and one insertion.
    """

    passages: int = 0
    changed: int = 0
    common: int = 0
    marked: int = 0
    hunks: int = 0
    islands: int = 0
    cut: int = 0
    wrong: int = 0
    replaced: int = 0

    def __add__(self, other: tuple) -> Figures:
        return Figures(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def over_marking(self) -> float:
        """Give the share of common words that are marked as changed."""
        return self.marked / max(self.common, 1)

    @property
    def hunks_each(self) -> float:
        """Give the hunks per changed passage."""
        return self.hunks / max(self.changed, 1)

    @property
    def islands_each(self) -> float:
        """Give the one-word islands per changed passage."""
        return self.islands / max(self.changed, 1)


def of_rows(rows: Iterable[Row], old: Sequence[PassageText], new: Sequence[PassageText]) -> Figures:
    """Count in a whole comparison."""
    total = Figures(passages=len(new))
    for row in rows:
        before = "\n".join(old[index].text for index in row.old)
        after = "\n".join(new[index].text for index in row.new)
        if row.old and row.new and before != after:
            total += of_runs(row.runs, before, after)
        else:
            total += Figures(wrong=_wrong(row.runs, before, after))
    return total


def of_runs(runs: Sequence[Run], old: str, new: str) -> Figures:
    """Count in one changed pair."""
    common = LCSseq.similarity(words(old), words(new))
    equal = sum(len(words(run.text)) for run in runs if run.operation == "equal")
    return Figures(
        changed=1,
        common=common,
        marked=max(0, common - equal),
        hunks=hunks(runs),
        islands=islands(runs),
        cut=cut_words(runs),
        wrong=_wrong(runs, old, new),
        replaced=int(all(run.operation != "equal" for run in runs)),
    )


def _wrong(runs: Sequence[Run], old: str, new: str) -> int:
    return int((side(runs, "delete"), side(runs, "insert")) != (old, new))


def side(runs: Iterable[Run], operation: str) -> str:
    """Join the equal runs with those of one operation: "delete" the old text, "insert" the new."""
    return "".join(run.text for run in runs if run.operation in ("equal", operation))


def hunks(runs: Sequence[Run]) -> int:
    """Count the maximal sequences of runs that are not equal."""
    changed = [run.operation != "equal" for run in runs]
    return sum(now and not before for before, now in pairwise([False, *changed]))


def islands(runs: Sequence[Run]) -> int:
    """Count the equal runs with exactly one word that have a hunk on both sides."""
    return sum(run.operation == "equal" and len(words(run.text)) == 1 for run in list(runs)[1:-1])


def cut_words(runs: Sequence[Run]) -> int:
    """Count the run borders of the old and of the new side that stand inside a word."""
    found = 0
    for operation in ("delete", "insert"):
        pieces = [run.text for run in runs if run.operation in ("equal", operation)]
        found += sum(bool(_WORD.fullmatch(a[-1] + b[0])) for a, b in pairwise(pieces) if a and b)
    return found


class Found(NamedTuple):
    """What was there, what was found, and how much of it is right; these add up too."""

    there: int = 0
    found: int = 0
    right: int = 0

    def __add__(self, other: tuple) -> Found:
        return Found(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def precision(self) -> float:
        """Give the share of what was found that is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Give the share of what was there that was found."""
        return self.right / self.there if self.there else 1.0


Link = tuple[tuple[int, ...], tuple[int, ...]]


def found_links(
    rows: Iterable[Row],
    relations: Collection[str],
    expected: Collection[Link],
    old: Sequence[PassageText],
    new: Sequence[PassageText],
) -> Found:
    """Hold the rows of some relations against what is known.

    Passages with the same words can stand for each other: no reader could tell which moved.

    Args:
        rows: A comparison.
        relations: Relations that count, such as "moved" and "moved_changed".
        expected: Old and new indices that belong together in such a row.
        old: The old passages.
        new: The new passages.
    """
    links = [(row.old, row.new) for row in rows if row.relation in relations]
    known = Counter(_words_of(link, old, new) for link in expected)
    told = Counter(_words_of(link, old, new) for link in links)
    return Found(len(expected), len(links), (known & told).total())


def _words_of(
    link: Link, old: Sequence[PassageText], new: Sequence[PassageText]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(old[at].text for at in link[0]), tuple(new[at].text for at in link[1])
