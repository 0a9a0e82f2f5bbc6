"""The public page that tells where the words of a version come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from versioning.access import get_public_page
from versioning.bodies import prepare_bodies
from versioning.doors import reasons_of
from versioning.models import Change, Version
from versioning.origins import origins_of
from versioning.presentation import groups_of
from versioning.presentation import origins as shown_origins
from versioning.stages import BEFORE_FIRST, numbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from versioning.models import Passage
    from versioning.origins import VersionOrigins
    from versioning.presentation.origins import ShownChange


class _Chapter(NamedTuple):
    """A chapter of the shown version.

    Attributes:
        ordinal: Which one it is.
        title: Number and words of its heading.
        begin: Position of its heading.
        end: Position behind its last passage.
    """

    ordinal: int
    title: str
    begin: int
    end: int


class _Choice(NamedTuple):
    """What the visitor wants to see: one chapter, one version's words; 0 for all."""

    chapter: int
    brought: int

    @property
    def query(self) -> str:
        return urlencode({name: value for name, value in self._asdict().items() if value})


@require_safe
def origin(request: HttpRequest, page_id: int, number: int) -> HttpResponse:
    """Show which version brought which words of a version, and why."""
    page = get_public_page(request, page_id)
    rows = Version.objects.with_stage_before(page).select_related("locale", "page")
    versions = list(numbered(request, page, rows).values())
    shown = next((version for version in versions if version.number == number), None)
    if shown is None or number == BEFORE_FIRST:
        raise Http404
    before = [version for version in versions if version.number <= number]
    context = {"page": page, "version": shown, "versions": versions, "layout": "origin"}
    return render(request, "versioning/origin.html", context | _context(request, shown, before))


def _context(request: HttpRequest, shown: Version, before: Sequence[Version]) -> dict[str, object]:
    chapters, withheld, count = _outline(shown)
    origins = origins_of(shown, withheld=withheld)
    lines = shown_origins.legend(origins, before)
    choice = _Choice(
        chapter=_number(request, "chapter", {chapter.ordinal for chapter in chapters}),
        brought=_number(request, "brought", {line.version.number for line in lines if line.age}),
    )
    positions = _positions(choice, chapters, origins, count)
    pages = shown_origins.pages_of(positions, origins, only=choice.brought)
    listed = Paginator(pages, 1).get_page(request.GET.get("page"))
    passages = _passages(request, shown, next(iter(listed), []))
    _show(passages, origins, choice.brought, shown, before)
    return {
        "legend": lines,
        "first": origins.first,
        "old": before[1] if len(before) > 1 else shown,
        "new": shown,
        "chapters": chapters,
        "chapter": choice.chapter,
        "brought": choice.brought,
        "listed": listed,
        "query": choice.query,
        "count": count,
        "groups": groups_of(passages),
    }


def _outline(shown: Version) -> tuple[list[_Chapter], int, int]:
    """Return the chapters, and how many passages are withheld, and how many there are."""
    rows = shown.passages.filter(
        Q(kind="heading") | Q(withheld_at__isnull=False) | Q(pk=_last(shown))
    )
    heads: dict[int, tuple[str, int]] = {}
    withheld = count = 0
    names = ("position", "kind", "chapter", "number", "text", "withheld_at")
    for position, kind, chapter, cited, text, gone in rows.in_order().values_list(*names):
        if kind == "heading" and chapter:
            heads.setdefault(chapter, (f"{cited} {text}".strip(), position))
        withheld += gone is not None
        count = position + 1
    ends = [*(begin for _title, begin in heads.values()), count][1:]
    chapters = [
        _Chapter(ordinal, title, begin, end)
        for (ordinal, (title, begin)), end in zip(heads.items(), ends, strict=True)
    ]
    return chapters, withheld, count


def _last(shown: Version) -> QuerySet[Passage, int]:
    return shown.passages.order_by("-position").values_list("pk", flat=True)[:1]


def _number(request: HttpRequest, name: str, allowed: set[int]) -> int:
    value = request.GET.get(name, "")
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
    return number if number in allowed else 0


def _positions(
    choice: _Choice, chapters: Iterable[_Chapter], origins: VersionOrigins, count: int
) -> Sequence[int]:
    positions: Sequence[int] = range(count)
    for chapter in chapters:
        if chapter.ordinal == choice.chapter:
            positions = range(chapter.begin, chapter.end)
    if not choice.brought:
        return positions
    return [
        position
        for position in positions
        if shown_origins.chosen_marks(origins, position, only=choice.brought)
    ]


def _passages(request: HttpRequest, shown: Version, positions: Sequence[int]) -> list[Passage]:
    found = shown.passages.filter(position__in=positions).in_order().select_related("locale")
    passages = list(found)
    prepare_bodies(passages, request)
    return passages


def _show(
    passages: Sequence[Passage],
    origins: VersionOrigins,
    brought: int,
    shown: Version,
    versions: Sequence[Version],
) -> None:
    """Mark the words of the shown passages and put what stands behind them at each passage."""
    marks = {
        passage.pk: shown_origins.chosen_marks(origins, passage.position, only=brought)
        for passage in passages
        if not passage.is_withheld
    }
    changes = _changes({pk for found in marks.values() for mark in found for pk in mark.changes})
    by_number = {version.number: version for version in versions}
    for passage in passages:
        passage.origin = shown_origins.show_origin(  # type: ignore[attr-defined]  # read by the template
            passage,
            marks.get(passage.pk, []),
            shown=shown,
            versions=by_number,
            changes=changes,
        )


def _changes(keys: Iterable[int]) -> dict[int, ShownChange]:
    found = list(Change.objects.filter(pk__in=keys).select_related("version"))
    reasons = reasons_of(found)
    return {change.pk: shown_origins.shown_change(change, reasons[change.pk]) for change in found}
