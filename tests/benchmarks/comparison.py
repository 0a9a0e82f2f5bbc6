"""Print how well and how fast the comparison works, beside other tools in the same run.

Run with ``python tests/benchmarks/comparison.py [A09 ...] [--picture] [--docs]``. All tools get
the same changed passages of real texts, and whole texts. Times are processor time as a multiple
of this project's; seconds would only tell how fast a machine is.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import LCSseq

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import contenders, made, metrics, quality, tables
from tests.benchmarks.picture import Chart, drawn
from tests.support import MissingData
from versioning.core import comparing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from versioning.core.passages import PassageText, Run

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs/images/benchmark-comparison.svg"
PAGE = ROOT / "docs/explanation/comparison.md"
SLOW = 40_000
"""Words of both sides up to which a whole text is given to every tool."""
LAWS = ("A01", "A02", "A03", "A04", "A05")


class Loaded(NamedTuple):
    """A revision pair with its changed passages."""

    name: str
    old: list[PassageText]
    new: list[PassageText]
    pairs: list[tuple[str, str]]


def main(arguments: list[str]) -> None:
    """Measure, print, and write the picture and the page where asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="A01", help="revision pairs, all if none")
    parser.add_argument("--picture", action="store_true", help=f"write {PICTURE.name}")
    parser.add_argument("--docs", action="store_true", help=f"write the tables into {PAGE.name}")
    options = parser.parse_args(arguments)
    try:
        documents = [_loaded(*item) for item in quality.documents(options.names)]
    except MissingData as error:
        sys.exit(str(error))
    contenders.prepare()
    passages, texts, laws = of_passages(documents), of_texts(documents), of_laws(documents)
    printed = [passages, texts, *([laws] if laws else []), of_made(documents)]
    sys.stdout.write("\n".join(tables.as_text(table) for table in printed))
    if options.picture:
        PICTURE.write_text(drawn("Comparison of prose, tool by tool", _charts(passages, texts)))
    if options.docs:
        tables.write_page(PAGE, printed)


def _loaded(name: str, old: list[PassageText], new: list[PassageText]) -> Loaded:
    pairs = [
        ("\n".join(old[i].text for i in row.old), "\n".join(new[j].text for j in row.new))
        for row in comparing.compare(old, new)
        if len(row.old) == len(row.new) == 1
    ]
    return Loaded(name, old, new, [(one, other) for one, other in pairs if one != other])


def of_passages(documents: list[Loaded]) -> tables.Table:
    """Give every tool the same changed passages."""
    pairs = [pair for document in documents for pair in document.pairs]
    table = [
        [
            f"{len(pairs)} changed passages",
            "unchanged words marked %",
            "changes per passage",
            "one-word islands",
            "words cut",
            "texts not given back",
            "time",
        ]
    ]
    ours = 0.0
    for name, tool in contenders.by_name().items():
        result = tool(pairs)
        total = metrics.Figures()
        for (old, new), runs in zip(pairs, result.runs, strict=True):
            total += metrics.of_runs(runs, old, new)
        ours = ours or result.seconds
        table.append(
            [
                name,
                f"{100 * total.over_marking:.1f}",
                f"{total.hunks_each:.2f}",
                f"{total.islands_each:.2f}",
                str(total.cut),
                str(total.wrong),
                f"{result.seconds / ours:.1f}",
            ]
        )
    return table


def of_texts(documents: list[Loaded]) -> tables.Table:
    """Give every tool whole texts, which only some can take; words that stayed are counted."""
    texts = [
        document
        for document in documents
        if sum(_count(side) for side in (document.old, document.new)) <= SLOW
    ]
    table = [[f"{len(texts)} whole texts", "unchanged words marked %", "time"]]
    pairs = [(_joined(document.old), _joined(document.new)) for document in texts]
    common = sum(LCSseq.similarity(*map(metrics.words, pair)) for pair in pairs)
    started = time.process_time()
    rows = [comparing.compare(document.old, document.new) for document in texts]
    ours = time.process_time() - started
    equal = sum(_equal(row.runs for row in found) for found in rows)
    table.append([contenders.OURS, _share(common - equal, common), "1.0"])
    for name, tool in contenders.by_name().items():
        if name != contenders.OURS:
            result = tool(pairs)
            marked = common - _equal(result.runs)
            shown = "–" if name == contenders.WIKIDIFF2 else _share(marked, common)
            table.append([name, shown, f"{result.seconds / ours:.1f}"])
    return table


def of_laws(documents: list[Loaded]) -> tables.Table:
    """Compare the time for five statutes, the longest texts, with the fastest tool known."""
    laws = [document for document in documents if document.name in LAWS]
    if not laws or not contenders.has_wikidiff2():
        return []
    pairs = [(_joined(document.old), _joined(document.new)) for document in laws]
    theirs: list[float] = []
    ours: list[float] = []
    for _ in range(5):
        started = time.process_time()
        for document in laws:
            comparing.compare(document.old, document.new)
        ours.append(time.process_time() - started)
        theirs.append(contenders.wikidiff2_seconds(pairs))
    return [
        [f"{len(laws)} statutes, best of five", "time"],
        [contenders.OURS, "1.0"],
        [contenders.WIKIDIFF2, f"{min(theirs) / min(ours):.2f}"],
    ]


def of_made(documents: list[Loaded]) -> tables.Table:
    """Move, split and merge passages and count what is found; no other tool knows these."""
    table = [["made from the same texts", "words replaced %", "precision", "recall"]]
    makers = {
        "moved": (made.moves, quality.MOVED),
        "split": (made.splits, ("split",)),
        "merged": (made.merges, ("merged",)),
    }
    for name, (maker, relations) in makers.items():
        for share in quality.SHARES if name == "moved" else quality.SHARES[:2]:
            total = metrics.Found()
            for document in documents:
                total += quality.found(maker(document.old, share, 1), relations)[0]
            table.append(
                [name, f"{100 * share:.0f}", f"{total.precision:.3f}", f"{total.recall:.3f}"]
            )
    return table


def _count(passages: Iterable[PassageText]) -> int:
    return sum(len(metrics.words(passage.text)) for passage in passages)


def _joined(passages: Iterable[PassageText]) -> str:
    return "\n".join(passage.text for passage in passages)


def _equal(found: Iterable[Iterable[Run]]) -> int:
    return sum(
        len(metrics.words(run.text)) for runs in found for run in runs if run.operation == "equal"
    )


def _share(marked: int, common: int) -> str:
    return f"{100 * max(0, marked) / max(1, common):.1f}"


def _charts(passages: tables.Table, texts: tables.Table) -> list[Chart]:
    marked = [(row[0], float(row[1]), f"{row[1]} %") for row in passages[1:]]
    cut = [(row[0], float(row[4]), row[4]) for row in passages[1:]]
    hunks = [(row[0], float(row[2]), row[2]) for row in passages[1:]]
    whole = [(row[0], float(row[2]), f"{row[2]} ×") for row in texts[1:]]
    return [
        Chart("Unchanged words that are marked as changed", marked),
        Chart("Words cut in two", cut),
        Chart("Changes per changed passage", hunks),
        Chart("Time for whole texts, as a multiple of Synopse", whole),
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
