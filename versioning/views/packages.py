"""The package of a submission: how anyone can check it, and the file itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from versioning.access import get_public_page
from versioning.core.packages import MANIFEST, SUMS
from versioning.doors import package_contents
from versioning.exports.files import file_name, language_of
from versioning.exports.package import NAMES
from versioning.models import ExportState, Submission, SubmissionPackage
from versioning.services.packaging import newest_package
from versioning.views.downloads import is_known, mark, name_file

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django_stubs_ext import StrOrPromise

SECONDS = 5
"""After so many seconds the page of a package that is being built is shown anew."""
ZIP = "application/zip"


@require_safe
def package(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain how anyone can check a package: its files, their sizes and checksums."""
    submission = _submission(pk)
    page = get_public_page(request, submission.version.page_id)
    editions = list(
        SubmissionPackage.objects.filter(submission=submission)
        .defer("content")
        .order_by("-edition")
    )
    newest = editions[0] if editions else None
    context = {
        "page": page,
        "submission": submission,
        "version": submission.version,
        "package": newest,
        "editions": [one for one in editions if one.state == ExportState.DONE],
        "files": _described(newest) if newest and newest.is_there else [],
        "seals": (MANIFEST, SUMS),
        "name": _name(submission, newest) if newest else "",
        "seconds": SECONDS,
    }
    response = render(request, "versioning/package.html", context)
    add_never_cache_headers(response)
    if newest is not None and newest.is_underway:
        response["Refresh"] = f"{SECONDS}; url={request.path}"
    return response


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the newest edition, or lead to the page that says how far it is."""
    submission = _submission(pk)
    get_public_page(request, submission.version.page_id)
    newest = newest_package(submission)
    if newest is None or not newest.is_there:
        return HttpResponseRedirect(reverse("versioning:package", args=[pk]))
    if is_known(request, newest.sha256):
        return mark(HttpResponseNotModified(), newest.sha256)
    stored = SubmissionPackage.objects.filter(pk=newest.pk, replaced_at=None)
    content = stored.values_list("content", flat=True).first()
    if content is None:  # it was replaced in this very moment
        return HttpResponseRedirect(reverse("versioning:package", args=[pk]))
    response = FileResponse(io.BytesIO(bytes(content)), content_type=ZIP)
    plain, full = (_name(submission, newest, allow_unicode=way) for way in (False, True))
    name_file(response, plain=plain, full=full)
    response["Content-Length"] = str(newest.size)
    return mark(response, newest.sha256)


def _submission(pk: int) -> Submission:
    found = Submission.objects.select_related("version__locale", "version__page")
    return get_object_or_404(found, pk=pk)


def _described(newest: SubmissionPackage) -> list[dict[str, Any]]:
    """Return the files with what they are, in words."""
    names: dict[str, StrOrPromise] = dict(NAMES)
    for content in package_contents().values():
        names |= content.names
    return [{**fact, "words": names.get(fact["name"], "")} for fact in newest.files]


def _name(submission: Submission, newest: SubmissionPackage, *, allow_unicode: bool = False) -> str:
    """Return the name of the file for the reader's disk."""
    version = submission.version
    with language_of(version):
        words = _("Submission %(number)d edition %(edition)d") % {
            "number": submission.pk,
            "edition": newest.edition,
        }
    return file_name(version.title, words, "zip", allow_unicode=allow_unicode)
