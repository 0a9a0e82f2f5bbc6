"""Run the comparison on real and on made texts and count how good it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import made, metrics
from tests.support import shared_path
from versioning.core import comparing, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from versioning.core.passages import PassageText, Row

Document = tuple[str, "list[PassageText]", "list[PassageText]"]
IDS = ("without", "with", "dropped", "duplicated", "permuted")
SHARES = (0.0, 0.15, 0.35)
SEEDS = (1, 2, 3)
MOVED = ("moved", "moved_changed")


def documents(names: list[str]) -> Iterator[Document]:
    """Give the real revision pairs, all if no names are given.

    Raises:
        MissingData: They are not there.
    """
    for folder in sorted(shared_path("data/revisions").glob("A*/")):
        if not names or folder.name[:3] in names:
            old, new = (reading.read_passages(folder / f"{side}.json") for side in ("old", "new"))
            yield folder.name[:3], old, new


def with_ids(old: list[PassageText], new: list[PassageText], ids: str) -> made.Made:
    """Give equal and edited passages the same id, then spoil a tenth of the ids."""
    text = made.Made(old, new, [])
    if ids == "without":
        return text
    rows = comparing.compare(old, new)
    links = [(row.old[0], row.new[0]) for row in rows if row.old and row.new]
    text = made.with_ids(text, links)
    return text if ids == "with" else text._replace(new=made.spoilt(text.new, ids, seed=1))


def figures(old: list[PassageText], new: list[PassageText]) -> metrics.Figures:
    """Compare and count."""
    return metrics.of_rows(comparing.compare(old, new), old, new)


def found(text: made.Made, relations: tuple[str, ...]) -> tuple[metrics.Found, metrics.Figures]:
    """Compare a made text and hold its rows against what is known."""
    rows = comparing.compare(text.old, text.new)
    of_relations = [row for row in rows if row.relation in relations]
    known = metrics.found_links(rows, relations, text.expected, text.old, text.new)
    return known, _figures(of_relations, text)


def _figures(rows: list[Row], text: made.Made) -> metrics.Figures:
    return metrics.of_rows(rows, text.old, text.new)


def print_documents(names: list[str], out: Callable[[str], object]) -> None:
    """Print one line for each document and kind of ids."""
    out("ids        document  new  pairs  marked%  hunks  islands  cut  wrong  whole\n")
    loaded = list(documents(names))
    for ids in IDS:
        total = metrics.Figures()
        for name, old, new in loaded:
            text = with_ids(old, new, ids)
            here = figures(text.old, text.new)
            total += here
            if ids == "without":
                out(_line(ids, name, here))
        out(_line(ids, "all", total))


def print_made(names: list[str], out: Callable[[str], object]) -> None:
    """Print precision and recall for moves, splits and merges."""
    loaded = list(documents(names))
    out("\nmade            edited  precision  recall  marked%\n")
    makers = {
        "moves": (made.moves, MOVED),
        "moves, decoys": (_moves_with_decoys, MOVED),
        "splits": (made.splits, ("split",)),
        "merges": (made.merges, ("merged",)),
    }
    for name, (maker, relations) in makers.items():
        for share in SHARES:
            counted, marked = metrics.Found(), metrics.Figures()
            for _, old, _ in loaded:
                for seed in SEEDS:
                    here, words = found(maker(old, share, seed), relations)
                    counted, marked = counted + here, marked + words
            out(
                f"{name:15}{100 * share:6.0f}%{counted.precision:10.3f}{counted.recall:9.3f}"
                f"{100 * marked.over_marking:8.2f}\n"
            )


def _moves_with_decoys(passages: list[PassageText], share: float, seed: int) -> made.Made:
    return made.moves(passages, share, seed, decoys=True)


def _line(ids: str, name: str, here: metrics.Figures) -> str:
    return (
        f"{ids:11}{name:8}{here.passages:6}{here.changed:7}{100 * here.over_marking:8.2f}"
        f"{here.hunks_each:8.2f}{here.islands_each:8.3f}{here.cut:6}{here.wrong:6}"
        f"{here.replaced:7}\n"
    )


if __name__ == "__main__":
    print_documents(sys.argv[1:], sys.stdout.write)
    print_made(sys.argv[1:], sys.stdout.write)
