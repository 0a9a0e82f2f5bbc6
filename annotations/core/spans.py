"""Where the words of a range went in the new text of one row of a comparison."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotations.core.mapping import RowMap, Segment, Stretch

SHORT_BELOW = 12
"""Characters below which a quote follows only what the comparison shows as equal."""
STRETCHING = 2
"""How many times longer than the quote the words around its survivors may be."""


class Span(NamedTuple):
    """Where words of a quote stand in the new text of a row, and how many of them survived."""

    start: int
    end: int
    surviving: int
    stretch: Stretch


def unbroken(found: RowMap, start: int, end: int) -> list[Span]:
    """Give the place of a range whose words stand together as before."""
    for fine in (False, True):
        survivors = found.survivors(start, end, fine=fine)
        if len(survivors) == 1 and survivors[0].length == end - start:
            segment = survivors[0]
            stretch = found.new_stretch_at(segment.new)
            return [Span(segment.new, segment.new_end, segment.length, stretch)]
    return []


def spans_of(found: RowMap, start: int, end: int) -> Iterator[Span]:
    """Give for each new passage of a row where most of a range went."""
    survivors = found.survivors(start, end, fine=end - start >= SHORT_BELOW)
    for stretch, group in groupby(survivors, key=lambda s: found.new_stretch_at(s.new)):
        segments = list(group)
        kept = _densest(segments, STRETCHING * (end - start))
        if not kept:
            continue
        first, last = kept[0].new, kept[-1].new_end
        if kept[0] == survivors[0]:
            first = _with_replacement_before(found, kept[0], start, stretch)
        if kept[-1] == survivors[-1]:
            last = _with_replacement_after(found, kept[-1], end, stretch)
        if last - first > STRETCHING * (end - start):
            first, last = kept[0].new, kept[-1].new_end
        if not found.new_text[first:last].strip():
            continue  # a space alone is no word that survived
        yield Span(first, last, sum(segment.length for segment in kept), stretch)


def _densest(segments: Sequence[Segment], longest: int) -> Sequence[Segment]:
    """Give the neighbouring segments with most characters in a span of bounded length."""
    best: Sequence[Segment] = []
    most = first = weight = 0
    for index, segment in enumerate(segments):
        weight += segment.length
        while segment.new_end - segments[first].new > longest:
            weight -= segments[first].length
            first += 1
        if weight > most:
            most, best = weight, segments[first : index + 1]
    return best


def _with_replacement_before(found: RowMap, segment: Segment, start: int, stretch: Stretch) -> int:
    """Take words along that replaced the beginning of a range."""
    gap_old, gap_new = found.gap_before(segment)
    inside = segment.old - max(start, gap_old)
    taken = inside > 0 and 2 * inside >= segment.old - gap_old
    return max(gap_new, stretch.start) if taken else segment.new


def _with_replacement_after(found: RowMap, segment: Segment, end: int, stretch: Stretch) -> int:
    """Take words along that replaced the end of a range."""
    gap_old, gap_new = found.gap_after(segment)
    inside = min(end, gap_old) - segment.old_end
    taken = inside > 0 and 2 * inside >= gap_old - segment.old_end
    return min(gap_new, stretch.end) if taken else segment.new_end


def best_of(spans: Sequence[Span]) -> list[Span]:
    """Give the spans that kept most characters."""
    most = max(span.surviving for span in spans)
    return [span for span in spans if span.surviving == most]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave spaces at the edges of a range outside."""
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    return start, start + len(words.strip())
