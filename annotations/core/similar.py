"""Which contributions say nearly the same, so that one answer may do for all of them.

Two measures of RapidFuzz are taken together: how alike the texts are whatever the order of their
words, and how much of the shorter one the longer one holds. A person confirms what is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz, process, utils

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST = 65.0
"""Likeness, of 100, from which something is worth looking at."""
MOST = 12
FEWEST_LETTERS = 12
"""Texts with less, such as "Ja, bitte.", are like everything."""
LONGEST = 1_000
"""Letters of a text that are looked at; who says the same says it at the beginning."""


class Similar(NamedTuple):
    """Something that says nearly the same.

    Attributes:
        place: Index among the texts that were searched.
        likeness: 0 to 100.
    """

    place: int
    likeness: float


def similar_to(text: str, others: Sequence[str], *, most: int = MOST) -> list[Similar]:
    """Return what is most like a text, likest first.

    Args:
        text: Plain text.
        others: Plain texts.
        most: How many are returned at most.
    """
    wanted = _prepared(text)
    if len(wanted) < FEWEST_LETTERS:
        return []
    prepared = [_prepared(other) for other in others]
    known = {place: other for place, other in enumerate(prepared) if len(other) >= FEWEST_LETTERS}
    found = process.extract(
        wanted, known, scorer=fuzz.token_sort_ratio, limit=4 * most, score_cutoff=LEAST / 2
    )
    judged = [
        Similar(place, (alike + fuzz.token_set_ratio(wanted, other)) / 2)
        for other, alike, place in found
    ]
    judged = [each for each in judged if each.likeness >= LEAST]
    return sorted(judged, key=lambda each: (-each.likeness, each.place))[:most]


def _prepared(text: str) -> str:
    return utils.default_process(text[:LONGEST])
