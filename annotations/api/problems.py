"""What the interface answers when something cannot be done (RFC 9457)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotations.responses import STATUS
from annotations.services.limits import retry_after

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: gettext_lazy("This request cannot be read"),
    401: gettext_lazy("Please sign in or send an access key"),
    403: gettext_lazy("You may not do this"),
    404: gettext_lazy("There is nothing here"),
    405: gettext_lazy("This cannot be done here"),
    406: gettext_lazy("Only JSON-LD is to be had here"),
    409: gettext_lazy("This is not possible at the moment"),
    410: gettext_lazy("This is not public any more"),
    412: gettext_lazy("It was changed meanwhile"),
    413: gettext_lazy("This is too long"),
    415: gettext_lazy("Only JSON-LD can be taken here"),
    422: gettext_lazy("Something is missing or does not fit"),
    428: gettext_lazy("Please say which state you have seen"),
    429: gettext_lazy("This was too often"),
    503: gettext_lazy("Nothing can be read or stored at the moment"),
    507: gettext_lazy("There is no room to store this"),
}
CODES = {
    **STATUS,
    "answered": HTTPStatus.CONFLICT,
    "checked": HTTPStatus.CONFLICT,
    "late": HTTPStatus.CONFLICT,
    "other_place": HTTPStatus.CONFLICT,
    "other_address": HTTPStatus.CONFLICT,
    "state": HTTPStatus.CONFLICT,
}
"""What a service said, as a status; everything else is 422."""
FIELDS = {"quote": "target.selector", "proposed": "body", NON_FIELD_ERRORS: ""}
"""Names of the services' fields in a Web Annotation, where they differ."""


class Problem(Exception):  # noqa: N818  # named as in the standard
    """Something cannot be done.

    Attributes:
        status: HTTP status.
        detail: One sentence in the reader's language.
        errors: Pairs of a field of the annotation and a sentence.
        headers: More headers of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors
        self.headers = headers or {}


def response_for(problem: Problem) -> HttpResponse:
    """Return the answer that tells a problem."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": str(TITLES.get(problem.status, problem.status)),
        "status": int(problem.status),
        "detail": problem.detail or str(TITLES.get(problem.status, "")),
    }
    if problem.errors:
        content["field"] = problem.errors[0][0]
        content["errors"] = [{"field": field, "detail": text} for field, text in problem.errors]
    return HttpResponse(
        json.dumps(content, ensure_ascii=False),
        status=problem.status,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )


def of_validation(error: ValidationError) -> Problem:
    """Return what a service refused as a problem."""
    found = list(_errors(error))
    codes = [code for _field, _text, code in found]
    status = next((CODES[code] for code in codes if code in CODES), 422)
    texts = list(dict.fromkeys(text for _field, text, _code in found))
    errors = [(field, text) for field, text, _code in found if field]
    seconds = retry_after(error)
    headers = {"Retry-After": str(seconds)} if seconds else {}
    return Problem(status, " ".join(texts), errors=errors, headers=headers)


def _errors(error: ValidationError) -> Iterator[tuple[str, str, str]]:
    """Yield field, sentence and code of everything that was refused."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    for field, errors in by_field.items():
        for each in errors:
            for text in each.messages:
                yield FIELDS.get(field, field), str(text), str(each.code)


def of_permission(error: PermissionDenied) -> Problem:
    """Return a missing permission as a problem."""
    return Problem(403, str(error))


def unauthorized() -> Problem:
    """Return the problem that nobody is signed in."""
    return Problem(
        401,
        _("Writing needs an access key or a session; the key is invalid, too old or missing."),
        headers={"WWW-Authenticate": "Bearer"},
    )


def not_allowed(allow: Sequence[str]) -> Problem:
    """Return the problem of a method that does not exist here."""
    return Problem(
        405,
        _("These are possible here: %(methods)s.") % {"methods": ", ".join(allow)},
        headers={"Allow": ", ".join(allow)},
    )


def too_long(limit: int) -> Problem:
    """Return the problem of a request with too many bytes."""
    return Problem(413, _("A request may have %(limit)d bytes at most.") % {"limit": limit})
