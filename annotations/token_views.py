"""The page on which people make and revoke access keys for programs."""

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
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotations.services import tokens

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _times() -> list[tuple[str, str]]:
    return [
        (str(days), ngettext("%(days)d day", "%(days)d days", days) % {"days": days})
        for days in tokens.DAYS
    ]


class TokenForm(forms.Form):
    """Which program a key is for, and how long it works."""

    name = forms.CharField(
        label=gettext_lazy("For which program?"),
        max_length=tokens.NAME_LIMIT,
        help_text=gettext_lazy("So that you know later which key you can revoke."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": gettext_lazy("Please say which program the key is for.")},
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long shall it work?"), choices=_times, coerce=int
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def access_keys(request: HttpRequest) -> HttpResponse:
    """List one's keys (GET) or make one (POST), which is shown this once."""
    form = TokenForm(request.POST if request.method == "POST" else None, auto_id="key-%s")
    if request.method != "POST":
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made, raw = tokens.make_token(user=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    fresh = TokenForm(auto_id="key-%s")
    return _show(request, fresh, status=HTTPStatus.CREATED, made=made, raw=raw)


@login_required
@require_POST
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of one's own keys; those of others are not there."""
    found = tokens.tokens_of(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    name = found.name
    tokens.revoke_token(token=found, actor=request.user)
    messages.success(request, _("The key “%(name)s” does not work any more.") % {"name": name})
    return redirect("annotations:access_keys")


def _show(
    request: HttpRequest, form: TokenForm, status: int = HTTPStatus.OK, **more: object
) -> HttpResponse:
    context = {"form": form, "keys": tokens.tokens_of(request.user), **more}
    return render(request, "annotations/access_keys.html", context, status=status)
