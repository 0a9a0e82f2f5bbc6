"""Health, media and error pages of the ready-to-run site."""

from __future__ import annotations

import posixpath
import sys
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.utils import DatabaseError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.static import serve

from cms_pages.checks import usable_demo_accounts
from config.failures import answer_to, kept_texts
from versioning.access import NothingHere
from versioning.security_log import note

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

PATIENCE = 180
"""Seconds after which each of django-allauth's limits lets somebody in again."""


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer without a database."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer whether the database answers and nobody can sign in with a known password."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        usable = usable_demo_accounts()
    except DatabaseError:
        return HttpResponse("no database", status=503, content_type="text/plain")
    if usable:
        return HttpResponse("demo accounts", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve uploaded images; a page opened from one runs nothing.

    Documents are served by Wagtail, which asks who may read them.
    """
    if posixpath.normpath(path).lstrip("/").partition("/")[0] == "documents":
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def admin_login(request: HttpRequest) -> HttpResponse:
    """Lead strangers from the admin to the log-in; accounts without its rights are told so.

    The log-in page would send them back to the admin, which sends them to the log-in.
    """
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", ""))


def other_login(request: HttpRequest) -> HttpResponse:
    """Lead to the one log-in; Wagtail's own ask for no confirmed address and count no attempts."""
    return redirect_to_login(request.GET.get("next", ""))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request could not be understood."""
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the account may not do this."""
    note_refusal(request)
    return render(request, "errors/403.html", status=403)


def note_refusal(request: HttpRequest) -> None:
    """Log who was refused what, by number and name of the view."""
    match, user = request.resolver_match, getattr(request, "user", None)
    view = match.view_name if match else None
    note("refused", account=user.pk if user is not None else None, view=view)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page, or what else is missing."""
    sentence = str(exception) if isinstance(exception, NothingHere) else ""
    return render(request, "errors/404.html", {"sentence": sentence}, status=404)


def too_often(request: HttpRequest) -> HttpResponse:
    """Say that an account form was sent too often, and when to come back; django-allauth asks."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(PATIENCE)
    return response


def server_error(request: HttpRequest | None) -> HttpResponse:
    """Say that we failed, or that the database is away, without it or context processors."""
    return answer_to(request, sys.exception())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form is too old or cookies are off, and give back the words that were typed."""
    return render(request, "errors/csrf.html", {"kept": kept_texts(request)}, status=403)
