"""Addresses of the interface; mount them outside of languages, such as at ``api/``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    ValidationError,
)
from django.http import Http404, UnreadablePostError
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as ParameterError

from annotations.api import problems
from annotations.api.addresses import NAMESPACE
from annotations.api.auth import AUTH
from annotations.api.framing import METHODS, framed
from annotations.api.negotiation import body_limit
from annotations.api.operations import router
from annotations.api.problems import Problem, response_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from django.http import HttpRequest, HttpResponse

api = NinjaAPI(
    title="Synopse: annotations",
    version="1.0.0",
    description="W3C Web Annotation Data Model and Protocol: a container for each document.",
    urls_namespace=NAMESPACE,
    docs_url=None,
    docs_decorator=require_safe,
    auth=AUTH,
)
api.add_router("", router)


def _as_problem(error: Exception) -> Problem:  # noqa: PLR0911  # one line for each kind
    """Return what was raised as a problem."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return problems.of_validation(error)
    if isinstance(error, AuthenticationError):
        return problems.unauthorized()
    if isinstance(error, PermissionDenied):
        return problems.of_permission(error)
    if isinstance(error, Http404):
        return Problem(404, _("There is nothing at this address, or it is not for you."))
    if isinstance(error, RequestDataTooBig):
        return problems.too_long(body_limit())
    return Problem(getattr(error, "status_code", 400))


def _answer(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ANN401  # ninja's signature
    return response_for(_as_problem(error))


for kind in (
    Problem,
    ValidationError,
    PermissionDenied,
    Http404,
    HttpError,
    ParameterError,
    RequestDataTooBig,
    TooManyFieldsSent,
    UnreadablePostError,
):
    api.add_exception_handler(kind, _answer)


@require_safe
def _root(request: HttpRequest) -> HttpResponse:
    """Lead to the description of the interface."""
    return redirect(f"{NAMESPACE}:openapi-json")


def _patterns() -> Iterator[URLPattern]:
    """Yield one pattern for each address, where ninja has one for each operation."""
    yield path("", _root, name="api-root")  # in place of ninja's own, which is never found
    seen = {""}
    for pattern in api.urls[0]:
        route = str(pattern.pattern)
        if isinstance(pattern, URLPattern) and route not in seen:
            seen.add(route)
            if pattern.name in METHODS:
                pattern.callback = framed(pattern.callback, pattern.name)
            yield pattern


app_name = NAMESPACE
urlpatterns = list(_patterns())
