"""Moves that would mislead: short texts that stand in many places, such as "(repealed)"."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from versioning.core import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from versioning.core.passages import PassageText

MIN_WORDS = 4
"""Words from which on a passage can be told from others, wherever it stands."""
MAX_SEARCHES = 40
"""Texts that are searched one by one; for more of them all short texts are counted."""
_LONG = 40
"""Characters from which on a passage has enough words anyway; saves counting them."""


class Repeated:
    """Knows which short texts stand more than once in one of two texts.

    Numbers do not tell texts apart: "§ 361 (repealed)" and "§ 611b (repealed)" are the same.

    Args:
        old: Passages of the old text.
        new: Passages of the new text.
    """

    def __init__(self, old: Sequence[PassageText], new: Sequence[PassageText]) -> None:
        self._sides = (old, new)
        self._told: dict[str, bool] = {}

    def has(self, i: int, j: int) -> bool:
        """Tell whether an old or a new passage has words that stand in several places."""
        return any(
            self._stands_twice(_key(side[at].text))
            for side, at in zip(self._sides, (i, j), strict=True)
        )

    def _stands_twice(self, key: str) -> bool:
        if key not in self._told:
            if len(self._told) < MAX_SEARCHES:
                found = any(_has_two(text, key) for text in self._texts if key)
            else:
                found = any(count[key] > 1 for count in self._counts)
            self._told[key] = found or not key
        return self._told[key]

    @cached_property
    def _counts(self) -> tuple[Counter[str], Counter[str]]:
        ours, theirs = (Counter(map(_key, text.split("\n"))) for text in self._texts)
        return ours, theirs

    @cached_property
    def _texts(self) -> tuple[str, str]:
        """Give the short texts of each side, one per line."""
        ours, theirs = (
            "\n".join([p.text for p in side if len(p.text) <= _LONG]).lower() + "\n"
            for side in self._sides
        )
        return ours, theirs


def _has_two(lines: str, key: str) -> bool:
    """Tell whether at least two lines have these words."""
    word = max(key.split(), key=len)
    found, at = 0, lines.find(word)
    while at >= 0 and found < 2:
        end = lines.index("\n", at)
        found += _key(lines[lines.rfind("\n", 0, at) + 1 : end]) == key
        at = lines.find(word, end)
    return found > 1


def _key(text: str) -> str:
    """Give the words of a text that hold no digit."""
    found = words.words(text.lower())
    return " ".join([word for word in found if not any(map(str.isdigit, word))])
