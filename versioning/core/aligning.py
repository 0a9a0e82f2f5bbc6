"""Alignment: which passages of two texts belong together."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel

from versioning.core import words
from versioning.core.passages import PassageText, Row

if TYPE_CHECKING:
    from collections.abc import Sequence


def align(
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    *,
    lineage: Sequence[tuple[int, int]] = (),
) -> list[Row]:
    """Say which passages belong together, without comparing their words."""
    rows: list[Row] = []
    matcher = SequenceMatcher(None, [p.text for p in old], [p.text for p in new], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            rows += [Row("kept", (i1 + offset,), (j1 + offset,), ()) for offset in range(i2 - i1)]
            continue
        rows += [Row("removed", (i,), (), (), similarity=0.0) for i in range(i1, i2)]
        rows += [Row("added", (), (j,), (), similarity=0.0) for j in range(j1, j2)]
    return rows


def similarity(old: str, new: str) -> float:
    """Say from 0 to 1 how many words two texts share in the same order."""
    codes = words.Codes()
    return Indel.normalized_similarity(
        codes.encode(words.words(old)), codes.encode(words.words(new))
    )
