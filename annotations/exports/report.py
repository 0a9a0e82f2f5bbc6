"""The disposition report: every annotation of a text with its answer, in the order of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, Count, F, Max, OuterRef, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from annotations.exports.rows import CHUNK, day_of, reaction_of
from annotations.models import Annotation, Disposition, Placement, Reaction, State
from annotations.presentation.cards import answer_to
from annotations.presentation.fates import CHANGING
from annotations.presentation.filters import chapter_names
from annotations.presentation.records import kind_of, proposal_of, records_of, words_of
from versioning.exports import sources
from versioning.models import Passage
from versioning.presentation import words_of_change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from versioning.models import Change, Version

MOST_CHANGES = 10
"""Changes of one answer that are spelled out."""


class Entry(NamedTuple):
    """One annotation with its answer; names of people are in no report.

    Attributes:
        chapter: Name of the chapter in which it stands now.
        number: What it is cited by; it never changes.
        change: Which words were replaced by which, in which version.
        reaction: What the author said to the answer.
        state: Whether everybody sees it, and its answer; told to editors alone.
    """

    chapter: str
    number: int
    version: int
    passage: str
    kind: str
    source: str
    quote: str
    words: str
    proposed: str
    outcome: str
    reason: str
    office: str
    answered: str
    change: str
    reaction: str
    address: str
    state: str


def headings(*, is_internal: bool) -> list[str]:
    """Return the names of the columns of the tables."""
    found = [
        _("Chapter"),
        _("Number"),
        _("Version"),
        _("Paragraph"),
        _("Kind"),
        _("Source"),
        _("Quote"),
        _("Annotation"),
        _("Proposed wording"),
        _("Disposition"),
        _("Reason"),
        _("Responsible office"),
        _("Answered on"),
        _("Changes"),
        _("Objection or agreement"),
        _("Address"),
    ]
    return [*found, _("State")] if is_internal else found


def table_of(newest: Version, *, is_internal: bool) -> Iterator[Sequence[object]]:
    """Yield the headings, then a row for each annotation."""
    names = headings(is_internal=is_internal)
    yield names
    for entry in entries_of(newest, is_internal=is_internal):
        yield entry[: len(names)]


def entries_of(newest: Version, *, is_internal: bool) -> Iterator[Entry]:
    """Yield the annotations of a page in the order of its text; what is gone from it comes last.

    The number of queries grows with the chunks alone.

    Args:
        newest: The newest version of the page.
        is_internal: Also what only editors may see: hidden annotations, ones that wait for
            moderation, and answers that are not public yet.
    """
    for _row, entry in rows_with_entries(newest, is_internal=is_internal):
        yield entry


def rows_with_entries(newest: Version, *, is_internal: bool) -> Iterator[tuple[Annotation, Entry]]:
    """Yield what ``entries_of`` does, each with its annotation.

    ``place_chapter`` of an annotation is the ordinal of its chapter, None where it is gone.
    """
    chapters = chapter_names(newest)
    publisher = sources.publisher_of(newest)
    place = {
        name: Case(
            When(version=newest, then=F(f"passage__{name}")),
            default=Coalesce(F(f"place__passage__{name}"), _same_passage(newest, name)),
        )
        for name in ("position", "chapter")
    }
    rows = _rows(records_of(newest), is_internal=is_internal).annotate(
        place_position=place["position"], place_chapter=place["chapter"]
    )
    rows = rows.order_by(F("place_position").asc(nulls_last=True), "created_at", "pk")
    for row in rows.iterator(chunk_size=CHUNK):
        name = chapters.get(str(row.place_chapter), "")
        yield row, _entry(row, name, publisher, is_internal=is_internal)


def count_of(newest: Version, *, is_internal: bool) -> int:
    """Return how many annotations a report lists."""
    return _rows(Annotation.objects.of_page(newest.page_id), is_internal=is_internal).count()


def state_of(newest: Version, *, is_internal: bool) -> list[object]:
    """Return what tells that a report would read otherwise, in a constant number of queries.

    Whatever may change of it changes one of these sums: words only with a moment, states and
    answers with a key that comes or goes.
    """
    page = newest.page_id
    written = _rows(Annotation.objects.of_page(page), is_internal=is_internal).order_by()
    states = written.values("state").annotate(
        n=Count("pk"), keys=Sum("pk"), answers=Sum("disposition")
    )
    answers = Disposition.objects.filter(page=page)
    links = Disposition.changes.through.objects.filter(disposition__page=page)
    placed = Placement.objects.filter(version=newest)
    sums = [
        written.aggregate(at=Max("edited_at")),
        answers.aggregate(n=Count("pk"), at=Max("decided_at"), public=Max("public_at")),
        answers.filter(public_at=None).aggregate(keys=Sum("pk")),
        answers.filter(missing=True).aggregate(keys=Sum("pk")),
        links.aggregate(n=Count("pk"), changes=Sum("change"), keys=Sum("disposition")),
        Reaction.objects.filter(disposition__page=page).aggregate(keys=Sum("pk")),
        placed.aggregate(n=Count("pk"), passages=Sum("passage"), keys=Sum("pk")),
    ]
    return [str(sorted(map(str, states))), *map(str, sums)]


def _same_passage(newest: Version, name: str) -> Subquery:
    """Return something of the passage on the newest version, where the words are gone from it.

    Where a suggested edit was adopted nothing is left of the words, but their paragraph is there.
    """
    here = Passage.objects.filter(version=newest, uid=OuterRef("passage__uid"))
    return Subquery(here.values(name)[:1])


def _rows(rows: QuerySet[Annotation], *, is_internal: bool) -> QuerySet[Annotation]:
    roots = rows.counted()  # type: ignore[attr-defined]  # our queryset
    return roots if is_internal else roots.filter(state=State.PUBLIC)


def _entry(
    row: Annotation, chapter: str, publisher: sources.Publisher, *, is_internal: bool
) -> Entry:
    words = words_of(row)
    answer = answer_to(row)
    given = answer.disposition if answer else row.disposition if is_internal else None
    holds = given is not None and not given.missing
    disposition = given if holds else None
    return Entry(
        chapter=chapter or _("Passages that are no longer there"),
        number=row.pk,
        version=row.version.number,
        passage=row.passage.number,
        kind=kind_of(row),
        source=str(row.get_source_display()),
        quote=words.exact if words else "",
        words=row.comment,
        proposed=proposal_of(row),
        outcome=str(disposition.get_outcome_display()) if disposition else _("Still open"),
        reason=disposition.reason if disposition else "",
        office=disposition.office if disposition else "",
        answered=day_of(disposition.public_at) if disposition else "",
        change=_change(disposition) if disposition else "",
        reaction=reaction_of(row) if answer else "",
        address=publisher.absolute(row.get_absolute_url()),
        state=_state(row, disposition) if is_internal else "",
    )


def _state(row: Annotation, disposition: Disposition | None) -> str:
    said = str(row.get_state_display())
    if disposition is None or disposition.public_at:
        return said
    return _("%(state)s, answer not public yet") % {"state": said}


def _change(disposition: Disposition) -> str:
    """Say what an answer changed, one change in a line."""
    changes = sorted(disposition.changes.all(), key=lambda one: (one.version.number, one.position))
    if not changes:
        return _("intended") if disposition.outcome in CHANGING else ""
    lines = [_line(change) for change in changes[:MOST_CHANGES]]
    more = len(changes) - len(lines)
    return "\n".join([*lines, *([_("and %(number)d more") % {"number": more}] if more else [])])


def _line(change: Change) -> str:
    version = _("Version %(number)d") % {"number": change.version.number}
    return f"{version}: {words_of_change(change)}".removesuffix(": ")
