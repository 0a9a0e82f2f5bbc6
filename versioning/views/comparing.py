"""Public pages that compare versions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from versioning import page_cache, permissions, presentation, stages
from versioning.access import NothingHere, get_public_page
from versioning.bodies import prepare_bodies
from versioning.excerpts import Excerpt, place_of_change, place_of_passage
from versioning.models import Version
from versioning.outlines import open_outline
from versioning.presentation.layout import layout_of
from versioning.presentation.rows import Queries, Words, items_of_page, ways_from_page
from versioning.presentation.sections import with_sections
from versioning.presentation.tables import with_tables
from versioning.services.changes import unexplained_in
from versioning.views.signing import signing_boxes

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from wagtail.models import Page

    from versioning.outlines import Outline
    from versioning.presentation.layout import Layout

LAYOUTS = ("side", "inline")
EXTENTS = ("changes", "all")


@require_safe
def choose_comparison(request: HttpRequest, page_id: int) -> HttpResponse:
    """Redirect to the comparison that the form asks for."""
    page = get_public_page(request, page_id)
    numbered = sorted(_versions(request, page))
    if not numbered:
        raise NothingHere(_("This text has no version yet."))
    new = _chosen(request, "to", numbered[-1])
    earlier = [number for number in numbered if number < new]
    old = _chosen(request, "from", earlier[-1] if earlier else numbered[0])
    if old not in numbered or new not in numbered:
        raise NothingHere(_("This text has no version with that number."))
    url = reverse("versioning:comparison", args=[page.pk, min(old, new), max(old, new)])
    chapter = _chosen(request, "chapter", -1)
    query = _query(request, chapter=chapter if chapter >= 0 else None)
    return redirect(f"{url}?{query}" if query else url)


@page_cache.shares_pages
@require_safe
def comparison(request: HttpRequest, page_id: int, old: int, new: int) -> HttpResponse:
    """Compare two versions of a page."""
    page = get_public_page(request, page_id)
    found = _versions(request, page)
    if old not in found or new not in found:
        raise NothingHere(_("This text has no version with that number."))
    if old > new:
        url = reverse("versioning:comparison", args=[page.pk, new, old])
        return redirect(f"{url}?{request.GET.urlencode()}" if request.GET else url)
    outline = open_outline(found[old], found[new])
    context = {"page": page, "versions": found.values(), **_comparison_context(request, outline)}
    context["may_explain"] = permissions.can(request.user, "explain_changes", page)
    if context["may_explain"]:
        between = [version for version in found.values() if old < version.number <= new]
        context["unexplained"] = unexplained_in(between).count()
    context["signing"] = signing_boxes(request, found[new])
    response = render(request, "versioning/comparison.html", context)
    if "view" not in request.GET:
        patch_vary_headers(response, ["User-Agent"])
    if old != stages.BEFORE_FIRST:  # that one changes with another page
        page_cache.share(request, response, page=page, topic=found[new].page_id)
    return response


def _versions(request: HttpRequest, page: Page) -> dict[int, Version]:
    """Return what can be compared by number, newest first; 0 is the end of the stage before."""
    rows = Version.objects.with_stage_before(page).select_related("locale", "page")
    return stages.numbered(request, page, rows)


def _comparison_context(request: HttpRequest, outline: Outline) -> dict[str, object]:
    only = _one_of(request, "only", tuple(presentation.CATEGORIES), "")
    show = _one_of(request, "show", EXTENTS, "changes")
    chapter = _chapter(request, outline)
    layout = layout_of(outline, only=only, chapter=chapter, fold=show == "changes")
    listed = Paginator(layout.pages, 1).get_page(_wanted_page(request, layout))
    page = layout.pages[listed.number - 1]
    excerpt = Excerpt(outline, presentation.places_on(page))
    prepare_bodies([p for row in excerpt.rows.values() for p in (*row.old, *row.new)], request)
    query = _query(request, chapter=chapter)
    unfolded = _query(request, chapter=chapter, show="all", only="")
    queries = Queries(query, _query(request, only=""), unfolded)
    shown = items_of_page(layout, excerpt, number=listed.number, queries=queries)
    items = with_sections(shown, outline, excerpt.headings)
    view = _one_of(request, "view", LAYOUTS, _usual_layout(request))
    changes = (entry.first for entry in page if entry.kind == "row")
    first = next((place for place in changes if outline.ordinals[place]), None)
    back, forward = ways_from_page(layout, listed.number, queries)
    return {
        "comparison": outline,
        "total": outline.total,
        "summary": presentation.summary(outline),
        "words": Words(outline.words_added, outline.words_removed),
        "chapters": presentation.chapters(outline, excerpt.titles),
        "chapter": chapter,
        "items": with_tables(items, outline, side_by_side=view == "side"),
        "back": back,
        "forward": forward,
        "first": "" if first is None else presentation.anchor(excerpt.rows[first]),
        "listed": listed,
        "layout": view,
        "show": show,
        "only": only,
        "query": query,
    }


def _wanted_page(request: HttpRequest, layout: Layout) -> str | int | None:
    """Return the page that is asked for, by its number, or by what stands on it."""
    if (change := request.GET.get("change", "")).isdecimal():
        place = place_of_change(layout.outline, int(change[:18]))
        return 1 if place is None else layout.page_of(place) or 1
    if at := request.GET.get("at", ""):
        place = place_of_passage(layout.outline, at)
        return 1 if place is None else layout.page_of(place) or 1
    return request.GET.get("page")


def _chapter(request: HttpRequest, outline: Outline) -> int | None:
    """Return the chapter that is asked for, None where there is no such one."""
    wanted = _chosen(request, "chapter", -1)
    return wanted if wanted in {chapter for chapter, _first in outline.chapters} else None


def _usual_layout(request: HttpRequest) -> str:
    """Return the layout for visitors who have not chosen one: inline on a phone."""
    return "inline" if page_cache.is_phone(request) else "side"


def _query(request: HttpRequest, *, chapter: int | None = None, **other: str) -> str:
    """Return the valid choices of a comparison as a query string, those of the form only.

    Args:
        request: Has the choices.
        chapter: The chapter that is shown, None for all.
        **other: Choices that take the place of those of the request.
    """
    chosen = {
        "view": _one_of(request, "view", LAYOUTS, ""),
        "show": _one_of(request, "show", EXTENTS, ""),
        "only": _one_of(request, "only", tuple(presentation.CATEGORIES), ""),
        "chapter": "" if chapter is None else str(chapter),
        **other,
    }
    return urlencode({name: value for name, value in chosen.items() if value})


def _one_of(request: HttpRequest, name: str, allowed: tuple[str, ...], usual: str) -> str:
    value = request.GET.get(name, "")
    return value if value in allowed else usual


def _chosen(request: HttpRequest, name: str, usual: int) -> int:
    value = request.GET.get(name, "")
    if not value:
        return usual
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
