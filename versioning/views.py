"""Public pages of versions, comparisons and submissions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from versioning import permissions, presentation
from versioning.access import get_public_page
from versioning.bodies import prepare_bodies
from versioning.comparisons import Comparison, compare_versions
from versioning.models import Submission, Version
from versioning.services.windows import window_history

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse
    from wagtail.models import Page

    from versioning.comparisons import ComparedRow
    from versioning.models import Passage
    from versioning.queries import VersionQuerySet

VERSIONS_PER_PAGE = 50
LAYOUTS = ("side", "inline")
EXTENTS = ("changes", "all")


@require_safe
def versions(request: HttpRequest, page_id: int) -> HttpResponse:
    """List the versions of a page."""
    page = get_public_page(request, page_id)
    found = _versions_of(page).select_related("submission")
    if not found.exists():
        raise Http404
    listed = Paginator(found, VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "listed": listed, "total": listed.paginator.count}
    return render(request, "versioning/versions.html", context)


@require_safe
def version(request: HttpRequest, page_id: int, number: int) -> HttpResponse:
    """Show one frozen version."""
    page = get_public_page(request, page_id)
    numbered = _numbered(page)
    shown = _version_or_404(page, number)
    passages = list(shown.passages.select_related("locale").order_by("position"))
    prepare_bodies(passages, request)
    context = {
        "page": page,
        "version": shown,
        "newest": max(numbered),
        "before": max((other for other in numbered if other < number), default=None),
        "after": min((other for other in numbered if other > number), default=None),
        "window": presentation.window_sentence(shown, is_newest=number == max(numbered)),
        "window_changes": window_history(shown),
        "submission": getattr(shown, "submission", None),
        "groups": presentation.groups_of(passages),
    }
    return render(request, "versioning/version.html", context)


@require_safe
def choose_comparison(request: HttpRequest, page_id: int) -> HttpResponse:
    """Redirect to the comparison that the form asks for."""
    page = get_public_page(request, page_id)
    numbered = sorted(_numbered(page))
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
    found = {shown.number: shown for shown in _versions_of(page)}
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


@require_safe
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a submission and its way through the bodies."""
    shown = get_object_or_404(
        Submission.objects.select_related("version__locale", "version__page"), pk=pk
    )
    page = get_public_page(request, shown.version.page_id)
    context = {
        "page": page,
        "submission": shown,
        "version": shown.version,
        "steps": shown.steps.order_by("position"),
    }
    return render(request, "versioning/submission.html", context)


def _comparison_context(request: HttpRequest, compared: Comparison) -> dict[str, object]:
    only = _one_of(request, "only", tuple(presentation.CATEGORIES), "")
    show = _one_of(request, "show", EXTENTS, "changes")
    rows = presentation.selected_rows(compared, only=only)
    paginator = Paginator(rows, presentation.PAGE_SIZE)
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
    return [passage for row in rows for passage in row.new]


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


def _versions_of(page: Page) -> VersionQuerySet:
    return Version.objects.of_page(page).select_related("locale", "page")


def _numbered(page: Page) -> list[int]:
    return list(Version.objects.of_page(page).values_list("number", flat=True))


def _version_or_404(page: Page, number: int) -> Version:
    return get_object_or_404(_versions_of(page).select_related("submission"), number=number)
