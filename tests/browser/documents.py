"""The real document of the story in its two versions, and what differs between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from annotations.core.placing import Mark, place
from tests.support import MissingData, shared_path
from versioning.core.comparing import compare
from versioning.core.reading import read_passages

A09 = "data/revisions/A09-berliner-open-data-handbuch-chapters-1-3-introdu"
DEMO = Path(__file__).resolve().parents[2] / "site" / "fixtures" / "demo"


@dataclass(frozen=True)
class Documents:
    """Two versions of a text, with a passage that stays and one whose words change.

    Attributes:
        kept: The words of a paragraph that both versions hold.
        changed: The words of a paragraph that the new version words anew.
        three_words: Three words of ``changed`` that the new version no longer has, found once.
    """

    old: Path
    new: Path
    passages: int
    kept: str
    changed: str
    three_words: str


def story_documents() -> Documents:
    """Return the Berlin Open Data handbook, or the demo's own text where that is missing."""
    try:
        folder = shared_path(A09)
        old, new = folder / "old.json", folder / "new.json"
    except MissingData:
        old, new = DEMO / "stage2.v3.json", DEMO / "stage2.v4.json"
    return _documents(old, new)


def _documents(old: Path, new: Path) -> Documents:
    before, after = read_passages(old), read_passages(new)
    rows = compare(before, after)
    pairs = [row for row in rows if row.old and before[row.old[0]].kind == "paragraph"]
    kept = next(
        before[row.old[0]].text
        for row in pairs
        if row.relation == "kept"
        and len(before[row.old[0]].text) > 150
        and "\\" not in before[row.old[0]].text
    )
    changed = [row.old[0] for row in pairs if row.relation == "changed" and not row.format]
    marks = [mark for index in changed for mark in _marks(index, before[index].text)]
    found = next(
        mark
        for mark, spot in zip(marks, place(marks, before, after, rows), strict=True)
        if spot.state == "changed"
    )
    text = before[found.passage].text
    return Documents(old, new, len(before), kept, text, text[found.start : found.end])


def _marks(index: int, text: str) -> list[Mark]:
    """Return every three neighbouring words that stand in a text once."""
    spots = [match.start() for match in re.finditer(r"\b\w[\w-]* [\w-]+ [\w-]+\b", text)]
    found = [re.compile(r"\w[\w-]* [\w-]+ [\w-]+\b").match(text, spot) for spot in spots]
    return [
        Mark(str(match.start()), index, match.start(), match.end())
        for match in found
        if match and text.count(match.group()) == 1
    ]
