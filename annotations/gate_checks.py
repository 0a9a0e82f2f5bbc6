"""What annotations have to say at versioning's doors: to the gate, and beside each change."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotations.admin.links import annotation_url, listing_url
from annotations.core import ranges
from annotations.models import Annotation, Disposition, Placement, State
from annotations.services.linking import touches
from versioning.doors import ChangeReason, GateLine
from versioning.models import Change, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from annotations.queries import AnnotationQuerySet
    from versioning.models import Version

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
    return [_pending_line(written), _annotations_line(written)]


def _annotations_line(written: AnnotationQuerySet) -> GateLine:
    missing = written.undisposed().exclude(state=State.PENDING)
    number = missing.count()
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
    linked = _links(changes)
    answers = _Answers({disposition for _change, disposition in linked})
    for change, disposition in linked:
        found[change].append(answers.reason(disposition))
    for change, neighbour in _neighbours(changes, set(linked)):
        found[change].append(neighbour)
    return dict(found)


def _links(changes: Sequence[Change]) -> list[tuple[int, int]]:
    """Give pairs of change and public disposition."""
    through = Disposition.changes.through.objects.filter(
        change__in=[change.pk for change in changes],
        disposition__public_at__isnull=False,
        disposition__missing=False,
    )
    return list(
        through.order_by("disposition__decided_at", "disposition_id").values_list(
            "change_id", "disposition_id"
        )
    )


class _Answers:
    """Dispositions with the annotations behind them, read in two queries."""

    def __init__(self, keys: Iterable[int]) -> None:
        is_counted = ~Q(annotations__state__in=["unconfirmed", "spam", "illegal", "withdrawn"])
        self.dispositions = Disposition.objects.annotate(
            counted=Count("annotations", filter=is_counted)
        ).in_bulk(list(keys))
        self.telling = self._telling()

    def _telling(self) -> dict[int, Annotation]:
        """Give for each disposition the first public annotation, those with a quote first."""
        public = Annotation.objects.public().filter(disposition__in=self.dispositions)
        first: dict[int, int] = {}
        for disposition, pk in (
            public.annotate(is_whole=Q(start=None))
            .order_by("is_whole", "created_at", "pk")
            .values_list("disposition_id", "pk")
        ):
            first.setdefault(disposition, pk)
        rows = Annotation.objects.in_bulk(list(first.values()))
        return {disposition: rows[pk] for disposition, pk in first.items()}

    def reason(self, key: int) -> ChangeReason:
        """Describe a disposition by its outcome, its reason and its most telling annotation."""
        disposition = self.dispositions[key]
        annotation = self.telling.get(key)
        return ChangeReason(
            kind="disposition",
            title=str(disposition.get_outcome_display()),
            text=disposition.reason,
            url=annotation.get_absolute_url() if annotation else "",
            count=disposition.counted,
            outcome=disposition.outcome,
            quote=_quote(annotation) if annotation else "",
            author=annotation.user_name if annotation else "",
        )


class _Stand(NamedTuple):
    """An annotation on an old passage; start and end are empty for the whole of it."""

    annotation: int
    disposition: int | None
    passage: int
    start: int | None
    end: int | None


def _neighbours(
    changes: Sequence[Change], linked: set[tuple[int, int]]
) -> Iterator[tuple[int, ChangeReason]]:
    """Give annotations that stand on changed passages and are linked to none of the changes.

    One stands beside the changes that touch its words; where none does, beside the first change
    of its passage.
    """
    shown = [
        (change, stand.annotation)
        for change, stands in _beside(changes).items()
        for stand in [one for one in stands if (change, one.disposition) not in linked][
            :MAX_NEIGHBOURS
        ]
    ]
    rows = Annotation.objects.select_related("disposition").in_bulk(
        {annotation for _change, annotation in shown}
    )
    for change, annotation in shown:
        yield change, _asking(rows[annotation])


def _beside(changes: Sequence[Change]) -> dict[int, list[_Stand]]:
    begins = _begins(changes)
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


def _begins(changes: Sequence[Change]) -> dict[int, list[tuple[int, int]]]:
    """Give for each old passage its changes in order, with where it begins in each."""
    through = Change.old_passages.through.objects.filter(
        change__in=[change.pk for change in changes]
    )
    pairs = through.order_by("change__position", "passage__position").values_list(
        "change_id", "passage_id"
    )
    rows = list(pairs)
    lengths = {
        pk: len(text)
        for pk, text in Passage.objects.filter(
            pk__in={passage for _change, passage in rows}
        ).values_list("pk", "text")
    }
    begins: dict[int, list[tuple[int, int]]] = defaultdict(list)
    at: dict[int, int] = defaultdict(int)
    for change, passage in rows:
        begins[passage].append((change, at[change]))
        at[change] += lengths[passage] + 1
    return begins


def _stands(passages: Iterable[int]) -> Iterator[_Stand]:
    """Give the public annotations on passages, written there or placed there."""
    keys = list(passages)
    written = Annotation.objects.roots().public().filter(passage__in=keys)
    for row in written.order_by("created_at", "pk").values_list(
        "pk", "disposition_id", "passage_id", "start", "end"
    ):
        yield _Stand(*row)
    placed = Placement.objects.filter(passage__in=keys, annotation__state=State.PUBLIC)
    for row in placed.order_by("annotation__created_at", "annotation_id").values_list(
        "annotation_id", "annotation__disposition_id", "passage_id", "start", "end"
    ):
        yield _Stand(*row)


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


def _quote(annotation: Annotation) -> str:
    length = (annotation.end or 0) - (annotation.start or 0)
    return _shortened(ranges.readable(annotation.exact, length), QUOTE_LENGTH)


def _shortened(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"
