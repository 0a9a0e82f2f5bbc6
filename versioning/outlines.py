"""Outlines: comparisons without words, read from the store, from the cache or computed."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import F
from django.db.models.functions import Coalesce

from versioning import stages
from versioning.computing import (
    Result,
    compute,
    digest,
    parameters,
    require_comparable,
    withheld_count,
    withheld_in,
)
from versioning.core.compact import CompactRow, from_json
from versioning.core.comparing import ENGINE_VERSION
from versioning.models import StoredComparison

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from versioning.models import Version

KEPT_FOR = 24 * 3600
"""Seconds for which a comparison stays in the cache until a worker has stored it."""
KNOWN = 16
"""How many stored outlines a process remembers; they hold no words."""


@dataclass(slots=True)
class Outline:
    """What became of each passage between two versions, without any words.

    Attributes:
        old: The older version.
        new: The newer version.
        rows: Every passage of both versions stands in exactly one row; new text's order.
        words_added: How many words stand in insertions.
        words_removed: How many words stand in deletions.
        chapters: Ordinal of each chapter of the new text with the place of its first passage.
        ordinals: Which change each row is, counted from 1; 0 for an unchanged row.
        chapter_of: In which chapter of the new text each row stands.
        numbers: How many rows each category has; categories without rows are missing.
        remembered: What others have worked out from the rows alone, by its name; it lives as long
            as the process remembers the outline.
    """

    old: Version
    new: Version
    rows: list[CompactRow]
    words_added: int
    words_removed: int
    chapters: list[tuple[int, int]]
    ordinals: list[int] = field(init=False)
    chapter_of: list[int] = field(init=False)
    numbers: Counter[str] = field(init=False)
    remembered: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Number the changes and find the chapter of each row."""
        categories = [row.category for row in self.rows]
        self.numbers = Counter(categories)
        self.ordinals = []
        changes = 0
        for category in categories:
            changes += category != "kept"
            self.ordinals.append(changes if category != "kept" else 0)
        self.chapter_of = self._chapters_of_rows()

    @property
    def total(self) -> int:
        """How many rows are not the same on both sides."""
        return len(self.rows) - self.numbers["kept"]

    @property
    def is_consecutive(self) -> bool:
        """Whether one version follows the other."""
        return stages.follows(self.old, self.new)

    def _chapters_of_rows(self) -> list[int]:
        """A removed passage stands in the chapter of what comes before it."""
        firsts = [first for _chapter, first in self.chapters]
        found: list[int] = []
        current = self.chapters[0][0] if self.chapters else 0
        for row in self.rows:
            if row.new:
                current = self.chapters[bisect(firsts, row.new[0]) - 1][0]
            found.append(current)
        return found


def compact_rows(old: Version, new: Version) -> list[CompactRow]:
    """Return how two versions relate, without a word of any text.

    Args:
        old: A version.
        new: A later version of the same page, or the same one.

    Raises:
        ValidationError: They are versions of different pages or languages.
    """
    return open_outline(old, new).rows


def open_outline(old: Version, new: Version) -> Outline:
    """Return the outline of a comparison: what is stored and still fits, else computed.

    One query where it is stored and this process has read it before. Nothing is written to the
    database here: a worker does that; until then the cache holds what was computed.

    Args:
        old: A version.
        new: A later version of the same page, or the same one.

    Raises:
        ValidationError: They are versions of different pages or languages.
    """
    require_comparable(old, new)
    stored = _stored(old, new)
    if stored is not None and fits(stored, old, new, _withheld(stored)):
        try:
            known = _known(stored.pk, stored.computed_at)
        except StoredComparison.DoesNotExist:  # another one took its place meanwhile
            return _computed(old, new, withheld_in(old, new))
        return _between(known, old, new)
    return _computed(old, new, _withheld(stored) if stored is not None else withheld_in(old, new))


def _computed(old: Version, new: Version, withheld: tuple[int, int]) -> Outline:
    key = f"synopse-comparison:{ENGINE_VERSION}:{digest(old, new, withheld)}"
    found: Result | None = cache.get(key)
    if found is None:
        found = compute(old, new)
        cache.set(key, found, KEPT_FOR)
    return _outline(found, old, new)


def _outline(result: Result, old: Version, new: Version) -> Outline:
    counts = (result.words_added, result.words_removed)
    return Outline(old, new, result.rows, *counts, result.chapters)


@lru_cache(maxsize=KNOWN)
def _known(key: int, computed_at: datetime) -> Outline:
    """Return a stored outline, which this process remembers; who asks knows that it still fits.

    Raises:
        DoesNotExist: It is not stored any more.
    """
    stored = StoredComparison.objects.select_related("old", "new").get(
        pk=key, computed_at=computed_at
    )
    totals = stored.totals
    result = Result(
        rows=[from_json(row) for row in stored.rows],
        words_added=totals["added"],
        words_removed=totals["removed"],
        chapters=[(chapter, first) for chapter, first in totals["chapters"]],
    )
    return _outline(result, stored.old, stored.new)


def _between(known: Outline, old: Version, new: Version) -> Outline:
    """Return an outline with these versions, whose labels and summaries may have changed."""
    outline = copy(known)
    outline.old, outline.new = old, new
    return outline


def fits(stored: StoredComparison, old: Version, new: Version, withheld: tuple[int, int]) -> bool:
    """Tell whether a stored comparison is what the engine would find now."""
    return (
        stored.engine_version == ENGINE_VERSION
        and stored.digest == digest(old, new, withheld)
        and stored.parameters == parameters()
    )


def stored_among(versions: Collection[Version]) -> set[int]:
    """Return the ids of the versions whose comparison with the one before is stored and fits.

    Args:
        versions: Versions of any pages; one query for all of them.
    """
    found = _with_withheld(
        StoredComparison.objects.filter(
            new__in=versions, old__page=F("new__page"), old__number=F("new__number") - 1
        ).select_related("old", "new")
    )
    return {one.new_id for one in found if fits(one, one.old, one.new, _withheld(one))}


def changes_between(pairs: Collection[tuple[Version, Version]]) -> dict[tuple[int, int], int]:
    """Return how many changes comparisons show that are stored and fit.

    Args:
        pairs: Older and newer versions of any pages; one query for all of them.

    Returns:
        Numbers by the ids of both versions; what is not stored yet is missing.
    """
    wanted = {(old.pk, new.pk): (old, new) for old, new in pairs}
    news, olds = {new for _old, new in wanted}, {old for old, _new in wanted}
    found = _counted(StoredComparison.objects.filter(new__in=news, old__in=olds)) if wanted else ()
    numbers = {}
    for one in found:
        key = (one.old_id, one.new_id)
        if key in wanted and fits(one, *wanted[key], _withheld(one)):
            numbers[key] = sum(from_json(row).category != "kept" for row in one.rows)
    return numbers


def _stored(old: Version, new: Version) -> StoredComparison | None:
    return _with_withheld(StoredComparison.objects.filter(old=old, new=new)).first()


def _with_withheld(stored: QuerySet[StoredComparison]) -> QuerySet[StoredComparison]:
    """Add how many passages are withheld on both sides, and leave the rows where they are."""
    return _counted(stored).defer("rows", "totals")


def _counted(stored: QuerySet[StoredComparison]) -> QuerySet[StoredComparison]:
    return stored.annotate(
        withheld_old=Coalesce(withheld_count("old"), 0),
        withheld_new=Coalesce(withheld_count("new"), 0),
    )


def _withheld(stored: StoredComparison) -> tuple[int, int]:
    return stored.withheld_old, stored.withheld_new  # type: ignore[attr-defined]  # annotated
