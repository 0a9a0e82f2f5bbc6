"""Pages on which people choose which mails they get, and end those that they do not want."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from annotations.models import OutboxMail, Rhythm
from annotations.services import names, persons, preferences
from annotations.services.token_errors import TokenGone, TokenUnknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from annotations.models import MailPreference


class MailsForm(forms.Form):
    """Kinds of mails on or off, and one rhythm."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Which mails do you want?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    rhythm = forms.ChoiceField(
        label=gettext_lazy("When shall they come?"),
        choices=Rhythm.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one.")},
    )
    offered: Mapping[str, Any] = preferences.CITIZEN_KINDS

    def __init__(self, *args: Any, preference: MailPreference, **kwargs: Any) -> None:  # noqa: ANN401  # Django's
        """Begin with what holds now."""
        self.preference = preference
        on = [kind for kind in self.offered if kind not in preference.switched_off]
        kwargs.setdefault("initial", {"kinds": on, "rhythm": preference.rhythm})
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = list(self.offered.items())  # type: ignore[attr-defined]  # of a choice

    def save(self) -> MailPreference:
        """Store it; kinds that are not offered here stay as they are."""
        wanted = self.cleaned_data["kinds"]
        others = [kind for kind in self.preference.switched_off if kind not in self.offered]
        off = [kind for kind in self.offered if kind not in wanted]
        return preferences.save_preference(
            preference=self.preference,
            rhythm=self.cleaned_data["rhythm"],
            switched_off=[*others, *off],
        )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_mails(request: HttpRequest) -> HttpResponse:
    """Let an account choose its mails."""
    has_address = bool(persons.addresses_of(request.user))
    context = {
        "is_account": True,
        "has_address": has_address,
        "is_staff": names.is_staff(request.user),
    }
    find = preferences.shown_preference_of
    if request.method == "POST":
        find = preferences.preference_of
    return _choose(request, find(request.user), context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mails(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever got a mail choose, by the link in its foot and without signing in."""
    try:
        preference = preferences.preference_behind(token)
    except TokenUnknown as error:
        return _nobody(request, error)
    return _by_link(_choose(request, preference, {"has_address": True}))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """Show the button that ends mails of a kind (GET), or end them (POST); without sign-in."""
    try:
        preference = _stopped(kind, token, is_meant=request.method == "POST")
    except TokenUnknown as error:
        return _nobody(request, error)
    context = {
        "what": preferences.name_of(kind),
        "is_done": request.method == "POST",
        "foot": preferences.foot_of(preference, kind, ""),
    }
    return _by_link(render(request, "annotations/stop_mails.html", context))


@csrf_exempt  # a mail program sends this, which has no session; the token is the permission
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails_at_once(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """End mails of a kind with one click in the mail program; people get the page.

    Source: RFC 8058.
    """
    if request.method != "POST":
        return redirect("annotations:stop_mails", kind=kind, token=token)
    try:
        _stopped(kind, token, is_meant=True)
    except TokenUnknown as error:
        return _nobody(request, error)
    return HttpResponse(_("You will get no more such e-mails."), content_type="text/plain")


def _stopped(kind: str, token: str, *, is_meant: bool) -> MailPreference:
    """Return the wishes behind a link, with the kind switched off where that is meant."""
    preference = preferences.preference_behind(token)
    if kind != preferences.EVERYTHING and kind not in preferences.KINDS:
        raise TokenUnknown
    return preferences.switch_off(preference=preference, kind=kind) if is_meant else preference


def _choose(
    request: HttpRequest, preference: MailPreference, context: dict[str, Any]
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = MailsForm(data, preference=preference, auto_id="mails-%s")
    if data is not None and form.is_valid():
        form.save()
        messages.success(request, _("Saved. It holds for mails that wait already, too."))
        return redirect(request.path)
    status = HTTPStatus.OK if data is None else HTTPStatus.UNPROCESSABLE_ENTITY
    waiting = OutboxMail.objects.filter(preference=preference.pk, held=True).order_by("send_after")
    context |= {
        "form": form,
        "hour": preferences.bundle_hour(),
        "waiting": waiting.count(),
        "next": waiting.first(),
    }
    return render(request, "annotations/mails_page.html", context, status=status)


def _nobody(request: HttpRequest, error: TokenUnknown) -> HttpResponse:
    """Say that nobody is behind a link any more, or never was."""
    is_gone = isinstance(error, TokenGone)
    status = HTTPStatus.GONE if is_gone else HTTPStatus.NOT_FOUND
    return render(request, "annotations/mails_nobody.html", {"is_gone": is_gone}, status=status)


def _by_link(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "same-origin"
    return response
