"""Where the words of a text come from: blame for prose, from lengths alone.

A version is followed from the one before it: equal stretches inherit the origin of the stretch
that they were, whatever moved, split or merged around them; inserted stretches are born. No word
of any text is needed, so nothing that is withheld can stay in the result.

Units: offsets are code points, end exclusive. The passages of one side of a succession are joined
with one line feed, which belongs to no passage.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

UNKNOWN = 1 << 31
"""Length of a passage whose words have left; longer than any passage."""


class Edit(NamedTuple):
    """One stretch that differs: what it replaced, what it became, and which change it is."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    change: int = 0


class Succession(NamedTuple):
    """Passages of one version and what they became in the next one.

    Attributes:
        old: Indices of the old passages, in reading order; empty where the new ones are added.
        new: Indices of the new passages, in reading order.
        edits: What differs between them, in reading order; the rest is equal.
    """

    old: tuple[int, ...]
    new: tuple[int, ...]
    edits: tuple[Edit, ...] = ()


class Stretch(NamedTuple):
    """Words of one passage that came together.

    Attributes:
        start: Where they begin in the passage that is looked at.
        end: Where they end there.
        version: Number of the version that brought them.
        change: The change that brought them, 0 for the first version.
        passage: Index of the passage that held them in that version.
        begin: Where they began in it.
    """

    start: int
    end: int
    version: int
    change: int
    passage: int
    begin: int

    def part(self, start: int, end: int, shift: int) -> Stretch:
        """Return what lies between two offsets, moved along by ``shift``."""
        first, last = max(start, self.start), min(end, self.end)
        begin = self.begin + first - self.start
        return self._replace(start=first + shift, end=last + shift, begin=begin)


Origins = list[list[Stretch]]
"""The stretches of each passage of a version; they cover its words exactly, in order."""


def first_origins(lengths: Sequence[int], version: int) -> Origins:
    """Return the origins of a version that follows no other: all words are its own."""
    return [
        [Stretch(0, length, version, 0, index, 0)] if length else []
        for index, length in enumerate(lengths)
    ]


def next_origins(
    before: Origins,
    successions: Iterable[Succession],
    lengths: Sequence[int],
    *,
    version: int,
    previous: int,
) -> Origins:
    """Follow the origins of one version into the next.

    Words that were deleted and brought back later are born when they came back. Where the way of
    words is lost, because the passage that held them was withheld, the version before counts.

    Args:
        before: Origins of the version before.
        successions: What became of its passages. A passage of the new version that stands in
            none of them is new as a whole.
        lengths: Lengths of the new version's passages; ``UNKNOWN`` where words have left.
        version: Number of the new version.
        previous: Number of the version before.

    Returns:
        Stretches that cover each passage exactly. The work grows with their number alone.
    """
    after = first_origins(lengths, version)
    for succession in successions:
        sizes = [lengths[index] for index in succession.new]
        joined = _followed(before, succession, sizes, (version, previous))
        _deal_out(joined, succession.new, sizes, after)
    return after


def _followed(
    before: Origins, succession: Succession, sizes: Sequence[int], numbers: tuple[int, int]
) -> list[Stretch]:
    """Return the stretches of the new side, its passages joined; ``passage`` is -1 if born."""
    version, previous = numbers
    old = _Walk(_joined(before, succession, sizes), previous)
    found: list[Stretch] = []
    total = sum(sizes) + len(sizes) - 1
    old_at = new_at = 0
    for edit in succession.edits:
        start = min(max(edit.new_start, new_at), total)
        end = min(max(edit.new_end, start), total)
        found.extend(old.through(old_at, start - new_at, new_at - old_at))
        if start < end:
            found.append(Stretch(start, end, version, edit.change, -1, start))
        old_at, new_at = max(edit.old_end, old_at), end
    found.extend(old.through(old_at, total - new_at, new_at - old_at))
    return found


def _joined(before: Origins, succession: Succession, sizes: Sequence[int]) -> list[Stretch]:
    """Return the stretches of the old passages, one after another with a line feed between."""
    found: list[Stretch] = []
    base = 0
    for index, size in zip(succession.old, _old_sizes(before, succession, sizes), strict=True):
        found.extend(stretch.part(0, size, base) for stretch in before[index])
        base += size + 1
    return found


def _old_sizes(before: Origins, succession: Succession, sizes: Sequence[int]) -> list[int]:
    """Return the lengths of the old passages; a single unknown one follows from the others."""
    found = [before[index][-1].end if before[index] else 0 for index in succession.old]
    unknown = [place for place, size in enumerate(found) if size >= UNKNOWN]
    if len(unknown) == 1 and max(sizes, default=0) < UNKNOWN:
        grown = sum(e.new_end - e.new_start - e.old_end + e.old_start for e in succession.edits)
        total = sum(sizes) + len(sizes) - len(found) - grown
        known = sum(size for size in found if size < UNKNOWN)
        found[unknown[0]] = max(total - known, 0)
    return found


class _Walk:
    """Reads stretches from front to back, each once."""

    def __init__(self, stretches: Sequence[Stretch], previous: int) -> None:
        self._stretches = stretches
        self._at = 0
        self._previous = previous

    def through(self, start: int, length: int, shift: int) -> Iterator[Stretch]:
        """Yield what covers ``length`` code points from ``start``, moved along by ``shift``."""
        end = start + length
        while start < end:
            while self._at < len(self._stretches) and self._stretches[self._at].end <= start:
                self._at += 1
            known = self._stretches[self._at] if self._at < len(self._stretches) else None
            if known is None or known.start > start:
                until = min(end, known.start) if known else end
                yield Stretch(start + shift, until + shift, self._previous, 0, -1, start + shift)
                start = until
                continue
            yield known.part(start, end, shift)
            start = min(end, known.end)


def _deal_out(
    joined: Sequence[Stretch], passages: Sequence[int], sizes: Sequence[int], after: Origins
) -> None:
    """Give each new passage its share of the joined stretches, without the line feeds."""
    base = at = 0
    for index, size in zip(passages, sizes, strict=True):
        while at and joined[at - 1].end > base:
            at -= 1
        shares: list[Stretch] = []
        while at < len(joined) and joined[at].start < base + size:
            if joined[at].end > base:
                _add(shares, _own(joined[at].part(base, base + size, -base), index))
            at += 1
        after[index] = shares
        base += size + 1


def _own(stretch: Stretch, index: int) -> Stretch:
    """Give a stretch that was just born its place."""
    if stretch.passage < 0:
        return stretch._replace(passage=index, begin=stretch.start)
    return stretch


def _add(shares: list[Stretch], stretch: Stretch) -> None:
    """Add a stretch; what stood together where it was born is one stretch again."""
    last = shares[-1] if shares else None
    if (
        last
        and last[2:5] == stretch[2:5]
        and last.begin + last.end - last.start == stretch.begin
        and last.end == stretch.start
    ):
        shares[-1] = last._replace(end=stretch.end)
    else:
        shares.append(stretch)


class Mark(NamedTuple):
    """Words of one passage as they are shown: whole words of one version.

    Attributes:
        start: Where they begin.
        end: Where they end.
        version: Number of the version that brought them.
        changes: The changes that brought them, none twice.
    """

    start: int
    end: int
    version: int
    changes: tuple[int, ...] = ()


def marks_of(stretches: Sequence[Stretch], text: str) -> tuple[Mark, ...]:
    """Return stretches as they are read: by words.

    A space at the border of two stretches goes to the older one. A space between two stretches
    of one version, and a sign that is older than both, joins them: it is no news.

    Args:
        stretches: Stretches of a passage.
        text: Its text.

    Returns:
        Marks that cover the text exactly, in order; neighbours are of different versions.
    """
    marks: list[Mark] = []
    for mark in _spaces_to_the_older([Mark(*s[:3], _changes(s)) for s in stretches], text):
        marks.append(mark)
        _join_last(marks, text)
    return tuple(marks)


def _changes(stretch: Stretch) -> tuple[int, ...]:
    return (stretch.change,) if stretch.change else ()


def _spaces_to_the_older(marks: list[Mark], text: str) -> Iterator[Mark]:
    """Move borders so that a younger mark neither begins nor ends with a space."""
    begin = marks[0].start if marks else 0
    for mark, follower in zip(marks, [*marks[1:], None], strict=True):
        end = mark.end
        if follower and follower.version < mark.version:
            while end > begin and text[end - 1].isspace():
                end -= 1
        elif follower and follower.version > mark.version:
            while end < follower.end and text[end].isspace():
                end += 1
        if end > begin:
            yield mark._replace(start=begin, end=end)
        begin = end


def _join_last(marks: list[Mark], text: str) -> None:
    """Join the last marks where they belong together."""
    if len(marks) > 1 and marks[-2].version == marks[-1].version:
        marks[-2:] = [_union(marks[-2:], marks[-1].version)]
    elif len(marks) > 2 and marks[-3].version == marks[-1].version:
        between, version = marks[-2], marks[-1].version
        signs = (text[place] for place in range(between.start, between.end))
        is_news = str.isalnum if between.version < version else _is_no_space
        if not any(map(is_news, signs)):
            marks[-3:] = [_union([marks[-3], marks[-1]], version)]


def _is_no_space(sign: str) -> bool:
    return not sign.isspace()


def _union(marks: Sequence[Mark], version: int) -> Mark:
    changes = dict.fromkeys(chain.from_iterable(mark.changes for mark in marks))
    return Mark(marks[0].start, marks[-1].end, version, tuple(changes))
