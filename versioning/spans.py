"""Where old passages begin within changes, whose offsets count over all of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models.functions import Length

from versioning.models import Change

if TYPE_CHECKING:
    from collections.abc import Sequence


def old_begins(changes: Sequence[Change]) -> dict[int, list[tuple[int, int]]]:
    """Return for each old passage the changes that touch it, with where it begins in each.

    One query, or none where the changes know their passages already (``excerpts``).

    Args:
        changes: Stored changes of any versions.

    Returns:
        Id of the change and code points from the begin of its old side, by the passage's id, in
        the order of the changes.
    """
    begins: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for change, lengths in _lengths(changes):
        at = 0
        for passage, length in lengths:
            begins[passage].append((change, at))
            at += length + 1
    return dict(begins)


def _lengths(changes: Sequence[Change]) -> list[tuple[int, list[tuple[int, int]]]]:
    """Return ids and lengths of the old passages of each change, by the place of the change."""
    ordered = sorted(changes, key=lambda change: (change.position, change.pk))
    if all(hasattr(change, "old_lengths") for change in ordered):
        return [(change.pk, change.old_lengths) for change in ordered]  # type: ignore[attr-defined]  # see above
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    links = Change.old_passages.through.objects.filter(change__in=[c.pk for c in ordered])
    for change, passage, length in links.order_by("passage__position").values_list(
        "change_id", "passage_id", Length("passage__text")
    ):
        found[change].append((passage, length))
    return [(change.pk, found[change.pk]) for change in ordered]
