"""Parts of a comparison: the rows that a page shows, with passages, changes and reasons."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import CharField, Q, Value
from django.db.models.functions import Length

from versioning import stages
from versioning.comparisons import ComparedRow, compared_row
from versioning.doors import reasons_of
from versioning.models import Change, Passage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from django.db.models import QuerySet

    from versioning.outlines import Outline


class Excerpt:
    """Some rows of a comparison, with everything that stands on them.

    Four queries of its own, however long the texts are: passages, changes with their links, and
    those of the sources of reasons.

    Attributes:
        rows: The rows by their place in the outline.
        titles: Number and words of the heading of each chapter, by its ordinal.
        headings: Position, number and words of the headings of the new text among the rows and
            before them in their chapter, in reading order.
    """

    def __init__(self, outline: Outline, places: Collection[int]) -> None:
        self.outline = outline
        wanted = sorted(set(places))
        old, new, others = self._passages(wanted)
        self.rows = {
            place: compared_row(
                outline.rows[place],
                [old[i] for i in outline.rows[place].old],
                [new[j] for j in outline.rows[place].new],
                outline.ordinals[place],
            )
            for place in wanted
        }
        self.titles = {
            chapter: f"{new[first].number} {new[first].text}".strip()
            for chapter, first in outline.chapters
            if chapter
        }
        self.headings = [
            (position, f"{passage.number} {passage.text}".strip())
            for position, passage in sorted(new.items())
            if passage.kind == "heading"
        ]
        self._attach_changes([row for row in self.rows.values() if row.ordinal], others)

    def _passages(
        self, places: Sequence[int]
    ) -> tuple[dict[int, Passage], dict[int, Passage], set[Any]]:
        """Return old and new passages by position, and the uids that live on elsewhere."""
        rows = [self.outline.rows[place] for place in places]
        before = [i for row in rows for i in row.old]
        after = {j for row in rows for j in row.new}
        heads = {first for chapter, first in self.outline.chapters if chapter}
        leaving = [
            i
            for place in places
            if self.outline.ordinals[place]
            for i in self.outline.rows[place].old
        ]
        old_pk, new_pk = self.outline.old.pk, self.outline.new.pk
        left = Passage.objects.filter(version=old_pk, position__in=leaving)
        found = Passage.objects.filter(
            Q(version=old_pk, position__in=before)
            | Q(version=new_pk, position__in=after | heads)
            | Q(version=new_pk, kind="heading", position__range=self._stretch(after))
            | Q(version=new_pk, uid__in=left.order_by().values("uid"))
        ).select_related("locale")
        old: dict[int, Passage] = {}
        new: dict[int, Passage] = {}
        for passage in found.order_by():
            if passage.version_id == old_pk:
                old[passage.position] = passage
            if passage.version_id == new_pk:
                new[passage.position] = passage
        elsewhere = {p.uid for place, p in new.items() if place not in after}
        return old, new, elsewhere

    def _stretch(self, positions: set[int]) -> tuple[int, int]:
        """Return the positions of the new text from the chapter of the first row to the last."""
        first, last = min(positions, default=0), max(positions, default=-1)
        starts = [start for _chapter, start in self.outline.chapters]
        return starts[max(bisect(starts, first) - 1, 0)] if starts else first, last

    def _attach_changes(self, rows: Sequence[ComparedRow], elsewhere: set[Any]) -> None:
        """Put the changes between the two versions, with their reasons, at their rows."""
        row_of = rows_by_uid(rows)
        for uid in elsewhere:
            row_of.pop(uid, None)
        linked = _linked_changes(self.outline, list(row_of))
        reasons = reasons_of([change for change, _uids in linked])
        for change, uids in linked:
            for row in {id(row): row for uid in uids if (row := row_of.get(uid))}.values():
                row.attach(change, reasons[change.pk])


def place_of_change(outline: Outline, change: int) -> int | None:
    """Return the place of the row on which a stored change stands, in one query.

    Args:
        outline: A comparison.
        change: The id of a stored change of any version, or of none.
    """
    links = [
        through.objects.filter(change=change, **_between(outline)).values("passage__uid")
        for through in (Change.old_passages.through, Change.new_passages.through)
    ]
    found = Passage.objects.filter(
        Q(uid__in=links[0]) | Q(uid__in=links[1]),
        version__in=(outline.old.pk, outline.new.pk),
    )
    places = set(found.order_by().values_list("version_id", "position"))
    old = {position for version, position in places if version == outline.old.pk}
    new = {position for version, position in places if version == outline.new.pk}
    for place, row in enumerate(outline.rows):
        if outline.ordinals[place] and not new.isdisjoint(row.new):
            return place
    for place, row in enumerate(outline.rows):
        if outline.ordinals[place] and not old.isdisjoint(row.old):
            return place
    return None


def place_of_passage(outline: Outline, name: str) -> int | None:
    """Return the place of the row that bears the lasting name of a passage, in one query.

    Args:
        outline: A comparison.
        name: "p-" and the uid of a new passage, or "o-" and that of a removed one.
    """
    versions = {"p-": outline.new.pk, "o-": outline.old.pk}
    try:
        uid = UUID(name[2:])
    except ValueError:
        return None
    if name[:2] not in versions:
        return None
    found = Passage.objects.filter(version=versions[name[:2]], uid=uid)
    position = found.values_list("position", flat=True).first()
    for place, row in enumerate(outline.rows):
        if position in (row.new if name[0] == "p" else row.old):
            return place
    return None


def rows_by_uid(rows: Iterable[ComparedRow]) -> dict[Any, ComparedRow]:
    """Return on which row each passage stands: the new one where an identity has both."""
    found: dict[Any, ComparedRow] = {}
    for row in rows:
        for passage in row.old:
            found.setdefault(passage.uid, row)
        for passage in row.new:
            found[passage.uid] = row
    return found


def _between(outline: Outline) -> dict[str, Any]:
    """Return the condition for links of changes between the two versions."""
    return {
        "change__version__page": outline.new.page_id,
        "change__version__number__gt": stages.number_on(outline.old, outline.new),
        "change__version__number__lte": outline.new.number,
    }


def _linked_changes(outline: Outline, uids: Collection[Any]) -> list[tuple[Change, list[Any]]]:
    """Return the changes that touch passages, in order, each with the uids of all it touches.

    Each change knows its old passages from then on, so that nobody has to ask again.
    """
    touching = Change.old_passages.through.objects.filter(
        passage__uid__in=uids, **_between(outline)
    ).values("change_id")
    touching = touching.union(
        Change.new_passages.through.objects.filter(
            passage__uid__in=uids, **_between(outline)
        ).values("change_id")
    )
    changes = Change.objects.filter(pk__in=touching).order_by()
    fields = [column.attname for column in Change._meta.concrete_fields]
    found: dict[int, Any] = {}
    linked: defaultdict[int, list[Any]] = defaultdict(list)
    spans: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    sides = (_side(changes, name, fields) for name in ("old_passages", "new_passages"))
    for *values, side, number, uid, passage, position, length in next(sides).union(
        next(sides), all=True
    ):
        if values[0] not in found:
            found[values[0]] = Change.from_db(changes.db, fields, values)
            found[values[0]].version_number = number
        if passage is None:
            continue
        linked[values[0]].append(uid)
        if side == "old_passages":
            spans[values[0]].append((position, passage, length))
    for change in found.values():
        change.old_lengths = [  # read by old_begins
            (passage, length) for _position, passage, length in sorted(spans[change.pk])
        ]
    ordered = sorted(found.values(), key=_order)
    return [(change, linked[change.pk]) for change in ordered]


def _order(change: Any) -> tuple[int, int]:  # noqa: ANN401  # a change that knows its version
    return change.version_number, change.position


def _side(changes: QuerySet[Change], side: str, fields: Sequence[str]) -> QuerySet[Any, Any]:
    """Return changes once for each passage of one side, which may be none.

    ``fields`` must begin with the key.
    """
    return changes.annotate(
        link_side=Value(side, output_field=CharField()),
        link_length=Length(f"{side}__text"),
    ).values_list(
        *fields,
        "link_side",
        "version__number",
        f"{side}__uid",
        f"{side}__pk",
        f"{side}__position",
        "link_length",
    )
