"""What the skin needs on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, whether it is the demonstration, and what the city's log-in is."""
    return {
        "SITE_NAME": getattr(settings, "SITE_NAME", settings.WAGTAIL_SITE_NAME),
        "SYNOPSE_DEMO": getattr(settings, "SYNOPSE_DEMO", False),
        "SINGLE_SIGN_ON": getattr(settings, "SYNOPSE_SINGLE_SIGN_ON", ""),
    }
