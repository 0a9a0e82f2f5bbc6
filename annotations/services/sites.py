"""Where links in mails begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from wagtail.models import Site

if TYPE_CHECKING:
    from wagtail.models import Page


def base_of(page: Page, base_url: str) -> str:
    """Return the begin of links: the request's own, else that of the site's record."""
    if base_url:
        return base_url.rstrip("/")
    site = page.get_site()
    return str(site.root_url) if site else ""


def default_base() -> str:
    """Return the begin of links that belong to no page."""
    site = Site.objects.filter(is_default_site=True).first()
    return str(site.root_url) if site else str(getattr(settings, "WAGTAILADMIN_BASE_URL", ""))
