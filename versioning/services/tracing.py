"""What became of each passage: lineage and changes of a version that is being frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from versioning.core import comparing
from versioning.core.comparing import Hunk
from versioning.models import Change, Lineage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from versioning.core.passages import Row
    from versioning.models import Passage, Version


class _Draft(NamedTuple):
    """A change before it is stored, with the passages that it belongs to."""

    change: Change
    old: list[Passage]
    new: list[Passage]


def store_origins(
    *, version: Version, old: Sequence[Passage], new: Sequence[Passage], rows: Sequence[Row]
) -> None:
    """Store lineage and changes between a version and the one before it.

    Args:
        version: The version being frozen; its passages are stored.
        old: Passages of the version before, in reading order.
        new: Its own passages, in reading order.
        rows: Result of ``lineage.trace`` for the two.
    """
    pairs = [(i, j) for row in rows for i in row.old for j in row.new]
    compared = comparing.compare(
        [passage.as_text() for passage in old],
        [passage.as_text() for passage in new],
        lineage=pairs,
        complete=True,
    )
    Lineage.objects.bulk_create(
        Lineage(old=old[i], new=new[j], relation=row.relation, similarity=row.similarity)
        for row in compared
        for i in row.old
        for j in row.new
    )
    _store_changes([draft for row in compared for draft in _drafts(version, row, old, new)])


def _drafts(
    version: Version, row: Row, old: Sequence[Passage], new: Sequence[Passage]
) -> list[_Draft]:
    """Return the changes of a row: one per hunk, or one where only the place or format differs."""
    if row.relation == "kept":
        return []
    hunks = comparing.hunks(row) or [Hunk(0, 0, 0, 0, "", "")]
    return [
        _Draft(
            Change(
                version=version,
                relation=row.relation,
                old_start=hunk.old_start,
                old_end=hunk.old_end,
                new_start=hunk.new_start,
                new_end=hunk.new_end,
                old_words=hunk.old_text,
                new_words=hunk.new_text,
                format=", ".join(row.format),
            ),
            [old[i] for i in row.old],
            [new[j] for j in row.new],
        )
        for hunk in hunks
    ]


def _store_changes(drafts: Sequence[_Draft]) -> None:
    for position, draft in enumerate(drafts):
        draft.change.position = position
    Change.objects.bulk_create(draft.change for draft in drafts)
    old_links, new_links = Change.old_passages.through, Change.new_passages.through
    old_links.objects.bulk_create(
        old_links(change=draft.change, passage=passage) for draft in drafts for passage in draft.old
    )
    new_links.objects.bulk_create(
        new_links(change=draft.change, passage=passage) for draft in drafts for passage in draft.new
    )
