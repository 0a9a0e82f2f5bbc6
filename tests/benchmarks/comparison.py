"""Print how well and how fast the comparison works on real revision pairs.

Run with ``python tests/benchmarks/comparison.py [A09 ...]``. Over-marking is the share of the
words that a longest common sequence keeps but the comparison marks as changed; an island is one
equal word between two changes.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import LCSseq

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support import MissingData, shared_path
from versioning.core import comparing, reading, words

if TYPE_CHECKING:
    from versioning.core.passages import PassageText, Row


class Figures(NamedTuple):
    """What was counted in one document or in all of them."""

    passages: int = 0
    pairs: int = 0
    common: int = 0
    marked: int = 0
    hunks: int = 0
    islands: int = 0
    cut: int = 0
    seconds: float = 0.0

    def __add__(self, other: tuple) -> Figures:
        return Figures(*(one + two for one, two in zip(self, other, strict=True)))

    def line(self, name: str) -> str:
        pairs = max(self.pairs, 1)
        return (
            f"{name:8}{self.passages:7}{self.pairs:7}"
            f"{100 * self.marked / max(self.common, 1):9.2f}{self.hunks / pairs:9.2f}"
            f"{self.islands / pairs:9.2f}{self.cut:5}{self.seconds:9.3f}"
        )


def measure(old: list[PassageText], new: list[PassageText]) -> Figures:
    """Compare one document and count."""
    started = time.perf_counter()
    rows = comparing.compare(old, new)
    total = Figures(passages=len(new), seconds=time.perf_counter() - started)
    for row in rows:
        if row.old and row.new and any(run.operation != "equal" for run in row.runs):
            total += measure_row(row)
    return total


def measure_row(row: Row) -> Figures:
    """Count in one changed passage."""
    before = [word for run in row.runs if run.operation != "insert" for word in _words(run.text)]
    after = [word for run in row.runs if run.operation != "delete" for word in _words(run.text)]
    old_text = "".join(run.text for run in row.runs if run.operation != "insert")
    new_text = "".join(run.text for run in row.runs if run.operation != "delete")
    common = LCSseq.similarity(_words(old_text), _words(new_text))
    equal = sum(len(_words(run.text)) for run in row.runs if run.operation == "equal")
    return Figures(
        pairs=1,
        common=common,
        marked=max(0, common - equal),
        hunks=len(comparing.hunks(row)),
        islands=sum(
            run.operation == "equal" and len(_words(run.text)) == 1 for run in row.runs[1:-1]
        ),
        cut=int(before != _words(old_text)) + int(after != _words(new_text)),
    )


def _words(text: str) -> list[str]:
    return words.words(text)


def main(names: list[str]) -> None:
    """Print one line for each document."""
    try:
        folders = sorted(shared_path("data/revisions").glob("A*/"))
    except MissingData as error:
        sys.exit(str(error))
    sys.stdout.write("document   new  pairs  marked%    hunks  islands  cut  seconds\n")
    total = Figures()
    for folder in folders:
        if not names or folder.name[:3] in names:
            old, new = (reading.read_passages(folder / f"{side}.json") for side in ("old", "new"))
            found = measure(old, new)
            total += found
            sys.stdout.write(found.line(folder.name[:3]) + "\n")
    sys.stdout.write(total.line("all") + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
