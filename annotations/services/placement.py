"""Placing annotations on later versions: rows of their own; the annotation itself stays."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations import permissions
from annotations.core import placing, ranges
from annotations.models import Annotation, Placement, PlacementRun, PlacementState
from annotations.services.queueing import enqueue_following
from versioning import stamps
from versioning.core import comparing
from versioning.models import Lineage, Passage, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from annotations.queries import AnnotationQuerySet
    from versioning.core.passages import PassageText, Row

BATCH = 500
"""Annotations placed in one transaction; a broken run goes on behind the last one."""


class Written(NamedTuple):
    """What placing needs to know of an annotation."""

    pk: int
    version: int
    passage: int
    start: int | None
    end: int | None
    text: str

    @property
    def words(self) -> str:
        """What was annotated, letter for letter."""
        return self.text[self.start : self.end]


class Spot(NamedTuple):
    """A stretch of a passage of the version before; start and end are empty for all of it."""

    passage: int
    start: int | None
    end: int | None


def place_annotations(*, version: Version) -> PlacementRun:
    """Give every confirmed annotation of older versions of the page a place on a version.

    Places follow from one version to the next, so those between are filled first. Doing it
    again adds only what is missing: annotations that were confirmed late, or the rest of a run
    that was broken off.

    Args:
        version: Any version of a page.

    Returns:
        The record of placing on this version.
    """
    versions = list(
        Version.objects.filter(page_id=version.page_id, number__lte=version.number)
        .select_related("page")
        .order_by("number")
    )
    run = _begin(versions[0], total=0)
    if len(versions) == 1:
        return _finish(run)
    for old, new in pairwise(versions):
        run = _place_on(new, old)
    return run


def expect_placing(*, version: Version) -> PlacementRun:
    """Record how many annotations wait for a place on a version, before a worker begins."""
    return _begin(version, total=_due(version).count())


def _place_on(new: Version, old: Version) -> PlacementRun:
    due = _due(new)
    run = _begin(new, total=due.count())
    waiting = list(due.exclude(placements__version=new).values_list("pk", flat=True))
    placer = _Placer(new, old) if waiting else None
    for first in range(0, len(waiting), BATCH):
        assert placer is not None  # noqa: S101  # made because somebody waits
        placer.place(waiting[first : first + BATCH])
        _count(run)
    return _finish(run)


def _due(version: Version) -> AnnotationQuerySet:
    """Return the annotations that need a place on a version, hidden ones too."""
    return (
        Annotation.objects.of_page(version.page_id)
        .roots()
        .confirmed()
        .filter(version__number__lt=version.number)
        .order_by("pk")
    )


def _begin(version: Version, *, total: int) -> PlacementRun:
    run, _created = PlacementRun.objects.get_or_create(version=version)
    if run.total != total:
        run.total = total
        run.save(update_fields=["total"])
    return run


def _count(run: PlacementRun) -> None:
    run.done = Placement.objects.filter(version=run.version_id).count()
    run.save(update_fields=["done"])


def _finish(run: PlacementRun) -> PlacementRun:
    _count(run)
    if run.finished_at is None and run.done >= run.total:
        run.finished_at = timezone.now()
        run.save(update_fields=["finished_at"])
    return run


class _Placer:
    """Places annotations on a version by its comparison with the version before."""

    def __init__(self, new: Version, old: Version) -> None:
        self.version = new
        self.before = old
        self.old_keys, self.old = _texts(old)
        self.new_keys, self.new = _texts(new)
        self.index = {key: index for index, key in enumerate(self.old_keys)}
        self.rows: Sequence[Row] = comparing.compare(self.old, self.new, lineage=self._lineage())

    def _lineage(self) -> list[tuple[int, int]]:
        index = {key: index for index, key in enumerate(self.new_keys)}
        pairs = Lineage.objects.filter(new__version=self.version, old__version=self.before)
        known = pairs.order_by("new__position", "old__position").values_list("old_id", "new_id")
        return [(self.index[old], index[new]) for old, new in known]

    @transaction.atomic
    def place(self, keys: Sequence[int]) -> None:
        """Store the places of some annotations; those that have one keep it."""
        rows = [*self._placements(keys)]
        Placement.objects.bulk_create(rows, ignore_conflicts=True)
        stamps.touch(self.version.page_id)

    def _placements(self, keys: Sequence[int]) -> Iterator[Placement]:
        written = _written(keys)
        earlier = {
            placement.annotation_id: placement
            for placement in Placement.objects.filter(version=self.before, annotation__in=keys)
        }
        spots = {one.pk: _spots(one, earlier.get(one.pk), self.before) for one in written}
        places = self._places(spots)
        for one in written:
            yield self._placement(one, earlier.get(one.pk), places[one.pk])

    def _places(self, spots: dict[int, list[Spot]]) -> dict[int, list[placing.Place]]:
        """Give for each annotation the places of its spots."""
        owners, marks = [], []
        for pk, found in spots.items():
            for spot in found:
                if self._fits(spot):
                    mark = placing.Mark(str(pk), self.index[spot.passage], spot.start, spot.end)
                    owners.append(pk)
                    marks.append(mark)
        places: dict[int, list[placing.Place]] = {pk: [] for pk in spots}
        found_places = placing.place(marks, self.old, self.new, self.rows, known=True)
        for pk, place in zip(owners, found_places, strict=True):
            places[pk].append(place)
        return places

    def _fits(self, spot: Spot) -> bool:
        """Tell whether a spot still lies in its passage; words may have been withheld by law."""
        if spot.passage not in self.index:
            return False
        if spot.start is None or spot.end is None:
            return True
        length = len(self.old[self.index[spot.passage]].text)
        return spot.start < spot.end <= length

    def _placement(
        self, one: Written, earlier: Placement | None, places: Sequence[placing.Place]
    ) -> Placement:
        row = Placement(annotation_id=one.pk, version=self.version)
        found = [place for place in places if place.passage is not None]
        if len(places) == 1 and found:
            return self._placed(row, one, earlier, found[0])
        candidates = [*self._candidates(places)]
        row.state = PlacementState.MANUAL if candidates else PlacementState.REMOVED
        row.candidates = candidates
        row.confidence = round(1 / len(candidates), 2) if candidates else 0.0
        return row

    def _candidates(self, places: Sequence[placing.Place]) -> Iterator[list[int | None]]:
        seen = set()
        for place in places:
            spots = [(place.passage, place.start, place.end)]
            spots += [(one.passage, one.start, one.end) for one in place.candidates]
            for spot in spots:
                if spot[0] is not None and spot not in seen:
                    seen.add(spot)
                    yield [self.new_keys[spot[0]], *spot[1:]]

    def _placed(
        self, row: Placement, one: Written, earlier: Placement | None, place: placing.Place
    ) -> Placement:
        """Fill a row whose place is known, judged by the words as they were annotated."""
        assert place.passage is not None  # noqa: S101  # the caller has looked
        row.passage_id = self.new_keys[place.passage]
        row.start, row.end = place.start, place.end
        if self.new[place.passage].text[place.start : place.end] == one.words:
            was_moved = earlier is not None and earlier.state == PlacementState.MOVED
            is_moved = was_moved or place.state == "moved"
            row.state = PlacementState.MOVED if is_moved else PlacementState.INTACT
            row.confidence = 1.0
            return row
        row.state = PlacementState.CHANGED
        so_far = earlier.confidence if earlier else 1.0
        row.confidence = min(place.confidence, so_far, placing.ALMOST_SURE)
        return row


def _texts(version: Version) -> tuple[list[int], list[PassageText]]:
    passages = list(version.passages.order_by("position"))
    return [passage.pk for passage in passages], [passage.as_text() for passage in passages]


def _written(keys: Sequence[int]) -> list[Written]:
    rows = Annotation.objects.filter(pk__in=keys).order_by("pk")
    values = rows.values_list("pk", "version_id", "passage_id", "start", "end", "passage__text")
    return [Written(*row) for row in values]


def _spots(one: Written, earlier: Placement | None, before: Version) -> list[Spot]:
    """Give where an annotation stands on the version before; several where nobody has decided."""
    if one.version == before.pk:
        return [Spot(one.passage, one.start, one.end)]
    if earlier is None:
        return []
    if earlier.passage_id is not None:
        return [Spot(earlier.passage_id, earlier.start, earlier.end)]
    return [Spot(*candidate) for candidate in earlier.candidates]


@transaction.atomic
def settle_placement(
    *,
    placement: Placement,
    passage: Passage | None,
    start: int | None,
    end: int | None,
    actor: Any,  # noqa: ANN401  # any user model
) -> Placement:
    """Let a person decide where an annotation stands, or that its words are gone.

    Places on later versions that followed from the old one are found anew.

    Args:
        placement: Any place of an annotation.
        passage: A passage of the placement's version; nothing where the words are gone.
        start: Begin of the words; empty for the whole passage.
        end: Their end, exclusive.
        actor: An editor of the page.

    Raises:
        PermissionDenied: ``actor`` may not dispose on the page.
        ValidationError: The passage is of another version, or the range does not fit it.

    Units: offsets are code points of the passage's text, end exclusive.
    """
    row = Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
    permissions.require(actor, "dispose", row.version.page)
    if passage is not None:
        _check_spot(row, passage, start, end)
    row.passage = passage
    row.start, row.end = (start, end) if passage else (None, None)
    row.state = PlacementState.MANUAL if passage else PlacementState.REMOVED
    row.confidence = 1.0
    row.placed_by = actor
    row.save()
    log(instance=row, action="annotations.settle", user=actor, title=str(row.annotation.uuid))
    _find_later_ones_anew(row)
    return row


def _check_spot(row: Placement, passage: Passage, start: int | None, end: int | None) -> None:
    if passage.version_id != row.version_id:
        message = _("This passage does not exist in this version.")
        raise ValidationError({"passage": ValidationError(message, code="unknown_passage")})
    if start is None and end is None:
        return
    try:
        ranges.check_range(passage.text, start, end)
    except ranges.RangeError as error:
        message = _("The marked words lie outside the passage.")
        raise ValidationError({"start": ValidationError(message, code="range")}) from error


def _find_later_ones_anew(row: Placement) -> None:
    """Drop the places that followed from this one, up to the next one that a person chose."""
    later: Iterable[Placement] = Placement.objects.filter(
        annotation=row.annotation_id, version__number__gt=row.version.number
    ).order_by("version__number")
    dropped = None
    for placement in later:
        if placement.placed_by_id is not None:
            break
        dropped = placement.version_id
        placement.delete()
    if dropped is not None:
        transaction.on_commit(lambda: enqueue_following(dropped))
