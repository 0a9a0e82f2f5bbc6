"""What annotations have to say at versioning's doors: to the gate, and beside each change."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotations.admin.links import annotation_url, listing_url
from annotations.admin.progress import sentence_of, unfinished_runs
from annotations.core import ranges
from annotations.models import Annotation, Disposition, Placement, Reaction, State
from annotations.models.dispositions import REASON_REQUIRED
from annotations.services.linking import touches
from versioning.doors import ChangeReason, GateLine
from versioning.spans import old_begins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from annotations.queries import AnnotationQuerySet
    from versioning.models import Change, Version

MAX_NAMED = 20
"""How many annotations a line of the gate names; it counts them all."""
MAX_NEIGHBOURS = 5
"""How many annotations without a link to it stand beside a change."""
QUOTE_LENGTH = 200


def gate_lines(version: Version) -> list[GateLine]:
    """Return what of law 4 is done: nothing waits for moderation, everything has an answer.

    Counted are the annotations on every version and in every language of the page. Those from
    before the last submission had their answer then; one that is open again counts again.
    """
    written = Annotation.objects.of_text(version.page)
    return [
        _pending_line(written),
        _annotations_line(written),
        *_placing_lines(version),
        _objections_line(written),
    ]


def _placing_lines(version: Version) -> list[GateLine]:
    """Say that placing goes on, as long as it does; it stops no submission."""
    url = listing_url(page=version.page_id)
    return [
        GateLine("placing", sentence_of(run), done=False, url=url, notice=True)
        for run in unfinished_runs([version.page_id])
    ]


def _annotations_line(written: AnnotationQuerySet) -> GateLine:
    missing = written.undisposed().exclude(state=State.PENDING)
    number = missing.count()
    if not number and (bare := _without_reason(written)).exists():
        return _bare_line(bare)
    if not number:
        total = written.counted().count()
        text = ngettext(
            "The %(number)d annotation has a disposition.",
            "All %(number)d annotations have a disposition.",
            total,
        ) % {"number": total}
        text = text if total else _("There are no annotations to answer.")
        return GateLine("annotations", text, done=True)
    text = ngettext(
        "%(number)d annotation has no disposition yet.",
        "%(number)d annotations have no disposition yet.",
        number,
    ) % {"number": number}
    url = listing_url(answer="open")
    return GateLine("annotations", text, done=False, url=url, missing=_named(missing))


def _without_reason(written: AnnotationQuerySet) -> AnnotationQuerySet:
    """Return annotations that count and whose answer lacks the reason that it needs."""
    counted = written.counted().filter(disposition__outcome__in=REASON_REQUIRED)
    return counted.filter(disposition__reason="")


def _bare_line(bare: AnnotationQuerySet) -> GateLine:
    """Name the answers that lack their reason; the forms refuse them, other ways in may not."""
    number = bare.count()
    text = ngettext(
        "The answer to %(number)d annotation lacks its public reason.",
        "The answers to %(number)d annotations lack their public reason.",
        number,
    ) % {"number": number}
    return GateLine("annotations", text, done=False, url=listing_url(), missing=_named(bare))


def _objections_line(written: AnnotationQuerySet) -> GateLine:
    """Say which objections nobody has seen: authors object once, and are heard once."""
    heard = Reaction.objects.filter(annotation__in=written.counted())
    unseen = list(heard.unseen_objections().values_list("pk", flat=True))
    if not unseen:
        return GateLine("objections", _("Every objection of an author was seen."), done=True)
    text = ngettext(
        "%(number)d objection was not seen by anybody.",
        "%(number)d objections were not seen by anybody.",
        len(unseen),
    ) % {"number": len(unseen)}
    return GateLine(
        "objections",
        text,
        done=False,
        url=listing_url(reaction="unseen"),
        missing=_named(written.filter(reaction__agrees=False, reaction__seen_at=None).counted()),
        waivable=True,
        facts=frozenset(f"reaction:{pk}" for pk in unseen),
    )


def _pending_line(written: AnnotationQuerySet) -> GateLine:
    waiting = written.filter(state=State.PENDING)
    number = waiting.count()
    if not number:
        return GateLine("pending", _("Nothing waits for moderation."), done=True)
    text = ngettext(
        "%(number)d contribution waits for moderation.",
        "%(number)d contributions wait for moderation.",
        number,
    ) % {"number": number}
    url = listing_url(state=State.PENDING, replies="on")
    return GateLine("pending", text, done=False, url=url, missing=_named(waiting))


def _named(annotations: AnnotationQuerySet) -> tuple[tuple[str, str], ...]:
    """Name the first annotations with their addresses in the admin."""
    first = annotations.select_related("version", "passage").order_by("created_at", "pk")
    return tuple(
        (
            _("%(author)s on %(number)s, %(version)s: %(words)s")
            % {
                "author": one.user_name,
                "number": one.passage.number or f"#{one.passage.position + 1}",
                "version": one.version.name,
                "words": _words(one),
            },
            annotation_url(one.pk),
        )
        for one in first[:MAX_NAMED]
    )


def _words(annotation: Annotation) -> str:
    """Return the first words, or the state of what not everybody at the gate may read."""
    if annotation.state == State.PUBLIC:
        return _shortened(annotation.comment, 80)
    return annotation.get_state_display()


def change_reasons(changes: Sequence[Change]) -> dict[int, list[ChangeReason]]:
    """Return the public dispositions behind changes, then the annotations that stand beside them.

    The number of queries does not depend on the number of changes.

    Args:
        changes: Stored changes of any versions.

    Returns:
        Reasons by the id of the change: those of kind "disposition" explain it, those of kind
        "annotation" only stand on its words.
    """
    found: dict[int, list[ChangeReason]] = defaultdict(list)
    links = _links(changes)
    shown, more = _neighbours(changes, {(link.change_id, link.disposition_id) for link in links})
    keys = {link.telling for link in links} | {annotation for _change, annotation in shown}
    rows = Annotation.objects.select_related("disposition").in_bulk(keys - {None})
    for link in links:
        found[link.change_id].append(_deciding(link, rows.get(link.telling)))
    for change, annotation in shown:
        found[change].append(_asking(rows[annotation]))
    for change, rest in more.items():
        found[change].append(_resting(rest))
    return dict(found)


def _links(changes: Sequence[Change]) -> list[Any]:
    """Give the links between changes and public dispositions.

    Each knows the number of annotations behind its disposition (``counted``) and the first public
    one, those with a quote first (``telling``).
    """
    behind = Annotation.objects.filter(disposition=OuterRef("disposition")).order_by()
    counted = behind.exclude(state__in=["unconfirmed", "spam", "illegal", "withdrawn"])
    counted = counted.values("disposition").annotate(number=Count("pk")).values("number")
    telling = behind.public().annotate(is_whole=Q(start=None))
    through = Disposition.changes.through.objects.filter(
        change__in=[change.pk for change in changes],
        disposition__public_at__isnull=False,
        disposition__missing=False,
    )
    return list(
        through.select_related("disposition")
        .annotate(
            counted=Coalesce(Subquery(counted), 0),
            telling=Subquery(telling.order_by("is_whole", "created_at", "pk").values("pk")[:1]),
        )
        .order_by("disposition__decided_at", "disposition_id")
    )


def _deciding(link: Any, annotation: Annotation | None) -> ChangeReason:  # noqa: ANN401  # a link
    """Describe a disposition by its outcome, its reason and its most telling annotation."""
    disposition = link.disposition
    return ChangeReason(
        kind="disposition",
        title=str(disposition.get_outcome_display()),
        text=disposition.reason,
        url=annotation.get_absolute_url() if annotation else "",
        count=link.counted,
        outcome=disposition.outcome,
        quote=_quote(annotation) if annotation else "",
        author=annotation.user_name if annotation else "",
        office=disposition.office,
        all_url=answered_url(disposition) if link.counted > 1 else "",
    )


def answered_url(disposition: Disposition) -> str:
    """Return the address of the list of all annotations that have the same answer."""
    address = reverse("annotations:list", args=[disposition.page_id])
    return f"{address}?answer={disposition.pk}#found"


class _Stand(NamedTuple):
    """An annotation on an old passage; start and end are empty for the whole of it."""

    annotation: int
    disposition: int | None
    passage: int
    start: int | None
    end: int | None
    uid: UUID
    number: int
    page: int


def _neighbours(
    changes: Sequence[Change], linked: set[tuple[int, int]]
) -> tuple[list[tuple[int, int]], dict[int, list[_Stand]]]:
    """Give annotations that stand on changed passages and are linked to none of the changes.

    One stands beside the changes that touch its words; where none does, beside the first change
    of its passage.

    Returns:
        The first ones beside each change, and those that find no place there, by change.
    """
    shown: list[tuple[int, int]] = []
    more: dict[int, list[_Stand]] = {}
    for change, stands in _beside(changes).items():
        free = [one for one in stands if (change, one.disposition) not in linked]
        shown += [(change, one.annotation) for one in free[:MAX_NEIGHBOURS]]
        if len(free) > MAX_NEIGHBOURS:
            more[change] = free[MAX_NEIGHBOURS:]
    return shown, more


def _beside(changes: Sequence[Change]) -> dict[int, list[_Stand]]:
    begins = old_begins(changes)
    by_pk = {change.pk: change for change in changes}
    beside: dict[int, list[_Stand]] = defaultdict(list)
    for stand in _stands(begins):
        places = begins[stand.passage]
        touched = [
            pk
            for pk, begin in places
            if touches(by_pk[pk], begin=begin, start=stand.start, end=stand.end)
        ]
        for pk in touched or [places[0][0]]:
            beside[pk].append(stand)
    return beside


def _stands(passages: Iterable[int]) -> Iterator[_Stand]:
    """Give the public annotations on passages: first those written there, then those placed there.

    One query; nothing where there are no passages.
    """
    keys = list(passages)
    written = Annotation.objects.roots().public().filter(passage__in=keys).order_by()
    placed = Placement.objects.filter(passage__in=keys, annotation__state=State.PUBLIC).order_by()
    passage = ("passage__uid", "passage__version__number", "passage__version__page_id")
    rows = written.values_list(
        "pk", "disposition_id", "passage_id", "start", "end", *passage, "created_at", Value(0)
    ).union(
        placed.values_list(
            "annotation_id",
            "annotation__disposition_id",
            "passage_id",
            "start",
            "end",
            *passage,
            "annotation__created_at",
            Value(1),
        ),
        all=True,
    )
    for row in sorted(rows, key=lambda row: (row[9], row[8], row[0])):
        yield _Stand(*row[:8])


def _asking(annotation: Annotation) -> ChangeReason:
    """Describe an annotation that is not linked, with its answer where that is public."""
    disposition = annotation.disposition
    is_public = disposition is not None and disposition.public_at is not None
    answer = disposition if is_public else None
    return ChangeReason(
        kind="annotation",
        title=str(answer.get_outcome_display()) if answer else _("Annotation"),
        text=answer.reason if answer else _shortened(annotation.comment, QUOTE_LENGTH),
        url=annotation.get_absolute_url(),
        count=1,
        outcome=answer.outcome if answer else "",
        quote=_quote(annotation),
        author=annotation.user_name,
    )


def _resting(stands: Sequence[_Stand]) -> ChangeReason:
    """Lead to the annotations that find no place beside a change, on the page of their passage."""
    first = stands[0]
    address = [first.page, first.number, first.uid]
    return ChangeReason(
        kind="annotation",
        title=_("More to this paragraph"),
        text="",
        count=len(stands),
        all_url=reverse("annotations:passage", args=address),
    )


def _quote(annotation: Annotation) -> str:
    length = (annotation.end or 0) - (annotation.start or 0)
    return _shortened(ranges.readable(annotation.exact, length), QUOTE_LENGTH)


def _shortened(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"
