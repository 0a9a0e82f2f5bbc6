"""Where the words of a version come from: followed through every version before it.

What is followed are the stored lineage and the stored changes, not a comparison made anew: they
never change after publishing, every inserted stretch belongs to exactly one change with its
reasons, and words that were withheld later do not cut the way of those that stayed. Nothing that
is kept here holds a word.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.cache import cache
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Length

from versioning.core.origins import (
    UNKNOWN,
    Edit,
    Mark,
    Succession,
    first_origins,
    marks_of,
    next_origins,
)
from versioning.models import Change, Lineage, Passage, Version
from versioning.stages import BEFORE_FIRST, stage_before

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from versioning.core.origins import Origins

FORMAT = 1
"""Changes whenever the same versions may give other marks; part of the cache's keys."""
KEPT_FOR = 30 * 24 * 3600
"""Seconds for which a result is kept; computing it again costs six queries."""


@dataclass(frozen=True, slots=True)
class VersionOrigins:
    """Which version brought which words of a version.

    Attributes:
        first: Number of the page's first version, 0 for the final one of the stage before.
        length: How many code points the version has.
        marks: Marks by the position of their passage; passages that are the first version's in
            whole are left out. The marks of a passage cover its text.
    """

    first: int
    length: int
    marks: dict[int, tuple[Mark, ...]] = field(default_factory=dict)

    def younger(self, position: int) -> list[Mark]:
        """Return the marks of one passage that a later version than the first one brought."""
        return [mark for mark in self.marks.get(position, ()) if mark.version != self.first]


class _Known(NamedTuple):
    """A version of the chain."""

    number: int
    pk: int
    content_hash: str

    @property
    def key(self) -> str:
        return f"{FORMAT}:{self.pk}:{self.content_hash}"


def origins_of(version: Version, *, withheld: int) -> VersionOrigins:
    """Return where the words of a version come from.

    Args:
        version: Any version of a page.
        withheld: How many of its passages are withheld; their words have no origin any more.

    Returns:
        Marks without words. From the cache it takes no query, else six, whatever the number of
        passages and versions; each later version needs one step only while its predecessor's
        result is kept.
    """
    key = f"synopse-origin-marks:{FORMAT}:{version.pk}:{withheld}:{version.content_hash}"
    found: VersionOrigins | None = cache.get(key)
    if found is None:
        found = _marked(version)
        cache.set(key, found, KEPT_FOR)
    return found


def _marked(version: Version) -> VersionOrigins:
    chain = [
        _Known(*row)
        for row in Version.objects.filter(page=version.page_id, number__lte=version.number)
        .order_by("number")
        .values_list("number", "pk", "content_hash")
    ]
    before = stage_before(version.page_id)
    if before is not None:
        chain.insert(0, _Known(BEFORE_FIRST, before.pk, before.content_hash))
    stretches = _stretches(version.page_id, chain)
    first, length = chain[0].number, 0
    marks: dict[int, tuple[Mark, ...]] = {}
    texts = version.passages.order_by("position").values_list("position", "text")
    for position, text in texts.iterator():
        length += len(text)
        found = marks_of(stretches[position], text) if text else ()
        if any(mark.version != first for mark in found):
            marks[position] = found
    return VersionOrigins(first, length, marks)


def _stretches(page_id: int, chain: list[_Known]) -> Origins:
    """Follow the chain to its end, from its beginning or from what is kept of the last but one."""
    before: Origins | None = None
    begin = 0
    if len(chain) > 1:
        before = cache.get(f"synopse-origins:{chain[-2].key}")
        begin = len(chain) - 1 if before is not None else 0
    steps = _Steps(page_id, chain[begin], chain[-1].number)
    for place in range(begin, len(chain)):
        number = chain[place].number
        lengths = steps.lengths(number)
        if before is None:
            before = first_origins(lengths, number)
        else:
            before = next_origins(
                before,
                steps.successions(number),
                lengths,
                version=number,
                previous=chain[place - 1].number,
            )
    found = before or []
    cache.set(f"synopse-origins:{chain[-1].key}", found, KEPT_FOR)
    return found


class _Steps:
    """The steps from version to version, read one after another in three queries for all."""

    def __init__(self, page_id: int, first: _Known, end: int) -> None:
        begin = first.number
        own = Q(version__page=page_id, version__number__gt=begin, version__number__lte=end)
        number = Case(
            When(version=first.pk, then=Value(begin)),
            default=F("version__number"),
            output_field=IntegerField(),
        )
        lengths = Passage.objects.filter(own | Q(version=first.pk)).annotate(number_here=number)
        lengths = lengths.order_by("number_here", "position")
        lineage = Lineage.objects.filter(
            new__version__page=page_id,
            new__version__number__gte=begin,
            new__version__number__lte=end,
        ).order_by("new__version__number", "pk")
        through = Change.new_passages.through.objects.filter(
            change__version__page=page_id,
            change__version__number__gte=begin,
            change__version__number__lte=end,
        ).order_by("change__version__number", "change__position", "pk")
        self._lengths = _Numbered(
            lengths.values_list("number_here", "withheld_at", Length("text")).iterator()
        )
        self._lineage = _Numbered(
            lineage.values_list("new__version__number", "old__position", "new__position").iterator()
        )
        offsets = ("old_start", "old_end", "new_start", "new_end")
        self._edits = _Numbered(
            through.values_list(
                "change__version__number",
                "passage__position",
                *(f"change__{name}" for name in offsets),
                "change_id",
            ).iterator()
        )

    def lengths(self, number: int) -> list[int]:
        """Return the lengths of a version's passages; those of withheld words are not known."""
        return [UNKNOWN if gone else length for gone, length in self._lengths.of(number)]

    def successions(self, number: int) -> list[Succession]:
        """Return what became of the passages before in a version."""
        rows = _rows(self._lineage.of(number))
        edits: defaultdict[int, dict[int, Edit]] = defaultdict(dict)
        for position, old_start, old_end, new_start, new_end, change in self._edits.of(number):
            row = rows.setdefault(position, _Row(set(), {position}))
            edit = Edit(old_start, old_end, new_start, new_end, change)
            edits[id(row)].setdefault(change, edit)
        return [
            Succession(
                tuple(sorted(row.old)), tuple(sorted(row.new)), tuple(edits[id(row)].values())
            )
            for row in {id(row): row for row in rows.values()}.values()
        ]


class _Numbered:
    """Rows that begin with the number of their version, in the order of the numbers."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, number: int) -> list[tuple[Any, ...]]:
        """Return the rows of a version without its number; rows of earlier ones are passed."""
        found: list[tuple[Any, ...]] = []
        while self._next is not None and self._next[0] <= number:
            if self._next[0] == number:
                found.append(self._next[1:])
            self._next = next(self._rows, None)
        return found


class _Row(NamedTuple):
    """Passages that belong together: positions of the old ones and of the new ones."""

    old: set[int]
    new: set[int]


def _rows(lineage: Iterable[tuple[int, int]]) -> dict[int, _Row]:
    """Put pairs of positions together and return each row under all of its new positions."""
    by_old: dict[int, _Row] = {}
    by_new: dict[int, _Row] = {}
    for old, new in lineage:
        row = by_new.get(new) or by_old.get(old) or _Row(set(), set())
        row.old.add(old)
        row.new.add(new)
        by_old[old] = by_new[new] = row
    return by_new
