"""Files of versions and comparisons, and the page that tells how far a long one is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseNotModified,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from versioning.access import NothingHere, get_public_page
from versioning.exports import pdf
from versioning.exports.files import FORMS, File
from versioning.models import Export, ExportState, Version
from versioning.services.exporting import is_underway, request_export, stored_export
from versioning.stages import BEFORE_FIRST, numbered
from versioning.views.downloads import is_known, mark, name_file

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.models import Page

logger = logging.getLogger(__name__)

MAX_NUMBER = 2**31 - 1
"""No version has a higher number; the database cannot even be asked for it."""
SECONDS = 5
"""After so many seconds the page of a file that is being prepared is shown anew."""


@require_http_methods(["GET", "HEAD", "POST"])
def export_version(request: HttpRequest, page_id: int, number: int, form: str) -> HttpResponse:
    """Hand out one version as a file."""
    page = get_public_page(request, page_id)
    if form not in FORMS or FORMS[form].of_version is None:
        raise Http404
    version = _versions(page, number).get(number)
    if version is None:
        raise NothingHere(_("This text has no version with that number."))
    return hand_out(request, page, File("version", version, version, form))


@require_http_methods(["GET", "HEAD", "POST"])
def export_comparison(
    request: HttpRequest, page_id: int, old: int, new: int, form: str
) -> HttpResponse:
    """Hand out a comparison as a file."""
    page = get_public_page(request, page_id)
    if form not in FORMS:
        raise Http404
    found = _compared(request, page, old, new)
    if old not in found or new not in found:
        raise NothingHere(_("This text has no version with that number."))
    if old > new:
        return redirect("versioning:export_comparison", page.pk, new, old, form)
    return hand_out(request, page, File("comparison", found[old], found[new], form))


def _compared(request: HttpRequest, page: Page, old: int, new: int) -> dict[int, Version]:
    """Return both versions; number 0 is the final one of the stage before."""
    if BEFORE_FIRST not in {old, new}:
        return _versions(page, old, new)
    rows = Version.objects.with_stage_before(page).select_related("locale", "page")
    return numbered(request, page, rows)


def _versions(page: Page, *numbers: int) -> dict[int, Version]:
    wanted = [number for number in numbers if number <= MAX_NUMBER]
    found = Version.objects.of_page(page).filter(number__in=wanted)
    return {version.number: version for version in found.select_related("locale", "page")}


def hand_out(request: HttpRequest, page: Page, file: File) -> HttpResponse:
    """Hand out a file, or the page that tells how far it is; the caller has checked the right.

    Args:
        request: The request, a POST to have the file made.
        page: The page of the text.
        file: The file.
    """
    if request.method == "POST" and file.form == "json":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if file.is_too_long():
        raise NothingHere(_("This text is too long for such a file."))
    try:
        if file.form == "pdf":
            pdf.require_renderer()
        if file.is_small():
            return _at_once(request, page, file)
    except pdf.NoRenderer as error:
        return _told(request, page, file, state="missing", message=str(error), status=503)
    if request.method == "POST":
        return _requested(request, page, file)
    return _prepared(request, page, file)


def _at_once(request: HttpRequest, page: Page, file: File) -> HttpResponse:
    """Make a file while the reader waits."""
    if request.method == "POST":
        return HttpResponseRedirect(request.path)
    state = file.digest()
    if is_known(request, state):
        return mark(HttpResponseNotModified(), state)
    try:
        content = file.build()
    except pdf.NoRenderer:
        raise
    except Exception:
        logger.exception("%s could not be made", request.path)
        return _told(request, page, file, state="broken", status=503)
    return _download(file, state, content)


def _requested(request: HttpRequest, page: Page, file: File) -> HttpResponse:
    try:
        request_export(file=file)
    except ValidationError as error:
        words = " ".join(error.messages)
        return _told(request, page, file, state="absent", message=words, status=503)
    return HttpResponseRedirect(f"{request.path}?progress=1")


def _prepared(request: HttpRequest, page: Page, file: File) -> HttpResponse:
    """Hand out a stored file, or say how far it is; asking for it takes a button."""
    export = stored_export(file=file)
    if export is None:
        return _told(request, page, file, state="absent")
    if export.state == ExportState.DONE and export.digest == (state := file.digest()):
        if "progress" in request.GET:
            return _told(request, page, file, state="done")
        if is_known(request, state):
            return mark(HttpResponseNotModified(), state)
        content = Export.objects.filter(pk=export.pk, digest=state).values_list("content").first()
        if content is not None:
            return _download(file, state, bytes(content[0]))
    if is_underway(export):
        response = _told(request, page, file, state=export.state, status=202, export=export)
        response["Refresh"] = f"{SECONDS}; url={request.path}?progress=1"
        return response
    state = "failed" if export.state == ExportState.FAILED else "absent"
    return _told(request, page, file, state=state)


def _told(  # noqa: PLR0913  # what the page needs
    request: HttpRequest,
    page: Page,
    file: File,
    *,
    state: str,
    message: str = "",
    status: int = 200,
    export: Export | None = None,
) -> HttpResponse:
    """Return the page that tells in words how far a file is."""
    context = {
        "page": page,
        "file": file,
        "name": file.name(allow_unicode=True),
        "state": state,
        "export": export,
        "message": message,
        "seconds": SECONDS,
        "is_underway": status == 202,
    }
    response = render(request, "versioning/exporting.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _download(file: File, state: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=FORMS[file.form].media_type)
    name_file(response, plain=file.name(), full=file.name(allow_unicode=True))
    return mark(response, state)
