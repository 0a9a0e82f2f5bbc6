"""From dispositions to the changes of the text that they announced."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Prefetch

from annotations.core.merging import new_words
from annotations.models import Annotation, AppliedSuggestion, Disposition, Outcome, Placement
from versioning.models import Change, Passage, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LINKED_OUTCOMES = frozenset({Outcome.ADOPTED, Outcome.PARTLY_ADOPTED})
"""Outcomes that announce other words."""


class Spot(NamedTuple):
    """Where an annotation stands on a version; start and end are empty for a whole passage."""

    passage: int
    start: int | None
    end: int | None


def link_changes(*, version: Version) -> int:
    """Give adopted dispositions the changes of a version that touch their annotations' words.

    One that announced other words and finds none is missing: its annotations are open again. So is
    one whose words went into the draft from a suggested edit and are not in the version. A
    disposition that was decided when the version was out already only waits for the next one.

    Args:
        version: One whose annotations of older versions are placed.

    Returns:
        How many dispositions are linked now.
    """
    waiting = list(
        Disposition.objects.filter(
            page_id=version.page_id,
            outcome__in=LINKED_OUTCOMES,
            changes=None,
            annotations__version__number__lt=version.number,
        ).distinct()
    )
    if not waiting:
        return 0
    changes = _changes_by_passage([version])
    linked = 0
    for disposition, spots in _spots(waiting, version.number - 1):
        linked += _link(disposition, _touched(spots, changes), version=version)
    return linked


@transaction.atomic
def _link(disposition: Disposition, found: Sequence[Change], *, version: Version) -> int:
    row = Disposition.objects.select_for_update(of=("self",)).get(pk=disposition.pk)
    found = _with_accepted_words(row, found, version)
    if found:
        row.changes.add(*found)
    is_missing = not found and row.decided_at < version.published_at
    if row.missing != is_missing:
        row.missing = is_missing
        row.save(update_fields=["missing"])
    return int(bool(found))


def _with_accepted_words(
    disposition: Disposition, found: Sequence[Change], version: Version
) -> Sequence[Change]:
    """Return the changes of a disposition whose suggested edits went into the draft.

    Nothing where the version does not say what they put there. Where the annotated words have left
    the text before, so that no change touches them, those are taken that brought the new ones.
    """
    accepted = AppliedSuggestion.objects.filter(disposition=disposition, taken_back_at=None)
    edits = [(row.block, new_words(row.before, row.after)) for row in accepted]
    if not edits:
        return found
    changes = found or list(version.changes.filter(new_passages__block__in=dict(edits)).distinct())
    texts = dict(Passage.objects.filter(changes_to__in=changes).values_list("pk", "text"))
    if not all(any(word in text for text in texts.values()) for _, new in edits for word in new):
        return ()
    if found:
        return found
    words = {word for _, new in edits for word in new}
    return [one for one in changes if any(_shares(one.new_words, word) for word in words)]


def _shares(one: str, other: str) -> bool:
    """Tell whether one of two stretches of words is part of the other."""
    one = one.strip()
    return bool(one) and (one in other or other in one)


def changes_for(disposition: Disposition) -> list[Change]:
    """Find the changes for a disposition that is made when newer versions are out already.

    Returns:
        The changes of the first version after its annotations that touch their words; nothing
        while there is no such version.
    """
    if disposition.outcome not in LINKED_OUTCOMES:
        return []
    newer = _newer_versions(disposition)
    for version in newer:
        spots = [spot for _, found in _spots([disposition], version.number - 1) for spot in found]
        touched = _touched(spots, _changes_by_passage([version]))
        if touched:
            return touched
    return []


def _newer_versions(disposition: Disposition) -> list[Version]:
    oldest = (
        disposition.annotations.order_by("version__number")
        .values_list("version__number", flat=True)
        .first()
    )
    if oldest is None:
        return []
    found = Version.objects.filter(page_id=disposition.page_id, number__gt=oldest)
    return list(found.order_by("number"))


def _spots(
    dispositions: Iterable[Disposition], number: int
) -> list[tuple[Disposition, list[Spot]]]:
    """Give for each disposition where its annotations stand on the version of a number."""
    by_pk = {disposition.pk: disposition for disposition in dispositions}
    spots: dict[int, list[Spot]] = {pk: [] for pk in by_pk}
    written = Annotation.objects.filter(disposition__in=by_pk, version__number=number)
    for pk, *spot in written.values_list("disposition_id", "passage_id", "start", "end"):
        spots[pk].append(Spot(*spot))
    placed = Placement.objects.filter(
        annotation__disposition__in=by_pk, version__number=number, passage__isnull=False
    )
    for pk, *spot in placed.values_list("annotation__disposition_id", "passage_id", "start", "end"):
        spots[pk].append(Spot(*spot))
    return [(by_pk[pk], found) for pk, found in spots.items()]


def _changes_by_passage(versions: Iterable[Version]) -> dict[int, list[tuple[int, Change]]]:
    """Give for each old passage its changes, with where it begins in the old side of each."""
    ordered = Passage.objects.order_by("position").only("pk", "text", "position")
    changes = Change.objects.filter(version__in=list(versions)).prefetch_related(
        Prefetch("old_passages", queryset=ordered)
    )
    found: dict[int, list[tuple[int, Change]]] = {}
    for change in changes.order_by("position"):
        begin = 0
        for passage in change.old_passages.all():
            found.setdefault(passage.pk, []).append((begin, change))
            begin += len(passage.text) + 1
    return found


def _touched(
    spots: Iterable[Spot], changes: Mapping[int, Sequence[tuple[int, Change]]]
) -> list[Change]:
    """Give the changes that touch one of the spots, each once."""
    touched = {
        change.pk: change
        for spot in spots
        for begin, change in changes.get(spot.passage, ())
        if touches(change, begin=begin, start=spot.start, end=spot.end)
    }
    return list(touched.values())


def touches(change: Change, *, begin: int, start: int | None, end: int | None) -> bool:
    """Tell whether a change touches words of one of its old passages.

    Words that were put in directly before or behind the range count; so does the move of the
    whole passage.

    Args:
        change: The change.
        begin: Where the passage begins in the old side of the change.
        start: Begin of the words in the passage; empty for the whole passage.
        end: Their end, exclusive.
    """
    if start is None or end is None or not (change.old_words or change.new_words):
        return True
    if change.old_start == change.old_end:
        return begin + start <= change.old_start <= begin + end
    return change.old_start < begin + end and begin + start < change.old_end
