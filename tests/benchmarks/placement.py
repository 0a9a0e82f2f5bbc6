"""Print how well and how fast annotations are placed on the next text.

Run with ``python tests/benchmarks/placement.py [A09 ...] [--docs]``. What is right is known
without the code under test: see ``quotes.py``.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from annotations.core.placing import Mark, place
from tests.benchmarks import quality, quotes, tables
from tests.support import MissingData
from versioning.core import comparing

if TYPE_CHECKING:
    from collections.abc import Callable

    from versioning.core.passages import PassageText

PAGE = Path(__file__).resolve().parents[2] / "docs/explanation/placement.md"
QUOTED, TAKEN = 400, 200
"""Passages of each text that get quotes, and that are taken out."""
PASSAGES, ANNOTATIONS = 300, 12_000
FOREIGN = 3_000
SEED = 1

Scores = dict[str, quotes.Score]
Result = TypeVar("Result")


class Loaded(NamedTuple):
    """A revision pair, and passages of the others."""

    name: str
    old: list[PassageText]
    new: list[PassageText]
    foreign: list[PassageText]


def main(arguments: list[str]) -> None:
    """Measure, print, and write the page where asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="A01", help="revision pairs, all if none")
    parser.add_argument("--docs", action="store_true", help=f"write the tables into {PAGE.name}")
    options = parser.parse_args(arguments)
    try:
        documents = load(options.names)
    except MissingData as error:
        sys.exit(f"skipped: {error}")
    printed = [of_texts(documents), of_kinds(documents), of_time(documents)]
    sys.stdout.write("\n".join(tables.as_text(table) for table in printed))
    if options.docs:
        tables.write_page(PAGE, printed)


def load(names: list[str]) -> list[Loaded]:
    """Give the revision pairs that are at hand, all if no names are given.

    Raises:
        MissingData: They are not there.
    """
    found = list(quality.documents(names))
    return [
        Loaded(name, old, new, list(islice(_others(found, name), FOREIGN)))
        for name, old, new in found
    ]


def _others(documents: list[quality.Document], name: str) -> list[PassageText]:
    return [passage for other, _, new in documents if other != name for passage in new]


def touched(document: Loaded) -> quotes.Revision:
    """Quote what the real revision left alone."""
    found = quotes.untouched(document.old, document.new, SEED, most=QUOTED)
    return quotes.Revision(document.old, document.new, found)


def taken(document: Loaded) -> quotes.Revision:
    """Quote passages that are taken out of the real revision's new text."""
    return quotes.without(document.old, document.new, SEED, most=TAKEN)


def revised(document: Loaded) -> quotes.Revision:
    """Quote a text that is edited and rearranged."""
    return quotes.made(document.old, document.foreign, SEED, most=QUOTED)


def scores_of(revision: quotes.Revision) -> Scores:
    """Place all quotes and count by kind."""
    rows = comparing.compare(revision.old, revision.new)
    places = place([quote.mark for quote in revision.quotes], revision.old, revision.new, rows)
    found: Scores = {}
    for quote, where in zip(revision.quotes, places, strict=True):
        counted = quotes.score(quote, where, revision.new)
        found[quote.kind] = found.get(quote.kind, quotes.Score()) + counted
    return found


def total(scores: Scores) -> quotes.Score:
    """Add up all kinds."""
    return sum(scores.values(), start=quotes.Score())


def of_texts(documents: list[Loaded]) -> tables.Table:
    """Count for each text: untouched and removed quotes of the real one, all of the made one."""
    table = [
        [
            "text",
            "untouched quotes",
            "kept %",
            "removed quotes",
            "pinned elsewhere %",
            "quotes on made revision",
            "untouched kept %",
            "precision",
            "recall",
            "pinned elsewhere %",
        ]
    ]
    real, gone, edited = quotes.Score(), quotes.Score(), quotes.Score()
    for document in documents:
        here = [total(scores_of(make(document))) for make in (touched, taken, revised)]
        real, gone, edited = real + here[0], gone + here[1], edited + here[2]
        table.append([document.name, *_cells(*here)])
    return [*table, ["all", *_cells(real, gone, edited)]]


def _cells(real: quotes.Score, gone: quotes.Score, edited: quotes.Score) -> list[str]:
    return [
        f"{real.untouched}",
        _share(real.kept, real.untouched),
        f"{gone.removed}",
        _share(gone.pinned, gone.removed),
        f"{edited.expected + edited.removed}",
        _share(edited.kept, edited.untouched),
        f"{edited.precision:.4f}",
        f"{edited.recall:.4f}",
        _share(edited.pinned, edited.removed),
    ]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}" if whole else "–"


def of_kinds(documents: list[Loaded]) -> tables.Table:
    """Count the made revisions by the length of the quotes."""
    found: Scores = {}
    for document in documents:
        for kind, counted in scores_of(revised(document)).items():
            found[kind] = found.get(kind, quotes.Score()) + counted
    table = [["quotes on made revisions", "number", "untouched kept %", "precision", "recall"]]
    for kind in (*quotes.LENGTHS, "passage"):
        here = found.get(kind, quotes.Score())
        kept = _share(here.kept, here.untouched)
        number = f"{here.expected + here.removed}"
        table.append([kind, number, kept, f"{here.precision:.4f}", f"{here.recall:.4f}"])
    return table


def of_time(documents: list[Loaded]) -> tables.Table:
    """Time 12,000 annotations on 300 passages, beside the comparison of the same texts."""
    document = max(documents, key=lambda item: len(item.old))
    revision = quotes.made(document.old[:PASSAGES], document.foreign, SEED, most=0)
    marks = [
        Mark(str(number), number % len(revision.old), *_range(revision.old, number))
        for number in range(ANNOTATIONS)
    ]
    comparing_took, rows = _timed(lambda: comparing.compare(revision.old, revision.new))
    placing_took, _ = _timed(lambda: place(marks, revision.old, revision.new, rows))
    return [
        [f"{ANNOTATIONS} annotations on {len(revision.old)} passages", "processor time"],
        ["comparing both texts", f"{comparing_took:.2f} s"],
        ["placing all annotations", f"{placing_took:.2f} s"],
    ]


def _range(passages: list[PassageText], number: int) -> tuple[int, int]:
    length = len(passages[number % len(passages)].text)
    start = number * 7 % length
    return start, min(length, start + 1 + number % 120)


def _timed(call: Callable[[], Result]) -> tuple[float, Result]:
    started = time.process_time()
    result = call()
    return time.process_time() - started, result


if __name__ == "__main__":
    main(sys.argv[1:])
