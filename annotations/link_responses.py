"""Answers about voices and news: refusals in words, and links of mails that do not work."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import render
from django.utils.translation import gettext as _

from annotations.responses import STATUS, codes_of
from annotations.services import confirming, mails

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def refusal_of(error: ValidationError | PermissionDenied) -> tuple[int, str]:
    """Return status and sentence of what a service refused."""
    if isinstance(error, PermissionDenied):
        return HTTPStatus.FORBIDDEN, str(error) or _("You may not do this.")
    status = next((STATUS[code] for code in codes_of(error) if code in STATUS), None)
    return status or HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(error.messages)


def invalid_link(request: HttpRequest, error: confirming.TokenError) -> HttpResponse:
    """Say why a link about a voice or about news does nothing."""
    context: dict[str, Any] = {"reason": "unknown", "hours": mails.confirmation_hours()}
    status = HTTPStatus.NOT_FOUND
    if not isinstance(error, confirming.TokenUnknown):
        is_used = isinstance(error, confirming.TokenUsed)
        context["reason"] = "used" if is_used else "expired"
        status = HTTPStatus.GONE
    if error.annotation is not None:
        context["url"] = error.annotation.get_absolute_url()
    return render(request, "annotations/invalid_voice_link.html", context, status=status)


def refused_link(request: HttpRequest, error: ValidationError | PermissionDenied) -> HttpResponse:
    """Say why what a link asks for is not possible any more."""
    status, sentence = refusal_of(error)
    context = {"sentence": sentence}
    return render(request, "annotations/refused_link.html", context, status=status)
