"""From an address to its page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.conf import settings
from wagtail.models import Page, Site

if TYPE_CHECKING:
    from collections.abc import Iterator


def page_at(path: str) -> Page | None:
    """Return the page at a public address or at Wagtail's own path, or None.

    Args:
        path: "/de/kluge-stadt/", a whole address, or "/start/kluge-stadt/".
    """
    for candidate in _candidates(path):
        page = Page.objects.filter(url_path=candidate).first()
        if page is not None:
            specific: Page = page.specific
            return specific
    return None


def _candidates(path: str) -> Iterator[str]:
    """Yield Wagtail's paths that an address may mean, the likeliest first."""
    parts = [part for part in unquote(urlsplit(path.strip()).path).split("/") if part]
    yield _joined(["", *parts])
    site = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    if site is None:
        return
    homes = {site.root_page.locale.language_code: site.root_page}
    for home in site.root_page.get_translations().select_related("locale"):
        homes[home.locale.language_code] = home
    if parts and parts[0] in homes:
        yield homes[parts[0]].url_path + "".join(f"{part}/" for part in parts[1:])
    elif parts and parts[0] in dict(settings.LANGUAGES):
        return
    yield site.root_page.url_path + "".join(f"{part}/" for part in parts)


def _joined(parts: list[str]) -> str:
    return "/".join(parts) + "/"
