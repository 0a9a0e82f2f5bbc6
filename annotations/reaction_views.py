"""Pages on which authors agree with the answer to their annotation or object to it, once."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotations import access, link_responses, permissions, responses
from annotations.presentation import cards
from annotations.services import reacting
from annotations.services.token_errors import TokenUnknown

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from annotations.models import Annotation, Reaction


class ReactionForm(forms.Form):
    """What an author thinks of the answer."""

    agrees = forms.TypedChoiceField(
        label=gettext_lazy("What do you say to this answer?"),
        choices=[("1", gettext_lazy("I agree")), ("0", gettext_lazy("I object"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Your reason"),
        required=False,
        help_text=gettext_lazy("Needed for an objection. Everybody will see it beside the answer."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def react(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let an account say what it thinks of the answer to its annotation."""
    found = access.readable_annotation(request, uuid)
    if found.is_reply or not permissions.is_own(request.user, found):
        raise Http404

    def say(*, agrees: bool, reason: str) -> Reaction:
        return reacting.react(annotation=found, actor=request.user, agrees=agrees, reason=reason)

    return _answer(request, found, say)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def react_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Let a guest say it by the link of a mail; looking at the page changes nothing."""
    try:
        named = reacting.annotation_of(token)
    except TokenUnknown as error:
        raise Http404 from error
    except ValidationError as error:
        return link_responses.refused_link(request, error)
    found = access.readable_annotation(request, named.uuid)

    def say(*, agrees: bool, reason: str) -> Reaction:
        return reacting.react_by_link(token=token, agrees=agrees, reason=reason)

    response = _answer(request, found, say)
    response["Referrer-Policy"] = "same-origin"
    return response


def _answer(request: HttpRequest, found: Annotation, say: Callable[..., Reaction]) -> HttpResponse:
    """Show the form while something can be said, and take what is said."""
    data = request.POST if request.method == "POST" else None
    form = ReactionForm(data, auto_id="reaction-%s")
    if data is None:
        if reacting.is_to_be_said(found):
            return _show(request, found, form)
        messages.info(request, reacting.why_not(found))
        return redirect(found.get_absolute_url())
    if not form.is_valid():
        return _show(request, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        say(**form.cleaned_data)
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            messages.error(request, " ".join(error.messages))
            return redirect(found.get_absolute_url())
        for name, errors in error.error_dict.items():
            form.add_error(name, errors)
        return _show(request, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Thank you. What you say stands beside the answer now."))
    return redirect(found.get_absolute_url())


def _show(
    request: HttpRequest, found: Annotation, form: ReactionForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = responses.version_context(request, found.version) | {
        "annotation": found,
        "form": form,
        "answer": cards.answer_to(found),
    }
    return render(request, "annotations/reaction_page.html", context, status=status)
