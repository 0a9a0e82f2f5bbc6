"""All public annotations of a document as files, and the newest as feeds."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import conditional_page, require_safe

from annotations import feeds
from annotations.access import newest_passage, newest_version
from annotations.api.addresses import Addresses, container_link
from annotations.api.negotiation import LD_JSON
from annotations.exports import files
from versioning.security_log import note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from django.http import HttpRequest

    from versioning.models import Version

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ATOM = "application/atom+xml; charset=utf-8"


@require_safe
def as_csv(request: HttpRequest, page_id: int) -> StreamingHttpResponse:
    """Give everything public of a document as CSV."""
    return _streamed(request, page_id, files.csv_lines, CSV, "csv")


@require_safe
def as_json_ld(request: HttpRequest, page_id: int) -> StreamingHttpResponse:
    """Give everything public of a document as a Web Annotation collection."""
    if not container_link(request, page_id):
        raise Http404  # its annotations have no addresses where the interface is not mounted
    return _streamed(request, page_id, files.json_ld_pieces, LD_JSON, "jsonld")


@require_safe
def as_xlsx(request: HttpRequest, page_id: int) -> FileResponse:
    """Give everything public of a document as a workbook."""
    newest = newest_version(request, page_id)
    note("export", account=request.user.pk, page=page_id, form="xlsx")
    file = files.xlsx_file(newest, Addresses(request))
    return FileResponse(file, content_type=XLSX, as_attachment=True, filename=_name(newest, "xlsx"))


@require_safe
@conditional_page
def feed(request: HttpRequest, page_id: int) -> HttpResponse:
    """Tell the newest annotations of a document."""
    newest = newest_version(request, page_id)
    return HttpResponse(feeds.document_feed(request, newest), content_type=ATOM)


@require_safe
@conditional_page
def passage_feed(request: HttpRequest, page_id: int, uid: UUID) -> HttpResponse:
    """Tell the newest annotations of a passage, on the newest version that has it."""
    passage = newest_passage(newest_version(request, page_id), uid)
    return HttpResponse(feeds.passage_feed(request, passage), content_type=ATOM)


def _streamed(
    request: HttpRequest,
    page_id: int,
    pieces: Callable[[Version, Addresses], Iterator[str]],
    content_type: str,
    suffix: str,
) -> StreamingHttpResponse:
    newest = newest_version(request, page_id)
    note("export", account=request.user.pk, page=page_id, form=suffix)
    make = partial(pieces, newest, Addresses(request))
    content = _in_language(make, translation.get_language())
    disposition = content_disposition_header(True, _name(newest, suffix)) or ""
    return StreamingHttpResponse(
        content,
        status=HTTPStatus.OK,
        content_type=content_type,
        headers={"Content-Disposition": disposition},
    )


def _in_language(make: Callable[[], Iterator[str]], language: str | None) -> Iterator[str]:
    """Yield pieces in the reader's language, also after the request was answered."""
    pieces = make()
    while True:
        with translation.override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _name(newest: Version, suffix: str) -> str:
    return f"{newest.page.slug}.{suffix}"
