"""Middleware of the ready-to-run site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

ADMIN_PREFIX = "/admin/"


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
    """Show log-in and log-out in the language of the page that one comes from.

    Their addresses carry no language, so it is read from ``next``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language that ``next`` begins with."""
        target = request.GET.get("next", "") if request.path.startswith("/accounts/") else ""
        language = translation.get_language_from_path(target) if target else None
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]  # LocaleMiddleware sets it, too
        return self.get_response(request)
