"""Public pages kept for people without a session, and texts kept for everybody.

A page that calls ``share`` is kept as a whole for whoever has neither session nor messages. The
expensive part of it stands in ``kept_text``, which people with a session get from the same cache;
the frame around it is rendered for them, from what ``kept_value`` knows of the site's pages.
``versioning.stamps`` says when what was kept is out of date.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.safestring import SafeString, mark_safe

from versioning import stamps
from versioning.access import is_restricted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.core.cache.backends.base import BaseCache
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from wagtail.models import Page

    from versioning.stamps import State

V = TypeVar("V", bound="Callable[..., Any]")
T = TypeVar("T")

LONGEST = timedelta(seconds=60)
"""How long a page is kept at most, should a change ever go by without a stamp."""
LONGEST_TEXT = timedelta(minutes=5)
"""The same for a text, which says less that depends on what is not a text."""
MESSAGES_COOKIE = "messages"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept, and while what it holds.

    Attributes:
        content: The page, the text, or a value.
        headers: Headers of a page.
        topics: The pages whose versions it shows.
        state: State of the stamps before anything else was read.
        until: The moment at which one of its sentences ceases to be true.
    """

    content: Any
    headers: tuple[tuple[str, str], ...]
    topics: tuple[int, ...]
    state: State
    until: datetime


class PageCacheMiddleware:
    """Answer with kept pages, and keep those that their views share.

    It stands behind ``LocaleMiddleware``, since a page has a language, and before everything that
    would look up who asks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from the cache where that is allowed and what is kept still holds."""
        if not _may_be_shared(request):
            return self.get_response(request)
        key = _key(request, "page", request.path)
        kept = _holding(page_store(), key, stamps.state_of)
        if kept is not None:
            return _answer(request, kept)
        response = self.get_response(request)
        kept = _kept_page(request, response)
        if kept is None:
            return response
        _keep(page_store(), key, kept)
        return _answer(request, kept)

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], args: object, kwargs: object
    ) -> None:
        """Read the state before the views that may share a page read anything."""
        from wagtail.views import serve as wagtail_serve  # noqa: PLC0415  # it needs the models

        if view_func is wagtail_serve or getattr(view_func, "shares_pages", False):
            remember_states(request)


def shares_pages(view: V) -> V:
    """Mark a view that calls ``share``."""
    view.shares_pages = True  # type: ignore[attr-defined]  # for the middleware
    return view


def share(request: HttpRequest, response: HttpResponseBase, *, page: Page, topic: int) -> None:
    """Say that a response shows the same to everybody, but for who is signed in.

    Args:
        request: The request.
        response: A page that is complete but for its rendering.
        page: The page that is shown; one that not everybody may read is never kept.
        topic: The page whose versions are shown.
    """
    patch_vary_headers(response, ["Cookie"])
    restricted = is_restricted(page, request)
    shared = not restricted and not _has_session(request)
    response.headers.setdefault("Cache-Control", "no-cache" if shared else "private, no-cache")
    if not restricted:
        response._synopse_topic = topic  # type: ignore[attr-defined]  # for the middleware


def kept_text(
    request: HttpRequest, *, page: Page, topic: int, name: str, make: Callable[[], str]
) -> SafeString:
    """Return a part of a page that is the same for everybody, made anew where it has changed.

    Args:
        request: The request; with a query it may show anything, so nothing is kept.
        page: The page that is shown.
        topic: The page whose versions are shown.
        name: What tells this part from others, without language and host; it holds what was read
            of the page before its view called ``remember_states``.
        make: Renders it.
    """
    store = text_store()
    if store is None or request.GET or is_restricted(page, request):
        return mark_safe(make())  # noqa: S308  # a template has rendered it
    remember_states(request)
    key = _key(request, "text", name)
    kept = _holding(store, key, partial(_known_state, request))
    if kept is None:
        content = make().encode()
        state = _known_state(request, topic)
        kept = Kept(content, (), (topic,), state, _until(request, LONGEST_TEXT))
        _keep(store, key, kept)
    hold_until(request, kept.until)
    return mark_safe(kept.content.decode())  # noqa: S308  # see above


def _none(_value: object) -> tuple[int, ...]:
    return ()


def kept_value(
    request: HttpRequest | None,
    name: str,
    make: Callable[[], T],
    *,
    topics: Callable[[T], Iterable[int]] = _none,
    is_public: Callable[[T], bool] = bool,
) -> T:
    """Return what is told of pages, sites and settings, made anew where one of them has changed.

    Args:
        request: The request; without one nothing is kept.
        name: Holds all that ``make`` depends on, without language and host.
        make: Reads it.
        topics: Names the pages of whose versions it tells, too. A text that gets its first version
            changes its page as well.
        is_public: Tells whether it may be kept: it is the same for everybody.
    """
    store = text_store()
    if store is None or request is None or not _has_good_host(request):
        return make()
    remember_states(request)
    key = _key(request, "value", name)
    kept = _holding(store, key, partial(_known_state, request))
    if kept is not None:
        return kept.content
    value = make()
    if is_public(value):
        told = tuple(topics(value))
        state = _known_state(request, *told)
        _keep(store, key, Kept(value, (), told, state, _until(request, LONGEST_TEXT)))
    return value


def remember_states(request: HttpRequest) -> None:
    """Read the state of the stamps, once a request; call it before reading what will be kept."""
    if not hasattr(request, "_synopse_states") and (page_store() or text_store()) is not None:
        request._synopse_states = stamps.states()  # type: ignore[attr-defined]  # see _known_state


def hold_until(request: HttpRequest | None, *moments: datetime | None) -> None:
    """Say when sentences of the page that is being made cease to be true.

    Args:
        request: The request for which it is made.
        moments: Moments at which something opens, closes or begins; past ones do not count.
    """
    if request is None:
        return
    now = timezone.now()
    ahead = [moment for moment in moments if moment is not None and moment > now]
    known: datetime | None = getattr(request, "_synopse_until", None)
    if known is not None:
        ahead.append(known)
    if ahead:
        request._synopse_until = min(ahead)  # type: ignore[attr-defined]  # kept for _until


def is_phone(request: HttpRequest) -> bool:
    """Tell whether a browser says that it runs on a phone; some pages begin otherwise there."""
    return "Mobi" in request.headers.get("User-Agent", "")


def page_store() -> BaseCache | None:
    """Return the cache of whole pages, None where it is switched off."""
    return _store("SYNOPSE_PAGE_CACHE")


def text_store() -> BaseCache | None:
    """Return the cache of texts, None where it is switched off."""
    return _store("SYNOPSE_TEXT_CACHE")


def _store(setting: str) -> BaseCache | None:
    alias = getattr(settings, setting, "default")
    return caches[alias] if alias else None


def _may_be_shared(request: HttpRequest) -> bool:
    return (
        page_store() is not None
        and request.method in {"GET", "HEAD"}
        and not request.META.get("QUERY_STRING")
        and "Authorization" not in request.headers
        and not _has_session(request)
    )


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES or MESSAGES_COOKIE in request.COOKIES


def _has_good_host(request: HttpRequest) -> bool:
    """Tell whether a host is ours; the page that refuses another has a frame, too."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _key(request: HttpRequest, kind: str, name: str) -> str:
    """Return the key of a part on one host in one language; Django refuses foreign hosts."""
    place = (request.scheme, request.get_host(), translation.get_language())
    parts = (kind, *place, is_phone(request), name)
    return "synopse:" + hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _holding(store: BaseCache | None, key: str, state_of: Callable[..., State]) -> Kept | None:
    """Return what is kept under a key where it still holds."""
    kept: Kept | None = store.get(key) if store is not None else None
    if kept is None or kept.until <= timezone.now() or state_of(*kept.topics) != kept.state:
        return None
    return kept


def _keep(store: BaseCache | None, key: str, kept: Kept) -> None:
    seconds = (kept.until - timezone.now()).total_seconds()
    if store is not None and seconds > 0:
        store.set(key, kept, timeout=seconds)


def _known_state(request: HttpRequest, *topics: int) -> State:
    """Return the state of topics from before they were read for this request."""
    known: dict[int, State] = request._synopse_states  # type: ignore[attr-defined]  # see above
    return stamps.joined(known, *topics)


def _kept_page(request: HttpRequest, response: HttpResponseBase) -> Kept | None:
    """Return a response as it may be kept, None where it may not."""
    topic: int | None = getattr(response, "_synopse_topic", None)
    if (
        topic is None
        or not hasattr(request, "_synopse_states")
        or request.method != "GET"
        or not isinstance(response, HttpResponse)
    ):
        return None
    if response.status_code != 200 or response.cookies or _is_personal(request):
        return None
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    headers = (*response.items(), ("ETag", etag))
    state = _known_state(request, topic)
    return Kept(response.content, headers, (topic,), state, _until(request))


def _is_personal(request: HttpRequest) -> bool:
    """Tell whether making the page has begun a session or used up a nonce."""
    session = getattr(request, "session", None)
    return bool(getattr(session, "modified", False)) or bool(getattr(request, "csp_nonce", None))


def _until(request: HttpRequest, longest: timedelta = LONGEST) -> datetime:
    """Return how long something holds: days left change at midnight."""
    now = timezone.now()
    midnight = (timezone.localtime(now) + timedelta(days=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    moments = [now + longest, midnight]
    known: datetime | None = getattr(request, "_synopse_until", None)
    return min([*moments, known] if known is not None else moments)


def _answer(request: HttpRequest, kept: Kept) -> HttpResponseBase:
    """Return a kept page; browsers ask again each time, and hear where nothing has changed."""
    response = HttpResponse(kept.content)
    for name, value in kept.headers:
        response.headers[name] = value
    etag = response.headers["ETag"]
    return get_conditional_response(request, etag=etag, response=response) or response
