"""Public pages that compare versions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from versioning import permissions, presentation
from versioning.access import get_public_page
from versioning.bodies import prepare_bodies
from versioning.comparisons import Comparison, compare_versions
from versioning.models import Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from versioning.comparisons import ComparedRow
    from versioning.models import Passage

LAYOUTS = ("side", "inline")
EXTENTS = ("changes", "all")


@require_safe
def choose_comparison(request: HttpRequest, page_id: int) -> HttpResponse:
    """Redirect to the comparison that the form asks for."""
    page = get_public_page(request, page_id)
    numbered = sorted(Version.objects.numbers_of(page))
    if not numbered:
        raise Http404
    new = _chosen(request, "to", numbered[-1])
    earlier = [number for number in numbered if number < new]
    old = _chosen(request, "from", earlier[-1] if earlier else numbered[0])
    if old not in numbered or new not in numbered:
        raise Http404
    url = reverse("versioning:comparison", args=[page.pk, min(old, new), max(old, new)])
    query = _query(request)
    return redirect(f"{url}?{query}" if query else url)


@require_safe
def comparison(request: HttpRequest, page_id: int, old: int, new: int) -> HttpResponse:
    """Compare two versions of a page."""
    page = get_public_page(request, page_id)
    found = {
        shown.number: shown
        for shown in Version.objects.of_page(page).select_related("locale", "page")
    }
    if old not in found or new not in found:
        raise Http404
    if old > new:
        url = reverse("versioning:comparison", args=[page.pk, new, old])
        return redirect(f"{url}?{request.GET.urlencode()}" if request.GET else url)
    compared = compare_versions(found[old], found[new])
    context = {"page": page, "versions": found.values(), **_comparison_context(request, compared)}
    context["may_explain"] = permissions.can(request.user, "explain_changes", page)
    response = render(request, "versioning/comparison.html", context)
    if "view" not in request.GET:
        patch_vary_headers(response, ["User-Agent"])
    return response


def _comparison_context(request: HttpRequest, compared: Comparison) -> dict[str, object]:
    only = _one_of(request, "only", tuple(presentation.CATEGORIES), "")
    show = _one_of(request, "show", EXTENTS, "changes")
    rows = presentation.selected_rows(compared, only=only)
    paginator = Paginator(rows, presentation.rows.PAGE_SIZE)
    wanted: str | int | None = request.GET.get("page")
    if (change := request.GET.get("change", "")).isdecimal():
        wanted = presentation.page_of_change(rows, int(change[:18]))
    listed = paginator.get_page(wanted)
    query = _query(request)
    items = presentation.items_of_page(
        compared, rows, number=listed.number, fold=show == "changes" and not only, query=query
    )
    prepare_bodies(_passages_on(listed), request)
    return {
        "comparison": compared,
        "total": len(compared.changed),
        "summary": presentation.summary(compared),
        "items": items,
        "first": next((presentation.anchor(row) for row in listed if row.ordinal), ""),
        "listed": listed,
        "layout": _one_of(request, "view", LAYOUTS, _usual_layout(request)),
        "show": show,
        "only": only,
        "query": query,
    }


def _passages_on(rows: Iterable[ComparedRow]) -> list[Passage]:
    return [passage for row in rows for passage in (*row.old, *row.new)]


def _usual_layout(request: HttpRequest) -> str:
    """Return the layout for visitors who have not chosen one: inline on a phone."""
    return "inline" if "Mobi" in request.headers.get("User-Agent", "") else "side"


def _query(request: HttpRequest) -> str:
    """Return the valid choices of a comparison as a query string, those of the form only."""
    chosen = {
        "view": _one_of(request, "view", LAYOUTS, ""),
        "show": _one_of(request, "show", EXTENTS, ""),
        "only": _one_of(request, "only", tuple(presentation.CATEGORIES), ""),
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
