"""Where annotations stand on a version, read in a constant number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from wagtail.models import Page

from annotations.models import Annotation, Placement, State
from annotations.presentation.languages import passage_here, uid_there, versions_elsewhere
from versioning.models import Change, Passage, Version

if TYPE_CHECKING:
    from collections.abc import Iterable

GONE = (State.HIDDEN, State.SPAM, State.ILLEGAL, State.WITHDRAWN)
"""States of which a tombstone stays while somebody's public reply hangs on them."""

CARDS_PER_PASSAGE = 3
CARDS_PER_PAGE = 100
REPLIES_PER_CARD = 2
REPLIES_PER_THREAD = 50
"""Where whole threads are asked for; longer ones have pages of their own."""


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
    """Return root annotations of a text, with their place on one version.

    Those of this version and of older ones, and those written on the text in another language as
    far as their passage is here. Every row has ``at`` (passage id), ``at_start``, ``at_end``,
    ``place_state`` (empty where it was written on this very version) and ``is_translated`` (true
    where it was written on another language; then it is about the whole passage).
    """
    here, own = Q(version=version), Q(version__page_id=version.page_id)
    elsewhere = versions_elsewhere(version)
    on_either = Q(placements__version=version) | Q(placements__version__in=Subquery(elsewhere))
    written_or_placed = here | Q(version__in=elsewhere) | Q(place__isnull=False)
    return (
        Annotation.objects.roots()
        .filter(version__in=_of_text(version))
        .alias(place=FilteredRelation("placements", condition=on_either))
        .filter(written_or_placed)
        .alias(uid_there=uid_there())
        .annotate(
            at=Case(
                When(here, then=F("passage_id")),
                When(own, then=F("place__passage_id")),
                default=passage_here(version),
            ),
            at_start=Case(When(here, then=F("start")), When(own, then=F("place__start"))),
            at_end=Case(When(here, then=F("end")), When(own, then=F("place__end"))),
            place_state=Case(When(own, then=F("place__state"))),
            is_translated=ExpressionWrapper(~own, output_field=BooleanField()),
        )
        .filter(own | Q(at__isnull=False))
        .order_by()
    )


def _of_text(version: Version) -> QuerySet[Version, Any]:
    """Return the versions of a text in all its languages."""
    key = Page.objects.filter(pk=version.page_id).values("translation_key")[:1]
    return Version.objects.filter(page__translation_key=Subquery(key)).order_by().values("pk")


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


def on_passage(
    version: Version, passage_id: int | None, order: str = "newest"
) -> QuerySet[Annotation]:
    """Return the visible annotations of one passage; None asks for those gone."""
    rows = located(version).filter(visible())
    if passage_id is None:
        rows = rows.filter(at__isnull=True)
    else:
        rows = rows.filter(pk__in=_keys_on(version, passage_id))
    return in_order(with_relations(rows), order)


def in_order(rows: QuerySet[Annotation], order: str) -> QuerySet[Annotation]:
    """Put located annotations in order.

    Args:
        rows: From ``located``.
        order: ``newest``, ``supported`` (most supported first) or ``place`` (by place in the
            text, those whose words are gone last).
    """
    newest_first = (_newest().desc(), F("pk").desc())
    if order == "supported":
        return rows.order_by("-support_count", *newest_first)
    if order == "place":
        passage = Passage.objects.filter(pk=OuterRef("at")).values("position")[:1]
        place = (F("position").asc(nulls_last=True), F("at_start").asc(nulls_first=True))
        return rows.alias(position=Subquery(passage)).order_by(*place, "created_at", "pk")
    return rows.order_by(*newest_first)


def over(rows: QuerySet[Annotation], offset: int) -> QuerySet[Annotation]:
    """Return those of located annotations whose words hold one character of the passage."""
    return rows.filter(at_start__lte=offset, at_end__gt=offset)


def _keys_on(version: Version, passage_id: int) -> QuerySet:
    """Return the keys of annotations on a passage, found by the indexes of both tables."""
    uid = Subquery(Passage.objects.filter(pk=passage_id).values("uid")[:1])
    elsewhere = versions_elsewhere(version)
    here = {"version": version, "passage": passage_id}
    there = {"version__in": Subquery(elsewhere), "passage__uid": uid}
    written, placed = Annotation.objects.order_by(), Placement.objects.order_by()
    return (
        written.filter(**here)
        .values("pk")
        .union(
            placed.filter(**here).values("annotation_id"),
            written.filter(**there).values("pk"),
            placed.filter(**there).values("annotation_id"),
            all=True,
        )
    )


def with_relations(rows: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """Fetch with every annotation what its card shows."""
    changes = Prefetch("disposition__changes", Change.objects.select_related("version"))
    relations = rows.select_related("version", "passage", "locale", "disposition")
    return relations.prefetch_related(changes)


def first_replies(roots: Iterable[Annotation], limit: int = REPLIES_PER_CARD) -> list[Annotation]:
    """Return the first visible replies of each thread, every one with its thread's ``total``."""
    rank = Window(RowNumber(), partition_by=F("root_id"), order_by=["created_at", "pk"])
    total = Window(Count("pk"), partition_by=F("root_id"))
    rows = replies_of([root.pk for root in roots]).annotate(rank=rank, total=total)
    return list(as_tree(rows.filter(rank__lte=limit)))


def replies_of(root_ids: Iterable[int]) -> QuerySet[Annotation]:
    """Return the visible replies of threads, oldest first."""
    rows = Annotation.objects.filter(root_id__in=list(root_ids), reply_to__isnull=False)
    rows = rows.filter(visible()).select_related("locale", "reply_to", "root")
    return rows.order_by("created_at", "pk")


def as_tree(replies: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """Put replies below what they answer, each level in the order of time."""
    first = Case(
        When(depth__lte=1, then=F("pk")),
        When(depth=2, then=F("reply_to_id")),
        default=F("reply_to__reply_to_id"),
        output_field=BigIntegerField(),
    )
    second = Case(
        When(depth__lte=1, then=Value(0)),
        When(depth=2, then=F("pk")),
        default=F("reply_to_id"),
        output_field=BigIntegerField(),
    )
    return replies.order_by("root_id", first, second, "depth", "created_at", "pk")


def _newest() -> Coalesce:
    return Coalesce("confirmed_at", "created_at")
