"""Comparison of two versions: the rows of ``core`` with passages, changes and reasons."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from versioning import stages
from versioning.core.compact import expanded
from versioning.core.comparing import Hunk, hunks
from versioning.doors import ChangeReason, is_explained, reasons_of
from versioning.models import Change, Passage, Version
from versioning.outlines import compact_rows, open_outline

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Sequence

    from versioning.core.compact import CompactRow
    from versioning.core.passages import Row

__all__ = [
    "ComparedRow",
    "Comparison",
    "change_url",
    "changes_between",
    "compact_rows",
    "compare_versions",
    "compared_row",
    "places_of",
]


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
        unexplained: How many of the changes no reason explains.
        explained_by: The changes behind which each reason stands.
    """

    row: Row
    old: tuple[Passage, ...]
    new: tuple[Passage, ...]
    ordinal: int = 0
    changes: list[Change] = field(default_factory=list)
    reasons: list[ChangeReason] = field(default_factory=list)
    unexplained: int = 0
    explained_by: dict[ChangeReason, list[Change]] = field(default_factory=dict)
    _hunks: list[Hunk] | None = field(default=None, repr=False, compare=False)

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
        if self._hunks is None:
            self._hunks = hunks(self.row)
        return self._hunks

    @property
    def is_explained(self) -> bool:
        """Whether a disposition or an editorial reason stands beside each of its changes."""
        return bool(self.changes) and not self.unexplained

    def attach(self, change: Change, reasons: Sequence[ChangeReason]) -> None:
        """Put a change with its reasons beside this row."""
        self.changes.append(change)
        self.reasons.extend(reason for reason in reasons if reason not in self.reasons)
        for reason in reasons:
            self.explained_by.setdefault(reason, []).append(change)
        self.unexplained += not is_explained(reasons)

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
        words_added: How many words stand in insertions.
        words_removed: How many words stand in deletions.
        reasons: The reasons of all changes between them, by the id of the change.
    """

    old: Version
    new: Version
    rows: list[ComparedRow]
    numbers: Counter[str]
    words_added: int = 0
    words_removed: int = 0
    reasons: dict[int, list[ChangeReason]] = field(default_factory=dict)

    @property
    def is_consecutive(self) -> bool:
        """Whether one version follows the other."""
        return stages.follows(self.old, self.new)

    @property
    def changed(self) -> list[ComparedRow]:
        """The rows that are not the same on both sides."""
        return [row for row in self.rows if row.ordinal]


def compare_versions(
    old: Version,
    new: Version,
    *,
    reasons_for: Callable[[Sequence[Change]], dict[int, list[ChangeReason]]] = reasons_of,
) -> Comparison:
    """Compare two versions.

    The alignment is computed once and kept without a word of the texts, so a passage that is
    withheld later leaves no trace in it.

    Args:
        old: A version.
        new: A later version of the same page, or the same one.
        reasons_for: Gives the reasons of changes; those of now, unless somebody has kept others.

    Returns:
        All rows with their passages, changes and reasons; queries do not grow with the text.

    Raises:
        ValidationError: They are versions of different pages or languages.
    """
    outline = open_outline(old, new)
    passages = _passages(old, new)
    before, after = passages[old.pk], passages[new.pk]
    rows = [
        compared_row(
            row, [before[i] for i in row.old], [after[j] for j in row.new], outline.ordinals[index]
        )
        for index, row in enumerate(outline.rows)
    ]
    changes = changes_between(old, new)
    reasons = reasons_for(changes) if changes else {}
    _attach_changes(rows, changes, reasons)
    counts = (outline.numbers, outline.words_added, outline.words_removed)
    return Comparison(old, new, rows, *counts, reasons)


def compared_row(
    row: CompactRow, old: Sequence[Passage], new: Sequence[Passage], ordinal: int
) -> ComparedRow:
    """Put the words back into a row; reasons come later."""
    whole = expanded(row, [passage.text for passage in old], [passage.text for passage in new])
    return ComparedRow(whole, tuple(old), tuple(new), ordinal)


def change_url(change: Change) -> str:
    """Return the address of a change within the comparison of its version with the one before.

    That is number 0 where the version is the first of a next stage.
    """
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


def changes_between(old: Version, new: Version) -> list[Change]:
    """Return the changes on the way from one version to a later one, in their order."""
    return list(
        Change.objects.filter(
            version__page=new.page_id,
            version__number__gt=stages.number_on(old, new),
            version__number__lte=new.number,
        ).order_by("version__number", "position")
    )


def _attach_changes(
    rows: Sequence[ComparedRow],
    changes: Sequence[Change],
    reasons: dict[int, list[ChangeReason]],
) -> None:
    """Put the changes between the two versions, with their reasons, at their rows."""
    if not changes:
        return
    row_of = _rows_by_uid(rows)
    uids = _uids_of(changes)
    for change in changes:
        found = {id(row): row for uid in uids[change.pk] if (row := row_of.get(uid))}
        for row in found.values():
            if row.ordinal:
                row.attach(change, reasons[change.pk])


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
