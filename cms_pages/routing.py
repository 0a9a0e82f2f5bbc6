"""Finding the page of an address together with what surrounds it, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wagtail.models import Page, PageViewRestriction, Site
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from cms_pages import presentation
from versioning.access import know_restrictions, restrictions
from versioning.page_cache import kept_value, shares_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

PATTERN = r"^((?:[\w\-]+/)*)$"
"""The addresses that Wagtail serves, as in ``wagtail.urls``."""
TYPES = ("homepage", "participationprocesspage", "standardpage", "strategydraftpage")


@dataclass(frozen=True, slots=True)
class Route:
    """A page that an address leads to.

    Attributes:
        site: The site on which it stands.
        restrictions: All of the site.
        touching: Those of the page, None where only Wagtail can tell.
    """

    page: Page
    site: Site
    restrictions: list[PageViewRestriction]
    touching: list[PageViewRestriction] | None

    @property
    def is_public(self) -> bool:
        """Whether everybody may read the page."""
        return not self.restrictions or self.touching == []


@shares_pages
def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Serve a page by Wagtail's own view, which asks two queries for each part of an address.

    Where every page on the way is found among those that the skin needs anyhow, the route is kept
    on the request before Wagtail looks for it; else Wagtail finds it in its own way.
    """
    route = kept_value(
        request,
        f"route {path}",
        lambda: _find(request, path),
        is_public=lambda route: route is not None and route.is_public,
    )
    if route is not None:
        page, touching = route.page, route.touching
        know_restrictions(request, route.restrictions)
        if touching is not None:
            page.get_view_restrictions = lambda: touching
        request._wagtail_site = route.site  # type: ignore[attr-defined]  # where Wagtail keeps it
        request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]  # here too
    return wagtail_serve(request, path)


def _find(request: HttpRequest, path: str) -> Route | None:
    chain = _chain(request, [slug for slug in path.split("/") if slug])
    if not chain or not chain[-1].live or not all(_is_plainly_routed(one) for one in chain):
        return None
    page = _specific(chain[-1])
    return Route(
        page=page,
        site=Site.find_for_request(request),
        restrictions=restrictions(request),
        touching=_touching(page, chain, request),
    )


def _chain(request: HttpRequest, slugs: Sequence[str]) -> list[Page]:
    """Return the pages from the home page to the one that is asked for, empty if one is missing."""
    found = presentation.find_pages(request, slugs)
    home = presentation.home_page(request)
    if home is None:
        return []
    children = {(one.path[: -one.steplen], one.slug): one for one in found}
    chain = [home]
    for slug in slugs:
        child = children.get((chain[-1].path, slug))
        if child is None:
            return []
        chain.append(child)
    return chain


def _is_plainly_routed(page: Page) -> bool:
    """Tell whether a page type finds its children as Wagtail's pages do."""
    kind = page.specific_class
    return kind is not None and kind.route is Page.route


def _specific(page: Page) -> Page:
    """Return a page as its own type, which was read with it where it is one of this app's."""
    for name in TYPES:
        own = page._state.fields_cache.get(name)
        if own is not None:
            own.locale = page.locale
            return own
    return page.specific


def _touching(
    page: Page, chain: Sequence[Page], request: HttpRequest
) -> list[PageViewRestriction] | None:
    """Answer Wagtail's question for the restrictions of a page from what was read already.

    An alias has those of its original, and only Wagtail follows it there.
    """
    if chain[0].depth > 2 or any(one.alias_of_id for one in chain):
        return None
    return [one for one in restrictions(request) if page.path.startswith(one.page.path)]
