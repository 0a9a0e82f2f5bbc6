"""Sentences of a passage, for people who choose words without a pointer.

Units: offsets are Unicode code points from 0, end exclusive.
"""

from __future__ import annotations

from itertools import pairwise

import regex

from annotations.core import ranges

_END = regex.compile(
    r"""(?<![.!?…؟۔।])[.!?…؟۔।]++["'»«”“’‘)\]]*+\s++|(?<![。！？])[。！？]++[」』”’）]*+\s*+"""
)
_GOES_ON = regex.compile(r"\p{Ll}|\p{Pd}\s|[,;:)/…]")
_LAST_WORD = regex.compile(r"([\p{L}\p{M}]+|\d+)\.$")
_ORDINAL_DIGITS = 2
_GERMAN = """
abb abs abschn anh anm aufl bd bspw bzgl bzw ca dipl dr einschl evtl gem ggf ggü hrsg inkl insb jh
kap lit max min mind mio mrd nr prof rn rz sog st std str tab tel tsd vgl vs ziff zzgl jan feb apr
aug sept okt nov dez
"""
_ENGLISH = "approx cf dept eds eg esp figs ie jr mr mrs ms nos paras pp sr vol"
_SHORT = frozenset(f"{_GERMAN} {_ENGLISH}".split())
"""Words that are written with a full stop within a sentence, in small letters."""

_BEFORE_NUMBERS = frozenset({"art", "fig", "no", "para", "sec"})
"""Words that are abbreviations only where a number follows."""


def sentences(text: str) -> list[tuple[int, int]]:
    """Cut a text into sentences; the space after a sentence belongs to it.

    Where it is doubtful whether a full stop ends a sentence, it does not: two sentences taken for
    one do no harm, half a sentence does.

    Laws: the sentences joined give the text; no sentence is empty; none begins or ends inside a
    letter as readers see it.
    """
    borders = [0, *_borders(text), len(text)]
    return [(start, end) for start, end in pairwise(borders) if start < end]


def stretch_of(text: str, spans: list[tuple[int, int]]) -> tuple[int, int]:
    """Give the range from the first of some sentences to the last, without space at its ends.

    Args:
        text: The passage.
        spans: Neighbouring sentences of it, at least one.
    """
    start, end = spans[0][0], spans[-1][1]
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    return ranges.snap(text, start, end) if start < end else (spans[0][0], spans[-1][1])


def are_neighbours(indexes: list[int]) -> bool:
    """Tell whether sorted numbers of sentences follow one another without a gap."""
    return all(after == before + 1 for before, after in pairwise(indexes))


def _borders(text: str) -> list[int]:
    return [
        found.end()
        for found in _END.finditer(text)
        if found.end() < len(text) and _ends(text, found) and not ranges.is_cut(text, found.end())
    ]


def _ends(text: str, found: regex.Match[str]) -> bool:
    """Tell whether a sign ends a sentence here, by what stands before and after it."""
    if _GOES_ON.match(text, found.end()):
        return False
    signs = found.group().rstrip()
    if signs != ".":
        return True
    last = _LAST_WORD.search(text[max(0, found.start() - 40) : found.start() + 1])
    return last is None or not _is_short(last[1], text[found.end()])


def _is_short(word: str, following: str) -> bool:
    """Tell whether a word before a full stop is an abbreviation, an initial or an ordinal."""
    if word.isdecimal():
        return len(word) <= _ORDINAL_DIGITS
    word = word.casefold()
    if following.isdecimal() and word in _BEFORE_NUMBERS:
        return True
    return len(word) == 1 or word in _SHORT or word.endswith("str")
