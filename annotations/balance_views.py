"""The balance sheet of a text: what became of its annotations, as a page and as open data."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from annotations.access import newest_shown
from annotations.api.addresses import Addresses
from annotations.export_views import CSV
from annotations.exports import balance as exports
from annotations.presentation import figures
from annotations.presentation.balance import balance_of
from versioning import page_cache

if TYPE_CHECKING:
    from django.http import HttpRequest


@page_cache.shares_pages
@require_safe
def balance(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show what became of the annotations of a text, in numbers and pictures."""
    version = newest_shown(request, page_id)
    found = balance_of(version)
    context = {
        "page": version.page,
        "version": version,
        "page_url": version.page.get_url(request) or version.get_absolute_url(),
        "balance": found,
        "bands": figures.bands_of(found),
        "base": figures.BASE,
        "pictures": figures.pictures_of(found),
        "ways": figures.ways_of(found),
    }
    response = render(request, "annotations/balance_page.html", context)
    page_cache.share(request, response, page=version.page, topic=version.page_id)
    return response


@require_safe
def as_json(request: HttpRequest, page_id: int) -> JsonResponse:
    """Give the numbers as JSON."""
    version = newest_shown(request, page_id)
    data = exports.as_json(balance_of(version), version, Addresses(request))
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


@require_safe
def as_csv(request: HttpRequest, page_id: int) -> HttpResponse:
    """Give the numbers as CSV."""
    version = newest_shown(request, page_id)
    lines = "".join(exports.csv_lines(balance_of(version), Addresses(request)))
    name = content_disposition_header(True, f"{version.page.slug}-balance.csv") or ""
    headers = {"Content-Disposition": name}
    return HttpResponse(lines, status=HTTPStatus.OK, content_type=CSV, headers=headers)
