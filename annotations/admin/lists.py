"""The list that an editor came from: carried in the addresses, so that work goes on along it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wagtail.admin.utils import get_valid_next_url_from_request

from annotations.admin.filters import AnnotationFilterSet
from annotations.admin.links import WITHIN, listing_url
from annotations.services.saved_filters import QUERY_LIMIT, cleaned_query

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.http import HttpRequest

KNOWN = frozenset({*AnnotationFilterSet.base_filters, "q", "ordering"})
"""Names in the address of the listing that make up a choice."""
EVERYTHING = "ordering=-created_at"
"""The listing without any choice: it shows the newest first."""


def own_list(request: HttpRequest) -> str:
    """Return the query of the listing that a request shows, never empty."""
    return _cleaned(request.GET.urlencode())


def list_before(request: HttpRequest) -> str:
    """Return the query of the listing that led to a page; empty where something else did.

    Our own links carry it by itself; Wagtail's buttons for several rows name the way back.
    """
    if query := request.GET.get(WITHIN, ""):
        return _cleaned(query)
    back = urlsplit(get_valid_next_url_from_request(request))
    return _cleaned(back.query) if back.path == listing_url() else ""


def list_url(query: str) -> str:
    """Return the listing that a query describes."""
    return listing_url() if query in {"", EVERYTHING} else f"{listing_url()}?{query}"


def next_of(keys: Sequence[int], *, after: int, done: Collection[int]) -> int | None:
    """Return the next key of a list, from its begin again at its end.

    Args:
        keys: The list in its order.
        after: The key that was there; without it in the list, the first one is next.
        done: Keys that are left out.
    """
    at = keys.index(after) + 1 if after in keys else 0
    return next((key for key in [*keys[at:], *keys[:at]] if key not in done), None)


def _cleaned(query: str) -> str:
    found = cleaned_query(query, KNOWN)
    return found if found and len(found) <= QUERY_LIMIT else EVERYTHING
