"""Middleware of the ready-to-run site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.middleware import CSPMiddleware
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

ADMIN_PREFIXES = ("/admin/", "/django-admin/")


class ContentSecurityMiddleware(CSPMiddleware):
    """Strict policy for public pages, one of its own for Wagtail's admin."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Choose the policy by address and set the header."""
        if request.path.startswith(ADMIN_PREFIXES):
            response._csp_replace = settings.SYNOPSE_ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]  # django-csp's own door for views
        return super().process_response(request, response)
