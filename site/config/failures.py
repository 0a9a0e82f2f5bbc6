"""What people are told when we fail: our own mistake, a database that is away, a full disk."""

from __future__ import annotations

import errno
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpResponse, UnreadablePostError
from django.template import loader

from annotations.api.problems import Problem, response_for
from annotations.responses import raw_texts
from config.middleware import API_PREFIX

if TYPE_CHECKING:
    from django.http import HttpRequest

COME_AGAIN = 30
"""Seconds after which a database that restarts is usually there again."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""A full disk, a used-up quota, and the limit of a file's size."""


def status_of(error: BaseException | None) -> HTTPStatus:
    """Return the status that tells what went wrong.

    Args:
        error: What was raised: a database that does not answer, is locked or cannot write any more
            is 503, a file that has no room 507, and everything else our own mistake.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return HTTPStatus.INSUFFICIENT_STORAGE
    return HTTPStatus.INTERNAL_SERVER_ERROR


def answer_to(request: HttpRequest | None, error: BaseException | None) -> HttpResponse:
    """Return a page, or a problem for programs, that is made without the database."""
    status = status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return HttpResponse(loader.render_to_string("errors/500.html"), status=status)
    if request is not None and request.path.startswith(API_PREFIX):
        response = response_for(Problem(status, headers={"Access-Control-Allow-Origin": "*"}))
    else:
        is_full = status == HTTPStatus.INSUFFICIENT_STORAGE
        context = {"is_full": is_full, "kept": kept_texts(request)}
        page = loader.render_to_string("errors/unavailable.html", context)
        response = HttpResponse(page, status=status)
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(COME_AGAIN)
    return response


def kept_texts(request: HttpRequest | None) -> list[tuple[str, str]]:
    """Return what was typed into a form, label and text, as far as it can still be read."""
    if request is None or request.method != "POST":
        return []
    try:
        return raw_texts(request)
    except (RequestDataTooBig, TooManyFieldsSent, UnreadablePostError):
        return []
