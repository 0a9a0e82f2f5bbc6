"""The list of all annotations of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe
from wagtail.coreutils import get_content_languages

from annotations.access import newest_shown
from annotations.presentation.entries import entries_of
from annotations.presentation.filters import Filters, choices_for

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from annotations.models import Annotation
    from versioning.models import Version

PER_PAGE = 20


@require_safe
def listing(request: HttpRequest, page_id: int) -> HttpResponse:
    """List the annotations of a text over all its versions, as the address asks for."""
    version = newest_shown(request, page_id)
    filters = Filters.read(request.GET, choices_for(version, _languages(version)))
    rows = filters.rows(version, request.user)
    paging = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown: QuerySet[Annotation] = paging.object_list  # type: ignore[assignment]  # a slice of one
    context = {
        "page": version.page,
        "version": version,
        "page_url": version.page.get_url(request) or version.get_absolute_url(),
        "filters": filters,
        "paging": paging,
        "paging_query": f"{filters.query}&" if filters.query else "",
        "entries": entries_of(shown, filters.words),
    }
    response = render(request, "annotations/list_page.html", context)
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


def _languages(version: Version) -> dict[str, str]:
    """Return the languages that can be chosen: none where a text has but one."""
    is_translated = version.is_translated  # type: ignore[attr-defined]  # by newest_shown
    return get_content_languages() if is_translated else {}
