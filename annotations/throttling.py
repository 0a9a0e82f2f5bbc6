"""Limits on pages that cost much to make: searches and comparisons, by network."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.shortcuts import render

from annotations.networks import network_of
from annotations.services.limits import rate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from django.http import HttpRequest, HttpResponse

COMPARISONS = frozenset({"versioning:comparison", "versioning:origin"})
SEARCHES = frozenset({"annotations:list"})


class ReadingLimitMiddleware:
    """Answers 429 to networks that search or compare too often; kept pages are not counted.

    Reading writes nothing to the database: counts are in the cache, which production shares.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],  # Django's signature
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> HttpResponse | None:
        """Count what the address asks for, and refuse what is too much."""
        name = _limit_of(request)
        seconds = _over(name, network_of(request)) if name else 0
        if not seconds:
            return None
        context = {"minutes": -(-seconds // 60)}
        response = render(
            request, "annotations/too_often.html", context, status=HTTPStatus.TOO_MANY_REQUESTS
        )
        response["Retry-After"] = str(seconds)
        return response


def _limit_of(request: HttpRequest) -> str:
    found = request.resolver_match.view_name if request.resolver_match else ""
    if found in COMPARISONS:
        return "compare_network"
    if found in SEARCHES and request.GET.get("q"):
        return "search_network"
    return ""


def _over(name: str, network: str) -> int:
    """Count one more, and return after how many seconds there is room again, 0 if there is."""
    limit = rate(name)
    if limit is None or not network:
        return 0
    now = int(time.time())
    begin = now // limit.seconds * limit.seconds
    left = begin + limit.seconds - now
    key = f"synopse:{name}:{network}:{begin}"
    if cache.add(key, 1, timeout=left + 1):
        return 0
    try:
        return left if cache.incr(key) > limit.number else 0
    except ValueError:  # it ended in between
        return 0
