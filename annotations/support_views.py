"""The page on which one supports an annotation, and the link of the mail that counts a voice."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotations import access, link_responses, responses
from annotations.address_forms import AddressForm
from annotations.models import Consent, State
from annotations.networks import network_of
from annotations.presentation.voices import support_label, support_words
from annotations.services import confirming, consents, supporting

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from annotations.models import Annotation

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show button or form (GET), or count a voice, take it back, send a guest the link (POST)."""
    found = access.readable_annotation(request, uuid)
    if found.is_reply:
        raise Http404
    if found.state != State.PUBLIC:
        return _not_public(request, found)
    if request.method != "POST":
        return _show(request, found, AddressForm(request=request))
    if responses.account(request) is not None:
        return _act(request, found)
    form = AddressForm(request.POST, request=request)
    if not form.is_valid():
        return _show(request, found, form, INVALID)
    try:
        supporting.ask_to_support(
            annotation=found,
            email=form.cleaned_data["email"],
            base_url=responses.base_url(request),
            network=network_of(request),
            consent=consents.seen(request.POST, Consent.SUPPORT),
        )
    except (ValidationError, PermissionDenied) as error:
        return _refuse(request, found, form, error)
    return redirect(f"{request.path}?sent=1")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_support(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button that counts a guest's voice or takes it back (GET), or do it (POST)."""
    try:
        if request.method == "POST":
            taken = supporting.confirm_support(token=token)
            messages.success(request, _said(taken.purpose == supporting.SUPPORT))
            return redirect(_annotation(taken).get_absolute_url())
        found = confirming.find_token(token, purposes=supporting.PURPOSES)
        supporting.check_supportable(_annotation(found), user=None)
    except confirming.TokenError as error:
        response = link_responses.invalid_link(request, error)
    except (ValidationError, PermissionDenied) as error:
        response = link_responses.refused_link(request, error)
    else:
        context = {
            "annotation": _annotation(found),
            "page": _annotation(found).version.page,
            "takes_back": found.purpose == supporting.TAKE_BACK,
        }
        response = render(request, "annotations/confirm_support.html", context)
    response["Referrer-Policy"] = "same-origin"
    return response


def _annotation(token: Any) -> Annotation:  # noqa: ANN401  # a row whose annotation may be missing
    if token.annotation is None:
        raise confirming.TokenUnknown
    found: Annotation = token.annotation
    return found


def _not_public(request: HttpRequest, found: Annotation) -> HttpResponse:
    """Show the tombstone (GET), or refuse (POST), without the words that have left."""
    if request.method != "POST":
        return redirect(found.get_absolute_url())
    error = supporting.not_public()
    if responses.is_fetched(request):
        status, sentence = link_responses.refusal_of(error)
        return JsonResponse({"sentence": sentence}, status=status)
    return link_responses.refused_link(request, error)


def _act(request: HttpRequest, found: Annotation) -> HttpResponse:
    """Do what an account asks for: count its voice, or take it back."""
    counts = request.POST.get("act") != "take_back"
    act = supporting.support_annotation if counts else supporting.withdraw_support
    try:
        row = act(annotation=found, user=request.user)
    except (ValidationError, PermissionDenied) as error:
        return _refuse(request, found, AddressForm(request=request), error)
    if responses.is_fetched(request):
        return JsonResponse(
            {
                "supports": counts,
                "words": support_words(row.support_count),
                "label": support_label(is_supported=counts),
                "sentence": _said(counts),
            }
        )
    messages.success(request, _said(counts))
    return redirect(found.get_absolute_url())


def _said(counts: bool) -> str:
    return _("Your support counts.") if counts else _("Your support does not count any more.")


def _refuse(
    request: HttpRequest,
    found: Annotation,
    form: AddressForm,
    error: ValidationError | PermissionDenied,
) -> HttpResponse:
    """Say why a voice was not taken, beside the field where it can be mended there."""
    status, sentence = link_responses.refusal_of(error)
    if responses.is_fetched(request):
        return JsonResponse({"sentence": sentence}, status=status)
    if isinstance(error, ValidationError) and "email" in getattr(error, "error_dict", {}):
        form.add_service_error(error)
        return responses.with_retry_after(_show(request, found, form, status), error)
    return _show(request, found, form, status, refusal=sentence)


def _show(
    request: HttpRequest,
    found: Annotation,
    form: AddressForm,
    status: int = HTTPStatus.OK,
    **more: Any,  # noqa: ANN401  # what the template shows
) -> HttpResponse:
    context = responses.version_context(request, found.version) | {
        "annotation": found,
        "form": form,
        **support_context(request, found),
        "is_sent": "sent" in request.GET and request.method != "POST",
        **more,
    }
    return render(request, "annotations/support_page.html", context, status=status)


def support_context(request: HttpRequest, found: Annotation) -> dict[str, Any]:
    """Return what the part of a page shows that is about support."""
    user = responses.account(request)
    return {
        "support_words": support_words(found.support_count),
        "is_supported": supporting.supports(user, found),
        "is_own": user is not None and supporting.is_own(user, found),
    }
