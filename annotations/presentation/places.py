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
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from annotations.models import Annotation, Placement, State
from annotations.presentation.languages import TextVersions, passage_here, uid_there
from versioning.models import Change, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models.expressions import Combinable

    from versioning.models import Version

GONE = (State.HIDDEN, State.SPAM, State.ILLEGAL, State.WITHDRAWN)
"""States of which a tombstone stays while somebody's public reply hangs on them."""

CARDS_PER_PASSAGE = 3
CARDS_PER_PAGE = 100
REPLIES_PER_CARD = 2
REPLIES_PER_THREAD = 50
"""Where whole threads are asked for; longer ones have pages of their own."""


_PLACED = ("pk", "at", "at_start", "at_end", "place_state", "is_translated")


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
    text = TextVersions.of(version)
    here, own = Q(version=version), Q(version__in=text.own)
    on_either = Q(placements__version__in=[version.pk, *text.elsewhere])
    written_or_placed = Q(version__in=[version.pk, *text.elsewhere]) | Q(place__isnull=False)
    rows = (
        Annotation.objects.roots()
        .filter(version__in=[*text.own, *text.others])
        .alias(place=FilteredRelation("placements", condition=on_either))
        .filter(written_or_placed)
    )
    in_other_words: Combinable = Value(None, output_field=BigIntegerField())
    if text.elsewhere:
        rows, in_other_words = rows.alias(uid_there=uid_there()), passage_here(version)
    return (
        rows.annotate(
            at=Case(
                When(here, then=F("passage_id")),
                When(own, then=F("place__passage_id")),
                default=in_other_words,
            ),
            at_start=Case(When(here, then=F("start")), When(own, then=F("place__start"))),
            at_end=Case(When(here, then=F("end")), When(own, then=F("place__end"))),
            place_state=Case(When(own, then=F("place__state"))),
            is_translated=ExpressionWrapper(~own, output_field=BooleanField()),
        )
        .filter(own | Q(at__isnull=False))
        .order_by()
    )


def groups_and_newest(version: Version) -> tuple[list[Group], list[Annotation]]:
    """Return what the reading page shows of a version, found in one pass over its annotations.

    Returns:
        How many public annotations stand on each range, and the newest of every passage, at most
        three each and 100 in all. Annotations whose words are gone count as one more passage.
    """
    newest = [_newest().desc(), F("pk").desc()]
    place = [F("at"), F("at_start"), F("at_end")]
    public = Sum(Case(When(state=State.PUBLIC, then=1), default=0))
    rows = located(version).filter(visible())
    rows = rows.annotate(
        rank=Window(RowNumber(), partition_by=F("at"), order_by=newest),
        first=Window(RowNumber(), partition_by=place, order_by="pk"),
        number=Window(public, partition_by=place),
    )
    groups, ranked = [], []
    wanted = rows.filter(Q(rank__lte=CARDS_PER_PASSAGE) | Q(first=1))
    for rank, first, number, *row in wanted.values_list("rank", "first", "number", *_PLACED):
        pk, at, start, end = row[:4]
        if first == 1 and number:
            groups.append(Group(at, start, end, number))
        if rank <= CARDS_PER_PASSAGE:
            ranked.append(((rank, at is None, at or 0, pk), row))
    ranked.sort()
    return groups, _with_words(row for _order, row in ranked[:CARDS_PER_PAGE])


def with_words(rows: Any) -> list[Annotation]:  # noqa: ANN401  # a paginator gives no type
    """Return some located annotations in their order, each with what its card shows.

    Which ones they are and what they say are asked apart: in one query, the database would join
    the words of all of them before it knows which are few.
    """
    return _with_words(rows.values_list(*_PLACED))


def _with_words(rows: Iterable[Sequence[Any]]) -> list[Annotation]:
    places = {row[0]: row[1:] for row in rows}
    found = with_relations(Annotation.objects.filter(pk__in=places)).in_bulk()
    for pk, place in places.items():
        found[pk].__dict__.update(zip(_PLACED[1:], place, strict=True))
    return [found[pk] for pk in places]


def on_passage(
    version: Version, passage_id: int | None, order: str = "newest"
) -> QuerySet[Annotation]:
    """Return the visible annotations of one passage, without words; None asks for those gone."""
    rows = located(version).filter(visible())
    if passage_id is None:
        rows = rows.filter(at__isnull=True)
    else:
        rows = rows.filter(pk__in=_keys_on(version, passage_id))
    return in_order(rows, order)


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
    elsewhere = TextVersions.of(version).elsewhere
    uid = Passage.objects.filter(pk=passage_id).values("uid")[:1]
    same = Passage.objects.filter(version__in=elsewhere, uid=Subquery(uid)).values("pk")
    written, placed = Annotation.objects.order_by(), Placement.objects.order_by()
    found = [written.filter(passage=passage_id).values("pk")]
    found.append(placed.filter(passage=passage_id).values("annotation_id"))
    if elsewhere:
        found.append(written.filter(passage__in=same).values("pk"))
        found.append(placed.filter(passage__in=same).values("annotation_id"))
    return found[0].union(*found[1:], all=True)


def with_relations(rows: QuerySet[Annotation]) -> QuerySet[Annotation]:
    """Fetch with every annotation what its card shows."""
    changes = Prefetch("disposition__changes", Change.objects.select_related("version"))
    relations = rows.select_related("version", "passage", "locale", "disposition")
    return relations.prefetch_related(changes)


def first_replies(roots: Iterable[Annotation], limit: int = REPLIES_PER_CARD) -> list[Annotation]:
    """Return the first visible replies of each thread, every one with its thread's ``total``."""
    rank = Window(RowNumber(), partition_by=F("root_id"), order_by=["created_at", "pk"])
    total = Window(Count("pk"), partition_by=F("root_id"))
    rows = _of_threads([root.pk for root in roots]).annotate(rank=rank, total=total)
    return list(as_tree(rows.filter(rank__lte=limit).select_related("locale", "reply_to")))


def replies_of(root_ids: Iterable[int]) -> QuerySet[Annotation]:
    """Return the visible replies of threads, oldest first."""
    rows = _of_threads(root_ids).select_related("locale", "reply_to", "root")
    return rows.order_by("created_at", "pk")


def stands_in_thread(reply: Annotation) -> bool:
    """Tell whether a reply has a place on the page of its thread, if only a tombstone's."""
    if reply.state in {State.PUBLIC, State.PENDING}:
        return True
    return Annotation.objects.filter(visible(), pk=reply.pk).exists()


def _of_threads(root_ids: Iterable[int]) -> QuerySet[Annotation]:
    rows = Annotation.objects.filter(root_id__in=list(root_ids), reply_to__isnull=False)
    return rows.filter(visible()).order_by()


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
