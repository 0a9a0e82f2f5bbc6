"""Where annotations stand on a version, read in a constant number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from annotations.models import Annotation, Placement, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from versioning.models import Version

GONE = (State.HIDDEN, State.SPAM, State.ILLEGAL, State.WITHDRAWN)
"""States of which a tombstone stays while somebody's public reply hangs on them."""

CARDS_PER_PASSAGE = 3
CARDS_PER_PAGE = 100
REPLIES_PER_CARD = 2


class Group(NamedTuple):
    """How many public annotations stand on one range; no passage means that its words are gone."""

    passage: int | None
    start: int | None
    end: int | None
    number: int


def visible() -> Q:
    """Return the condition for what everybody may see: public, or the tombstone of a thread."""
    answered = Annotation.objects.filter(reply_to=OuterRef("pk"), state=State.PUBLIC).order_by()
    return Q(state=State.PUBLIC) | (Q(state__in=GONE) & Q(Exists(answered)))


def located(version: Version) -> QuerySet[Annotation]:
    """Return root annotations of a version and of older ones, with their place on it.

    Every row has ``at`` (passage id), ``at_start``, ``at_end`` and ``place_state`` (empty where
    it was written on this very version).
    """
    here = Q(version=version)
    return (
        Annotation.objects.roots()
        .filter(version__page_id=version.page_id)
        .alias(place=FilteredRelation("placements", condition=Q(placements__version=version)))
        .filter(here | Q(place__isnull=False))
        .annotate(
            at=Case(When(here, then=F("passage_id")), default=F("place__passage_id")),
            at_start=Case(When(here, then=F("start")), default=F("place__start")),
            at_end=Case(When(here, then=F("end")), default=F("place__end")),
            place_state=F("place__state"),
        )
        .order_by()
    )


def groups_on(version: Version) -> list[Group]:
    """Return how many public annotations stand on each range of a version."""
    rows = located(version).filter(state=State.PUBLIC).values_list("at", "at_start", "at_end")
    return [Group(*row) for row in rows.annotate(number=Count("pk"))]


def newest_per_passage(version: Version) -> list[Annotation]:
    """Return the newest annotations of every passage, at most three each and 100 in all.

    Annotations whose words are gone count as one more passage.
    """
    rank = Window(RowNumber(), partition_by=F("at"), order_by=[_newest().desc(), F("pk").desc()])
    ranked = located(version).filter(visible()).annotate(rank=rank)
    chosen = ranked.filter(rank__lte=CARDS_PER_PASSAGE).order_by("rank", "at", "pk")
    keys = chosen.values("pk")[:CARDS_PER_PAGE]  # only what is shown is read with its words
    return list(with_relations(located(version).filter(pk__in=keys)))


def on_passage(version: Version, passage_id: int | None) -> QuerySet[Annotation]:
    """Return the visible annotations of one passage, newest first; None asks for those gone."""
    rows = located(version).filter(visible())
    if passage_id is None:
        rows = rows.filter(at__isnull=True)
    else:
        rows = rows.filter(pk__in=_keys_on(version, passage_id))
    return with_relations(rows).order_by(_newest().desc(), "-pk")


def _keys_on(version: Version, passage_id: int) -> QuerySet:
    """Return the keys of annotations on a passage, found by the indexes of both tables."""
    written = Annotation.objects.filter(passage=passage_id, version=version).order_by()
    placed = Placement.objects.filter(passage=passage_id, version=version).order_by()
    return written.values("pk").union(placed.values("annotation_id"), all=True)


def with_relations(rows: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """Fetch with every annotation what its card shows."""
    return rows.select_related("version", "passage", "locale", "disposition").prefetch_related(
        "disposition__changes__version"
    )


def first_replies(roots: Iterable[Annotation], limit: int = REPLIES_PER_CARD) -> list[Annotation]:
    """Return the first visible replies of each thread, every one with its thread's ``total``."""
    rank = Window(RowNumber(), partition_by=F("root_id"), order_by=["created_at", "pk"])
    total = Window(Count("pk"), partition_by=F("root_id"))
    rows = replies_of([root.pk for root in roots]).annotate(rank=rank, total=total)
    return list(rows.filter(rank__lte=limit).order_by("root_id", "created_at", "pk"))


def replies_of(root_ids: Iterable[int]) -> QuerySet[Annotation]:
    """Return the visible replies of threads, oldest first."""
    rows = Annotation.objects.filter(root_id__in=list(root_ids), reply_to__isnull=False)
    rows = rows.filter(visible()).select_related("locale", "reply_to", "root")
    return rows.order_by("created_at", "pk")


def _newest() -> Coalesce:
    return Coalesce("confirmed_at", "created_at")
