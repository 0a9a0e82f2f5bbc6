"""Headers that every answer of the interface carries, whatever became of the request."""

from __future__ import annotations

import functools
import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

from annotations import permissions
from annotations.api.containers import READ
from annotations.api.negotiation import TYPES
from annotations.api.problems import Problem, not_allowed, response_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    View = Callable[..., HttpResponseBase]

_LDP = "http://www.w3.org/ns/ldp#"
_CONSTRAINTS = "http://www.w3.org/TR/annotation-protocol/"
LINKS = {
    "container": (
        f'<{_LDP}BasicContainer>; rel="type", <{_CONSTRAINTS}>; rel="{_LDP}constrainedBy"'
    ),
    "annotation": f'<{_LDP}Resource>; rel="type"',
}
EXPOSED = "Allow, Content-Location, ETag, Link, Location, Retry-After, Vary"
TAKEN = "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Prefer"
METHODS = {
    "container": (*READ, "POST"),
    "annotation": (*READ, "PUT", "DELETE"),
    "nothing": READ,
}
NO_LANGUAGES = "annotations.urls"
"""A URL configuration without languages: Django would lead a 404 to the same path below one."""


def framed(view: View, kind: str) -> View:
    """Return a view of django-ninja whose answers carry the headers of the protocol.

    Pages of other hosts may read and, with an access key, write: cookies are never asked for.

    Args:
        view: The view.
        kind: Container, annotation or nothing.
    """

    @functools.wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401
        response = view(request, *args, **kwargs)
        if response.status_code == 405 and not response.has_header("Link"):  # ninja's own
            response = response_for(not_allowed(METHODS[kind]))
        if kind in LINKS:
            response.headers["Link"] = LINKS[kind]
            vary = [
                "Accept",
                "Authorization",
                "Cookie",
                *(["Prefer"] if kind == "container" else []),
            ]
            patch_vary_headers(response, vary)
        response.headers.setdefault("Allow", ", ".join(READ))
        _let_other_hosts_read(response, METHODS[kind])
        is_known = permissions.is_person(getattr(request, "user", None))
        patch_cache_control(response, no_cache=True, **({"private": True} if is_known else {}))
        request.urlconf = NO_LANGUAGES
        return response

    return inner


def refused(request: HttpRequest, problem: Problem) -> HttpResponseBase:
    """Return a problem that was met before the view, with the headers of its answers."""
    try:
        kind = str(resolve(request.path_info).url_name)
    except Resolver404:
        kind = ""
    answer = framed(lambda _request: response_for(problem), kind if kind in METHODS else "nothing")
    return answer(request)


def _let_other_hosts_read(response: HttpResponseBase, methods: Sequence[str]) -> None:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers["Access-Control-Allow-Headers"] = TAKEN
    response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)


def encoded(document: dict[str, Any]) -> bytes:
    """Return a document as it is sent."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def etag_of(document: dict[str, Any]) -> str:
    """Return the ETag of a representation: another one as soon as a byte differs."""
    return f'"{hashlib.sha256(encoded(document)).hexdigest()[:32]}"'


def document_response(
    request: HttpRequest,
    document: dict[str, Any],
    *,
    content_type: str,
    allow: Sequence[str],
    status: int = 200,
) -> HttpResponse:
    """Return a document with its ETag; nothing but headers where the client has it already.

    Args:
        request: The request.
        document: JSON-LD with an ``id``.
        content_type: What the client accepts.
        allow: Methods that are open to the caller.
        status: HTTP status.
    """
    etag = etag_of(document)
    headers = {
        "ETag": etag,
        "Content-Location": document["id"],
        "Allow": ", ".join(allow),
    }
    response = HttpResponse(
        encoded(document), status=status, content_type=content_type, headers=headers
    )
    if request.method in {"GET", "HEAD"}:
        known = get_conditional_response(request, etag=etag, response=response) or response
        known.headers["Allow"] = headers["Allow"]
        return known
    return response


def options_response(allow: Sequence[str], *, takes: bool = False) -> HttpResponse:
    """Return what can be done here.

    Args:
        allow: Methods that are open to the caller.
        takes: New annotations can be sent here.
    """
    headers = {"Allow": ", ".join(allow)}
    if takes:
        headers["Accept-Post"] = ", ".join(TYPES)
    return HttpResponse(status=200, headers=headers, content_type="application/ld+json")
