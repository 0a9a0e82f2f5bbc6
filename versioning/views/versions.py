"""Public pages of frozen versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from versioning import page_cache, presentation
from versioning.access import get_public_page
from versioning.bodies import prepare_bodies
from versioning.models import Version
from versioning.services.windows import window_history
from versioning.stages import readable_stage_before
from versioning.standing import GATE, standing_of_versions
from versioning.views.signing import signing_boxes

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

VERSIONS_PER_PAGE = 50


@require_safe
def versions(request: HttpRequest, page_id: int) -> HttpResponse:
    """List the versions of a page."""
    page = get_public_page(request, page_id)
    found = (
        Version.objects.of_page(page).select_related("locale", "page").select_related("submission")
    )
    if not found.exists():
        raise Http404
    listed = Paginator(found, VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "listed": listed,
        "total": listed.paginator.count,
        "newest": found[0].number,
        "standing": standing_of_versions(found.with_gate().values("number", *GATE)),
        "stage_before": readable_stage_before(request, page),
    }
    return render(request, "versioning/versions.html", context)


@page_cache.shares_pages
@require_safe
def version(request: HttpRequest, page_id: int, number: int) -> HttpResponse:
    """Show one frozen version."""
    page = get_public_page(request, page_id)
    numbered = Version.objects.numbers_of(page)
    versions_of_page = Version.objects.of_page(page)
    shown = get_object_or_404(
        versions_of_page.select_related("locale", "page", "submission"), number=number
    )
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
        "standing": standing_of_versions(versions_of_page.with_gate().values("number", *GATE)),
        "stage_before": readable_stage_before(request, page),
        "groups": presentation.groups_of(passages),
        "signing": signing_boxes(request, shown),
    }
    page_cache.hold_until(request, shown.opens, shown.closes)
    response = render(request, "versioning/version.html", context)
    page_cache.share(request, response, page=page, topic=shown.page_id)
    return response
