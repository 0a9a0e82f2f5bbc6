"""Public pages of submissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from versioning.access import get_public_page
from versioning.exports.records import public_pieces
from versioning.models import Submission, Version
from versioning.presentation.submissions import rounds_of
from versioning.services.progress import path_of
from versioning.standing import standing_of_path
from versioning.views.downloads import records_response

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse


@require_safe
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a submission, the whole path of its text, and what changed on the way."""
    shown = _find(pk)
    page = get_public_page(request, shown.version.page_id)
    path = path_of(shown)
    newest = Version.objects.filter(page=page.pk).order_by("-number").values_list("number")[0][0]
    prefetch_related_objects(path, "steps__documents__document")
    context = {
        "page": page,
        "submission": shown,
        "version": shown.version,
        "last": path[-1],
        "standing": standing_of_path(path, newest),
        "rounds": rounds_of(path),
        "newest": newest,
    }
    return render(request, "versioning/submission.html", context)


@require_safe
def records(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Hand out everything that was done about a text, chained by hashes, without persons."""
    page = get_public_page(request, _find(pk).version.page_id)
    return records_response(public_pieces(page), page)


def _find(pk: int) -> Submission:
    found = Submission.objects.select_related("version__locale", "version__page")
    return get_object_or_404(found, pk=pk)
