"""Comparison of two versions: the rows of ``core`` with passages, changes and reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.urls import reverse

from versioning.core.compact import CompactRow, compact, expanded
from versioning.core.comparing import ENGINE_VERSION, Hunk, compare, hunks
from versioning.doors import ChangeReason, is_explained, reasons_of
from versioning.models import Change, Lineage, Passage, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from versioning.core.passages import Row

KEPT_FOR = 30 * 24 * 3600
"""Seconds for which a computed comparison is kept."""


@dataclass(slots=True)
class ComparedRow:
    """One row of a comparison.

    Attributes:
        row: Relation and runs, as ``core`` gives them.
        old: Passages of the old version, in reading order.
        new: Passages of the new version, in reading order.
        ordinal: Which change this is, counted from 1; 0 for an unchanged row.
        changes: Stored changes behind this row; between two consecutive versions one for each
            hunk, else all that happened to these passages on the way.
        reasons: Their reasons, none twice.
    """

    row: Row
    old: tuple[Passage, ...]
    new: tuple[Passage, ...]
    ordinal: int = 0
    changes: list[Change] = field(default_factory=list)
    reasons: list[ChangeReason] = field(default_factory=list)

    @property
    def category(self) -> str:
        """The relation, or "format" where the words are the same and their marks are not."""
        if self.row.relation == "changed" and all(
            run.operation == "equal" for run in self.row.runs
        ):
            return "format"
        return self.row.relation

    @property
    def hunks(self) -> list[Hunk]:
        """The changes of the words, in reading order."""
        return hunks(self.row)

    @property
    def is_explained(self) -> bool:
        """Whether a disposition or an editorial reason stands beside it."""
        return is_explained(self.reasons)

    @property
    def is_withheld(self) -> bool:
        """Whether words of this row may not be shown."""
        return any(passage.withheld_at for passage in (*self.old, *self.new))


@dataclass(slots=True)
class Comparison:
    """Two versions of a page, passage by passage.

    Attributes:
        old: The older version.
        new: The newer version.
        rows: Every passage of both versions stands in exactly one row.
        numbers: How many rows each category has; categories without rows are missing.
    """

    old: Version
    new: Version
    rows: list[ComparedRow]
    numbers: Counter[str]

    @property
    def is_consecutive(self) -> bool:
        """Whether one version follows the other."""
        return self.old.page_id == self.new.page_id and self.new.number == self.old.number + 1

    @property
    def changed(self) -> list[ComparedRow]:
        """The rows that are not the same on both sides."""
        return [row for row in self.rows if row.ordinal]


def compare_versions(old: Version, new: Version) -> Comparison:
    """Compare two versions.

    The alignment is computed once and kept without a word of the texts, so a passage that is
    withheld later leaves no trace in it.

    Args:
        old: A version.
        new: A later version of the same page, or the same one.

    Returns:
        All rows with their passages, changes and reasons; queries do not grow with the text.
    """
    passages = _passages(old, new)
    before, after = passages[old.pk], passages[new.pk]
    rows = [
        ComparedRow(
            row=row,
            old=tuple(before[index] for index in row.old),
            new=tuple(after[index] for index in row.new),
        )
        for row in _rows(old, new, before, after)
    ]
    for ordinal, row in enumerate((row for row in rows if row.category != "kept"), start=1):
        row.ordinal = ordinal
    _attach_changes(rows, old, new)
    return Comparison(old, new, rows, Counter(row.category for row in rows))


def change_url(change: Change) -> str:
    """Return the address of a change within the comparison of its version with the one before."""
    number = change.version.number
    url = reverse("versioning:comparison", args=[change.version.page_id, number - 1, number])
    return f"{url}?change={change.pk}#change-{change.pk}"


def places_of(changes: Sequence[Change]) -> dict[int, str]:
    """Return the numbers of the passages that changes touch, the new ones where there are any.

    Args:
        changes: Stored changes, of any versions.

    Returns:
        Numbers for citing by the id of the change, in two queries; without a number, no entry.
    """
    places: dict[int, str] = {}
    keys = [change.pk for change in changes]
    for through in (Change.new_passages.through, Change.old_passages.through):
        found: defaultdict[int, list[str]] = defaultdict(list)
        links = through.objects.filter(change__in=keys).order_by("pk")
        for change, number in links.values_list("change_id", "passage__number"):
            if number and number not in found[change]:
                found[change].append(number)
        places = {change: ", ".join(numbers) for change, numbers in found.items()} | places
    return places


def _passages(old: Version, new: Version) -> dict[int, list[Passage]]:
    found: dict[int, list[Passage]] = {old.pk: [], new.pk: []}
    rows = Passage.objects.filter(version__in={old.pk, new.pk}).select_related("locale")
    for passage in rows.order_by("version", "position"):
        found[passage.version_id].append(passage)
    return found


def _rows(
    old: Version, new: Version, before: Sequence[Passage], after: Sequence[Passage]
) -> list[Row]:
    key = _key(old, new, before, after)
    stored: list[CompactRow] | None = cache.get(key)
    if stored is None:
        rows = compare(
            [passage.as_text() for passage in before],
            [passage.as_text() for passage in after],
            lineage=_lineage(old, new, before, after),
            complete=old.page_id == new.page_id and new.number == old.number + 1,
        )
        cache.set(key, [compact(row) for row in rows], KEPT_FOR)
        return rows
    return [
        expanded(row, [before[i].text for i in row.old], [after[j].text for j in row.new])
        for row in stored
    ]


def _key(old: Version, new: Version, before: Sequence[Passage], after: Sequence[Passage]) -> str:
    """Name a comparison by its versions, the engine, and what may not be shown of them."""
    state = ",".join(
        f"{passage.pk}:{passage.text_hash}:{len(passage.text)}" for passage in (*before, *after)
    )
    digest = sha256(state.encode()).hexdigest()
    return f"synopse-comparison:{ENGINE_VERSION}:{old.pk}:{new.pk}:{digest}"


def _lineage(
    old: Version, new: Version, before: Sequence[Passage], after: Sequence[Passage]
) -> list[tuple[int, int]]:
    """Follow the stored lineage from the old to the new version, over those between them."""
    if old.page_id != new.page_id or new.number <= old.number:
        return []
    steps: dict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, origin, successor in (
        Lineage.objects.filter(
            new__version__page=new.page_id,
            new__version__number__gt=old.number,
            new__version__number__lte=new.number,
        )
        .order_by("pk")
        .values_list("new__version__number", "old_id", "new_id")
    ):
        steps[number][origin].append(successor)
    reached = {passage.pk: [passage.pk] for passage in before}
    for number in range(old.number + 1, new.number + 1):
        step = steps[number]
        reached = {
            start: list(dict.fromkeys(after for place in places for after in step.get(place, ())))
            for start, places in reached.items()
        }
    places = {passage.pk: index for index, passage in enumerate(after)}
    return [
        (index, places[pk])
        for index, passage in enumerate(before)
        for pk in reached[passage.pk]
        if pk in places
    ]


def _attach_changes(rows: Sequence[ComparedRow], old: Version, new: Version) -> None:
    """Put the changes between the two versions, with their reasons, at their rows."""
    changes = list(
        Change.objects.filter(
            version__page=new.page_id,
            version__number__gt=old.number,
            version__number__lte=new.number,
        ).order_by("version__number", "position")
    )
    if not changes:
        return
    reasons = reasons_of(changes)
    row_of = _rows_by_uid(rows)
    uids = _uids_of(changes)
    for change in changes:
        found = {id(row): row for uid in uids[change.pk] if (row := row_of.get(uid))}
        for row in found.values():
            if row.ordinal:
                row.changes.append(change)
                row.reasons.extend(r for r in reasons[change.pk] if r not in row.reasons)


def _rows_by_uid(rows: Iterable[ComparedRow]) -> dict[Any, ComparedRow]:
    found: dict[Any, ComparedRow] = {}
    for row in rows:
        for passage in row.old:
            found.setdefault(passage.uid, row)
        for passage in row.new:
            found[passage.uid] = row
    return found


def _uids_of(changes: Sequence[Change]) -> defaultdict[int, list[Any]]:
    """Return the uids of the passages that each change touches, in one query."""
    uids: defaultdict[int, list[Any]] = defaultdict(list)
    versions = {change.version_id for change in changes}
    new, old = (
        through.objects.filter(change__version__in=versions).values_list(
            "change_id", "passage__uid"
        )
        for through in (Change.new_passages.through, Change.old_passages.through)
    )
    for change, uid in new.union(old):
        uids[change].append(uid)
    return uids
