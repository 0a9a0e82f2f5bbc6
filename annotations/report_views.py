"""Pages on which anybody reports content, and sees what became of a report."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotations import access, link_responses, responses
from annotations.models import Appeal, Consent, State
from annotations.networks import network_of
from annotations.report_forms import AppealForm, ReportForm, add_service_error
from annotations.services import appealing, consents, reporting
from annotations.services.confirming import TokenUnknown

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from annotations.models import Annotation, Report

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
MAX_PATH = 500


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_contribution(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a report of a contribution."""
    found = access.readable_annotation(request, uuid)
    if found.state != State.PUBLIC:
        return redirect(found.get_absolute_url())
    return _report(request, found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_content(request: HttpRequest) -> HttpResponse:
    """Take a report of anything on the site, by its address."""
    return _report(request, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_status(request: HttpRequest, token: str) -> HttpResponse:
    """Show whoever reported what became of it (GET), or take an appeal (POST)."""
    try:
        report = reporting.report_of(token)
    except TokenUnknown as error:
        raise Http404 from error
    if request.method != "POST":
        return _show_status(request, report, AppealForm())
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            appealing.appeal_as_reporter(
                report=report,
                text=form.cleaned_data["text"],
                base_url=responses.base_url(request),
            )
        except ValidationError as error:
            add_service_error(form, error)
        else:
            return redirect(request.path)
    return _show_status(request, report, form, INVALID)


def _report(request: HttpRequest, found: Annotation | None) -> HttpResponse:
    base = responses.base_url(request)
    has_url = found is None
    if request.method != "POST":
        path = _named_path(request)
        initial = {**_known(request), "url": base + path if path else ""}
        return _show(request, found, ReportForm(has_url=has_url, initial=initial))
    form = ReportForm(request.POST, has_url=has_url)
    if not form.is_valid():
        return _show(request, found, form, INVALID)
    url = found.get_absolute_url() if found else form.cleaned_data["url"]
    try:
        made = reporting.submit_report(
            annotation=found,
            url=url,
            base_url=base,
            network=network_of(request),
            consent=consents.seen(request.POST, Consent.REPORT),
            **form.report(),
        )
    except ValidationError as error:
        add_service_error(form, error)
        answer = _show(request, found, form, link_responses.refusal_of(error)[0])
        return responses.with_retry_after(answer, error)
    return redirect("annotations:report_status", token=reporting.token_of(made))


def _known(request: HttpRequest) -> dict[str, str]:
    """Return name and address of an account, which need not be written again (WCAG 3.3.7)."""
    user = responses.account(request)
    return {} if user is None else {"name": user.get_full_name(), "email": user.email}


def _named_path(request: HttpRequest) -> str:
    """Return the page that the link names, if it is a path of this site."""
    value = request.GET.get("page", "")[:MAX_PATH]
    if not url_has_allowed_host_and_scheme(value, allowed_hosts=None):
        return ""
    path = urlsplit(value).path
    return path if path.startswith("/") else ""


def _show(
    request: HttpRequest, found: Annotation | None, form: ReportForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    context: dict[str, Any] = {"annotation": found, "form": form}
    if found is not None:
        context |= responses.version_context(request, found.version)
    return render(request, "annotations/report_page.html", context, status=status)


def _show_status(
    request: HttpRequest, report: Report, form: AppealForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    until = reporting.appeal_until(report)
    context = {
        "report": report,
        "appeal": getattr(report, "appeal", None),
        "until": until,
        "is_late": until is not None and until < timezone.now(),
        "is_reversed": Appeal.objects.filter(event__report=report, is_upheld=True).exists(),
        "form": form,
    }
    return render(request, "annotations/report_status.html", context, status=status)
