"""Ranges in a passage: describing, finding, checking and converting them.

Units: offsets are Unicode code points from 0, end exclusive. JavaScript counts UTF-16 units and
converts at the border; ``tests/cases/ranges.json`` holds the cases that both sides read.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import regex

CONTEXT = 32
"""Characters of prefix and suffix that are kept beside a quote."""

QUOTE_LIMIT = 1_000
"""Longest quote that is kept whole; of a longer one the two ends stay."""

GAP = " […] "
"""What a reader sees in place of the words that an abbreviated quote left out."""

_FIRST_PRINTABLE = 32
_ASCII_LIMIT = 128
_CLUSTER = regex.compile(r"\X")
_OTHER = regex.compile(r"\p{Grapheme_Cluster_Break=Other}")
_WORD = regex.compile(r"[\w\p{M}]")


class RangeError(ValueError):
    """A range does not fit its text."""


class Quote(NamedTuple):
    """The words of a range and what stands beside them (W3C TextQuoteSelector)."""

    exact: str
    prefix: str
    suffix: str


def is_offset(value: object) -> bool:
    """Tell whether a value counts characters: an integer from 0, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def check_range(text: str, start: object, end: object) -> None:
    """Refuse a range that does not choose at least one character of the text.

    Raises:
        RangeError: An offset is no integer from 0, or the range is empty, turned round or longer
            than the text.
    """
    if not (is_offset(start) and is_offset(end)):
        raise RangeError("start and end are not both whole numbers from 0")
    assert isinstance(start, int) and isinstance(end, int)  # noqa: S101, PT018 - narrows for mypy
    if start >= end:
        raise RangeError("the range is empty: its start is not before its end")
    if end > len(text):
        raise RangeError(f"the range ends at {end}, but the passage has {len(text)} characters")


def quote(text: str, start: int, end: int) -> Quote:
    """Describe a range by its words and 32 characters on either side.

    Law: ``find_quote`` with this description gives the range back, among others only where the
    same words stand in the same surroundings.

    Raises:
        RangeError: The range does not fit the text.
    """
    check_range(text, start, end)
    return Quote(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT])


def find_quote(text: str, exact: str, prefix: str = "", suffix: str = "") -> list[tuple[int, int]]:
    """Find the places of a quote whose surroundings fit best.

    Args:
        text: Where to look.
        exact: The words, letter for letter; an empty quote stands nowhere.
        prefix: What stood before them; empty if unknown.
        suffix: What stood after them; empty if unknown.

    Returns:
        Ranges in reading order; several where the surroundings do not decide.
    """
    places = _occurrences(text, exact)
    if len(places) < 2 or not (prefix or suffix):
        return places
    scores = [context_fit(text, start, end, prefix, suffix) for start, end in places]
    best = max(scores)
    return [place for place, score in zip(places, scores, strict=True) if score == best]


def _occurrences(text: str, exact: str) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    start = text.find(exact) if exact else -1
    while start >= 0:
        places.append((start, start + len(exact)))
        start = text.find(exact, start + 1)
    return places


def context_fit(text: str, start: int, end: int, prefix: str, suffix: str) -> int:
    """Count the characters beside a range that are those of a quote's prefix and suffix."""
    before = text[max(0, start - len(prefix)) : start]
    after = text[end : end + len(suffix)]
    return _common(before[::-1], prefix[::-1]) + _common(after, suffix)


def _common(one: str, other: str) -> int:
    """Count the characters that two texts share from their beginning."""
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return shared


def to_utf16(text: str, offset: int) -> int:
    """Convert an offset in code points to one in UTF-16 units.

    Raises:
        RangeError: The offset lies outside the text.
    """
    if not is_offset(offset) or offset > len(text):
        raise RangeError(f"{offset} lies outside a text of {len(text)} characters")
    return _units(text[:offset])


def from_utf16(text: str, offset: int) -> int:
    """Convert an offset in UTF-16 units, as JavaScript counts, to one in code points.

    Raises:
        RangeError: The offset lies outside the text or inside a surrogate pair.
    """
    if not is_offset(offset) or offset > _units(text):
        raise RangeError(f"{offset} lies outside the text")
    before = text.encode("utf-16-le", "surrogatepass")[: 2 * offset]
    points = len(before.decode("utf-16-le", "surrogatepass"))  # half a pair counts as one
    if _units(text[:points]) != offset:
        raise RangeError(f"{offset} lies inside a character that UTF-16 writes as two units")
    return points


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def snap(text: str, start: int, end: int) -> tuple[int, int]:
    """Extend a range outwards so that it cuts no letter as readers see it.

    A base letter with its combining marks, an emoji joined from several and a flag of two
    indicators stay whole. Snapping twice equals snapping once.

    Raises:
        RangeError: The range does not fit the text.

    Source: Unicode Standard Annex 29, extended grapheme clusters.
    """
    check_range(text, start, end)
    return _cluster_at(text, start)[0], _cluster_at(text, end)[1]


def _cluster_at(text: str, offset: int) -> tuple[int, int]:
    """Give the cluster that an offset cuts; an offset between two clusters gives itself twice."""
    if _is_plain_border(text, offset):
        return offset, offset
    for cluster in _CLUSTER.finditer(text, _plain_border_before(text, offset)):
        if cluster.start() >= offset:
            break
        if cluster.end() > offset:
            return cluster.start(), cluster.end()
    return offset, offset


def _is_plain_border(text: str, offset: int) -> bool:
    """Tell whether an offset stands at an end of the text or between two signs that never join.

    Source: Unicode Standard Annex 29, rule GB999 for two signs of the class Other.
    """
    if offset in (0, len(text)):
        return True
    return all(_never_joins(character) for character in text[offset - 1 : offset + 1])


def _never_joins(character: str) -> bool:
    if ord(character) < _ASCII_LIMIT:
        return ord(character) >= _FIRST_PRINTABLE
    return _OTHER.match(character) is not None


def _plain_border_before(text: str, offset: int) -> int:
    while not _is_plain_border(text, offset):
        offset -= 1
    return offset


def widened(text: str, start: int, end: int, beside: int) -> tuple[int, int]:
    """Extend a range by up to so many characters on either side, without cutting a word there."""
    first, last = max(0, start - beside), min(len(text), end + beside)
    while first < start and is_cut(text, first):
        first += 1
    while last > end and is_cut(text, last):
        last -= 1
    return first, last


def is_cut(text: str, offset: int) -> bool:
    """Tell whether an offset stands inside a word or inside a letter as readers see it."""
    if offset in (0, len(text)):
        return False
    if all(_WORD.match(character) for character in text[offset - 1 : offset + 1]):
        return True
    return _cluster_at(text, offset) != (offset, offset)


def is_abbreviated(length: int) -> bool:
    """Tell whether a quote of so many characters is kept by its two ends only."""
    return length > QUOTE_LIMIT


def abbreviate(words: str) -> str:
    """Keep a quote of up to 1,000 characters whole, of a longer one the first and last 500.

    The range's offsets and ``digest`` of the full words are stored beside it.
    """
    if not is_abbreviated(len(words)):
        return words
    return words[: QUOTE_LIMIT // 2] + words[-(QUOTE_LIMIT // 2) :]


def readable(exact: str, length: int) -> str:
    """Give a stored quote for readers, with a gap where words were left out.

    Args:
        exact: What ``abbreviate`` kept.
        length: Characters of the range that was quoted.
    """
    if not is_abbreviated(length):
        return exact
    return exact[: QUOTE_LIMIT // 2] + GAP + exact[-(QUOTE_LIMIT // 2) :]


def digest(words: str) -> str:
    """Give the SHA-256 of words as hexadecimal digits, to recognise an abbreviated quote."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
