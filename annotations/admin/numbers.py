"""The numbers of reports of a year as a file, for those who decide on reports."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotations.export_views import CSV, XLSX
from annotations.exports import tables
from annotations.exports.report_numbers import numbers_of
from annotations.permissions import can_decide_reports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from django.http import HttpRequest

YEARS = range(2000, 2200)


@require_safe
def numbers_csv(request: HttpRequest, year: int) -> HttpResponse:
    """Give the numbers as CSV."""
    lines = "".join(tables.csv_lines(_rows(request, year)))
    headers = {"Content-Disposition": content_disposition_header(True, f"{_name(year)}.csv") or ""}
    return HttpResponse(lines, status=HTTPStatus.OK, content_type=CSV, headers=headers)


@require_safe
def numbers_xlsx(request: HttpRequest, year: int) -> FileResponse:
    """Give the numbers as a workbook."""
    file = tables.xlsx_file(_name(year), _rows(request, year))
    return FileResponse(file, content_type=XLSX, as_attachment=True, filename=f"{_name(year)}.xlsx")


def _rows(request: HttpRequest, year: int) -> Iterator[list[Any]]:
    if not can_decide_reports(request.user):
        raise PermissionDenied
    if year not in YEARS:
        raise Http404
    return numbers_of(year)


def _name(year: int) -> str:
    return _("reports-%(year)d") % {"year": year}
