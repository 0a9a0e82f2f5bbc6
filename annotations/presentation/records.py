"""Public annotations of a document as records: what the interface, feeds and files tell of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, F, FilteredRelation, Max, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from annotations.core.ranges import Quote
from annotations.models import Annotation, Motivation, State

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from versioning.models import Version


class Extent(NamedTuple):
    """How many public annotations a document has, and when one was last written or mended."""

    total: int
    modified: datetime | None


def records_of(newest: Version) -> QuerySet[Annotation]:
    """Return everything written on any version of a page, each with its place on the newest.

    Every row has ``parent_uuid`` and, where it was placed on the newest version, ``place_state``,
    ``place_uid``, ``place_number``, ``place_start`` and ``place_end``.

    Args:
        newest: The newest version of the page.
    """
    on_newest = Q(placements__version=newest)
    return (
        Annotation.objects.of_page(newest.page_id)
        .alias(place=FilteredRelation("placements", condition=on_newest))
        .annotate(
            parent_uuid=F("reply_to__uuid"),
            place_state=F("place__state"),
            place_uid=F("place__passage__uid"),
            place_number=F("place__passage__number"),
            place_start=F("place__start"),
            place_end=F("place__end"),
        )
        .select_related("version__locale", "passage", "locale", "disposition", "root", "reaction")
        .prefetch_related("disposition__changes__version")
    )


def public_records(newest: Version) -> QuerySet[Annotation]:
    """Return what everybody may read of a page, oldest first: new ones come at the end."""
    return records_of(newest).filter(state=State.PUBLIC).order_by("created_at", "pk")


def public_page(newest: Version, first: int, number: int) -> list[Annotation]:
    """Return some of the public records in their order.

    Which ones they are is asked apart: otherwise the database joins all that is told of every
    record of the document for the sake of a few.
    """
    public = Annotation.objects.of_page(newest.page_id).public().order_by("created_at", "pk")
    keys = list(public.values_list("pk", flat=True)[first : first + number])
    return list(public_records(newest).filter(pk__in=keys))


def extent_of(newest: Version) -> Extent:
    """Return how much is public on a page."""
    written = Coalesce("edited_at", "confirmed_at", "created_at")
    public = Annotation.objects.of_page(newest.page_id).public().order_by()
    found = public.aggregate(total=Count("pk"), modified=Max(Greatest(written, "created_at")))
    return Extent(found["total"], found["modified"])


def kind_of(row: Annotation) -> str:
    """Return what somebody wrote, as a noun."""
    return _("Answer of a thread") if row.is_reply else str(row.get_motivation_display())


def words_of(row: Annotation) -> Quote | None:
    """Return the words that an annotation was made on, None for the whole passage.

    Nothing of a passage whose words had to leave is told.
    """
    if row.start is None or row.end is None or row.passage.is_withheld:
        return None
    return Quote(row.passage.text[row.start : row.end], row.prefix, row.suffix)


def proposal_of(row: Annotation) -> str:
    """Return the wording that a suggested edit proposes, empty for other kinds."""
    if row.motivation != Motivation.EDITING or row.passage.is_withheld:
        return ""
    return row.proposed
