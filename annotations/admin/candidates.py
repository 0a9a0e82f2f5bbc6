"""The changes that a disposition may explain: those of the annotated words first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Min, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotations.models import Annotation, Placement
from annotations.presentation.cards import shortened
from annotations.services.linking import touches
from versioning.models import Change, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

MAX_OTHERS = 200
WORDS = 90


class Spot(NamedTuple):
    """Where an annotation stands; start and end are empty for a whole passage."""

    passage: int
    start: int | None
    end: int | None


class Candidates(NamedTuple):
    """Changes of the versions after the annotations.

    Attributes:
        touching: Those that touch the annotated words.
        others: The others, in the order of the text; at most 200.
    """

    touching: list[Change]
    others: list[Change]

    @property
    def pks(self) -> set[int]:
        """The keys of all of them."""
        return {change.pk for change in (*self.touching, *self.others)}

    def choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return groups of choices for a form, without empty groups."""
        groups = (
            (_("Changes of these words"), self.touching),
            (_("Other changes"), self.others),
        )
        return [
            (title, [(str(change.pk), label_of(change)) for change in changes])
            for title, changes in groups
            if changes
        ]


def candidates_for(annotations: Sequence[Annotation]) -> Candidates:
    """Find the changes since annotations of one page, in a constant number of queries."""
    if not annotations:
        return Candidates([], [])
    oldest = Annotation.objects.filter(pk__in=[one.pk for one in annotations]).aggregate(
        page=Min("version__page"), number=Min("version__number")
    )
    changes: QuerySet[Change] = Change.objects.filter(
        version__page=oldest["page"], version__number__gt=oldest["number"]
    )
    changes = with_passages(changes)
    spots = _spots(annotations)
    touching = _touching(changes, spots)
    others = changes.exclude(pk__in=[change.pk for change in touching])
    newest_first = others.order_by("-version__number", "position")
    return Candidates(touching, list(newest_first[:MAX_OTHERS]))


def with_passages(changes: QuerySet[Change]) -> QuerySet[Change]:
    """Fetch with every change what its label shows."""
    ordered = Passage.objects.in_order()
    return changes.select_related("version").prefetch_related(
        Prefetch("old_passages", queryset=ordered), Prefetch("new_passages", queryset=ordered)
    )


def label_of(change: Change) -> str:
    """Return version, place and words of a change, as text."""
    version = _("Version %(number)d") % {"number": change.version.number}
    passages = (*change.new_passages.all(), *change.old_passages.all())
    number = next((passage.number for passage in passages if passage.number), "")
    version = f"{version}, {number}" if number else version
    old = shortened(change.old_words.strip(), WORDS)
    new = shortened(change.new_words.strip(), WORDS)
    if old and new:
        words = _("“%(old)s” becomes “%(new)s”") % {"old": old, "new": new}
    elif new:
        words = _("new: “%(new)s”") % {"new": new}
    elif old:
        words = _("removed: “%(old)s”") % {"old": old}
    else:
        words = _("moved or formatted otherwise")
    return f"{version}: {words}"


def _spots(annotations: Sequence[Annotation]) -> dict[int, list[Spot]]:
    """Return by passage where annotations stand, on their own and on later versions."""
    found = [Spot(one.passage_id, one.start, one.end) for one in annotations]
    placed = Placement.objects.filter(
        annotation__in=[one.pk for one in annotations], passage__isnull=False
    )
    found += [Spot(*row) for row in placed.values_list("passage_id", "start", "end")]
    spots: dict[int, list[Spot]] = {}
    for spot in found:
        spots.setdefault(spot.passage, []).append(spot)
    return spots


def _touching(changes: QuerySet[Change], spots: dict[int, list[Spot]]) -> list[Change]:
    near = changes.filter(old_passages__in=spots).distinct()
    rows = near.order_by("-version__number", "position")
    return [change for change in rows if _touches(change, spots)]


def _touches(change: Change, spots: dict[int, list[Spot]]) -> bool:
    begin = 0
    for passage in change.old_passages.all():
        if _any_touched(change, spots.get(passage.pk, ()), begin):
            return True
        begin += len(passage.text) + 1
    return False


def _any_touched(change: Change, spots: Iterable[Spot], begin: int) -> bool:
    return any(touches(change, begin=begin, start=spot.start, end=spot.end) for spot in spots)


def sentence_of(number: int) -> str:
    """Say how many annotations one answer is for."""
    return ngettext(
        "This answers %(number)d annotation.", "This answers %(number)d annotations.", number
    ) % {"number": number}
