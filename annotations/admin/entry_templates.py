"""Empty tables to fill in with what came by workshop, interview or letter."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from annotations.admin.entering import version_for
from annotations.export_views import CSV, XLSX
from annotations.exports.tables import csv_lines, text_cell
from annotations.presentation.cards import shortened
from annotations.services.sheets import headings
from versioning.models import Passage

if TYPE_CHECKING:
    from django.http import HttpRequest

    from versioning.models import Version

WORDS = 120
_WIDTHS = {"quote": 40, "body": 60, "proposed": 40, "name": 30}


@require_safe
def template_csv(request: HttpRequest, page: int) -> HttpResponse:
    """Give an empty table with the headings."""
    version_for(request, page)
    return _file("".join(csv_lines([headings().values()])), CSV, "csv")


@require_safe
def template_xlsx(request: HttpRequest, page: int) -> HttpResponse:
    """Give an empty table with the headings, and the numbers of the passages on another sheet."""
    return _file(_workbook(version_for(request, page)), XLSX, "xlsx")


def _workbook(version: Version) -> bytes:
    """Return a workbook whose cells are text, so that no number becomes a date."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Contributions"))
    sheet.freeze_panes = "A2"
    names = headings()
    for place, name in enumerate(names, start=1):
        column = sheet.column_dimensions[get_column_letter(place)]
        column.width = _WIDTHS.get(name, 18)
        column.number_format = "@"
    sheet.append([text_cell(sheet, heading) for heading in names.values()])
    beside = book.create_sheet(_("Passages"))
    beside.column_dimensions["B"].width = 100
    beside.append([text_cell(beside, heading) for heading in (names["passage"], names["body"])])
    rows = Passage.objects.filter(version=version, withheld_at=None).exclude(number="").in_order()
    for number, text in rows.values_list("number", "text"):
        beside.append([text_cell(beside, number), text_cell(beside, shortened(text, WORDS))])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _file(content: str | bytes, kind: str, suffix: str) -> HttpResponse:
    name = f"{_('contributions')}.{suffix}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type=kind, headers=headers)
