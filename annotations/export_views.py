"""All public annotations of a document as files, and the newest as feeds."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from annotations import feeds
from annotations.access import newest_passage, newest_version
from annotations.api.addresses import Addresses, container_link
from annotations.api.negotiation import LD_JSON
from annotations.exports import files, report, report_documents, tables
from versioning.exports.files import File
from versioning.security_log import note
from versioning.views.exports import hand_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

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


@require_http_methods(["GET", "HEAD", "POST"])
def disposition_report(request: HttpRequest, page_id: int, form: str) -> HttpResponseBase:
    """Hand out the disposition report with everything public."""
    return report_in(request, newest_version(request, page_id), form, is_internal=False)


def report_in(
    request: HttpRequest, newest: Version, form: str, *, is_internal: bool
) -> HttpResponseBase:
    """Hand out a disposition report; long documents are made by a worker.

    Args:
        request: The request, a POST to have a long document made.
        newest: The newest version of a page that the caller may show.
        form: csv, xlsx, pdf or docx.
        is_internal: Also what only editors may see; the caller has checked the right.

    Raises:
        Http404: There is no such form.
    """
    name = f"{newest.page.slug}-{_('disposition-report')}"
    if form in {"pdf", "docx"}:
        kind = report_documents.INTERNAL if is_internal else report_documents.PUBLIC
        return hand_out(request, newest.page, File(kind, newest, newest, form))
    if form not in {"csv", "xlsx"}:
        raise Http404
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    note("export", account=request.user.pk, page=newest.page_id, form=f"report.{form}")
    table = partial(report.table_of, newest, is_internal=is_internal)
    if form == "csv":
        return _stream(lambda: tables.csv_lines(table()), CSV, f"{name}.csv")
    file = tables.xlsx_file(newest.title, table())
    return FileResponse(file, content_type=XLSX, as_attachment=True, filename=f"{name}.xlsx")


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
    return _stream(make, content_type, _name(newest, suffix))


def _stream(
    make: Callable[[], Iterator[str]], content_type: str, name: str
) -> StreamingHttpResponse:
    content = _in_language(make, translation.get_language())
    disposition = content_disposition_header(True, name) or ""
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
