"""Public pages of the strategy site beside its pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms_pages.forms import ProblemReportForm
from cms_pages.services.reports import report_problem as store_report

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MAX_PATH = 500


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_problem(request: HttpRequest) -> HttpResponse:
    """Take a report about any page."""
    if request.method != "POST":
        form = ProblemReportForm(initial={"page_url": _own_path(request)})
        return _show(request, form)
    form = ProblemReportForm(request.POST)
    if not form.is_valid():
        return _show(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    data = form.cleaned_data
    try:
        store_report(
            kind=data["kind"],
            text=data["text"],
            page_url=data["page_url"],
            email=data["email"],
            base_url=f"{request.scheme}://{request.get_host()}",
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _show(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(reverse("pages:problem_reported"))


@require_safe
def problem_reported(request: HttpRequest) -> HttpResponse:
    """Thank for a report."""
    return render(request, "cms_pages/problem_reported.html")


def _show(
    request: HttpRequest, form: ProblemReportForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "cms_pages/report_problem.html", {"form": form}, status=status)


def _own_path(request: HttpRequest) -> str:
    """Return the page that the link names, if it is a path of this site."""
    value = request.GET.get("page", "")[:MAX_PATH]
    if not url_has_allowed_host_and_scheme(value, allowed_hosts=None):
        return ""
    path = urlsplit(value).path
    return path if path.startswith("/") else ""
