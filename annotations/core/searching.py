"""Search for exact words at places that did not hold them in the old text."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, islice
from typing import TYPE_CHECKING, NamedTuple

from annotations.core.ranges import context_fit, is_cut, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from annotations.core.mapping import RowMap
    from versioning.core.passages import PassageText

MAX_FOUND = 10
"""So many places of a quote are looked for at most."""


class Found(NamedTuple):
    """A place in the new text; offsets are code points of its passage, end exclusive."""

    passage: int
    start: int
    end: int


class Wanted(NamedTuple):
    """Words to find, and whether they may begin or end inside a word."""

    words: str
    cut_before: bool
    cut_after: bool

    def fits(self, text: str, start: int) -> bool:
        """Tell whether the words at a place of a text cut no word that they did not cut before."""
        before = self.cut_before or not is_cut(text, start)
        return before and (self.cut_after or not is_cut(text, start + len(self.words)))


class Search:
    """Finds exact words in the new text at places that did not hold them in the old one."""

    def __init__(
        self,
        old: Sequence[PassageText],
        new: Sequence[PassageText],
        maps: Mapping[int, RowMap],
    ) -> None:
        self.old = old
        self.new = new
        self.maps = maps
        self.old_text = "\n".join(passage.text for passage in old)
        self.new_text = "\n".join(passage.text for passage in new)
        self.starts = list(accumulate((len(passage.text) + 1 for passage in new), initial=0))
        self.known: dict[Wanted, list[Found]] = {}
        self.formulas: dict[str, bool] = {}

    def fresh(self, passage: int, start: int, end: int) -> list[Found]:
        """Give the first few such places of a range's words, in reading order.

        Where the range ends with a word, so does a place: "Abs" is not found in "Absatz".
        """
        text = self.old[passage].text
        wanted = Wanted(text[start:end], is_cut(text, start), is_cut(text, end))
        if wanted not in self.known:
            self.known[wanted] = list(islice(self._find(wanted), MAX_FOUND))
        return self.known[wanted]

    def convincing(self, passage: int, start: int, end: int) -> list[Found]:
        """Give the places that may be where a range of the old text went.

        Words that stand once in the old text speak for themselves. A formula that stands there
        several times ("or with a fine") also stands in new text that has nothing to do with
        the range: then half of what stood beside it must stand there too.
        """
        found = self.fresh(passage, start, end)
        words, prefix, suffix = quote(self.old[passage].text, start, end)
        if not found or not self._is_formula(words):
            return found
        needed = (len(prefix) + len(suffix)) / 2
        return [
            place
            for place in found
            if context_fit(self.new[place.passage].text, place.start, place.end, prefix, suffix)
            >= (needed or self._surplus(place))
        ]

    def is_held(self, place: Found) -> bool:
        """Tell whether the words of a place stood there before."""
        return self._held_until(*place) is not None

    def _surplus(self, place: Found) -> int:
        """Demand of a whole old passage that it is a whole one again: no fit exceeds 0 then."""
        return int(place.end - place.start < len(self.new[place.passage].text))

    def _is_formula(self, words: str) -> bool:
        if words not in self.formulas:
            first = self.old_text.find(words)
            self.formulas[words] = self.old_text.find(words, first + 1) >= 0
        return self.formulas[words]

    def _find(self, wanted: Wanted) -> Iterator[Found]:
        words = wanted.words
        at = -1 if "\n" in words else self.new_text.find(words)  # no passage has a line feed
        while at >= 0:
            passage = bisect_right(self.starts, at) - 1
            start = at - self.starts[passage]
            held = self._held_until(passage, start, start + len(words))
            if held is not None:  # so all up to the end of the stretch stood here before
                at = self.new_text.find(words, self.starts[passage] + held - len(words) + 1)
            elif not wanted.fits(self.new[passage].text, start):
                at = self.new_text.find(words, at + 1)
            else:
                yield Found(passage, start, start + len(words))
                at = self.new_text.find(words, at + len(words))

    def _held_until(self, passage: int, start: int, end: int) -> int | None:
        found = self.maps[passage]
        base = found.new_stretch(passage).start
        held = found.held_until(base + start, base + end)
        return None if held is None else held - base
