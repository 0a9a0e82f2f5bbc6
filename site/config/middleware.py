"""Middleware of the ready-to-run site."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.shortcuts import render
from django.utils import translation

from annotations.api.framing import refused
from annotations.api.problems import too_long

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

ADMIN_PREFIX = "/admin/"
API_PREFIX = "/api/"
CHUNK = 65_536


class ContentSecurityMiddleware(CSPMiddleware):
    """Strict policy for public pages, one of its own for Wagtail's admin."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Choose the policy by address and set the header."""
        if request.path.startswith(ADMIN_PREFIX):
            response._csp_replace = settings.SYNOPSE_ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]  # django-csp's own door for views
        return super().process_response(request, response)


class ReturnLanguageMiddleware:
    """Show account pages in the language of the page that one comes from.

    Their addresses carry no language, so it is read from ``next`` and kept in Django's own cookie
    for the pages that follow.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language that ``next`` begins with, and remember it."""
        language = self._language_to_return_to(request)
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        response = self.get_response(request)
        name = settings.LANGUAGE_COOKIE_NAME
        if language and request.COOKIES.get(name) != language:
            response.set_cookie(
                name,
                language,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def _language_to_return_to(self, request: HttpRequest) -> str | None:
        if not request.path.startswith("/accounts/"):
            return None
        target = request.GET.get("next") or request.POST.get("next")
        return translation.get_language_from_path(target) if target else None


class SignedOutMiddleware:
    """Have browsers forget what they kept for somebody who signs out.

    Texts that are not sent yet lie in the browser's storage, and others may use it next.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the header where a session has ended."""
        was_signed_in = request.method == "POST" and SESSION_KEY in request.session
        response = self.get_response(request)
        if was_signed_in and SESSION_KEY not in request.session:
            response.headers["Clear-Site-Data"] = '"storage"'
        return response


class BodyLimitMiddleware:
    """Refuse long requests with words; only people in the admin may send more.

    Django's own limit is one for all addresses, and Wagtail's editor sends a whole text at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 413 where more is announced than this address takes."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if _is_generous(request) or not length.isdecimal():
            return self.get_response(request)
        if int(length) <= settings.SYNOPSE_MAX_BODY:
            return self.get_response(request)
        _read_away(request)
        if request.path.startswith(API_PREFIX):
            return refused(request, too_long(settings.SYNOPSE_MAX_BODY))
        return render(request, "errors/413.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _is_generous(request: HttpRequest) -> bool:
    return request.path.startswith(ADMIN_PREFIX) and SESSION_KEY in request.session


def _read_away(request: HttpRequest) -> None:
    """Take what is being sent, up to a bound: browsers show no answer before they have sent all."""
    left = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
    while left > 0 and (chunk := request.read(min(CHUNK, left))):
        left -= len(chunk)
