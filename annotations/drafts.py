"""Texts that are kept on the server while somebody signs in: in the session, without a name.

Nothing personal is kept: neither name nor e-mail address. A text leaves with the session, after a
day, and as soon as it was sent.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.views import redirect_to_login
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

KEY = "synopse_drafts"
FIELDS = ("motivation", "quote", "start", "end", "proposed", "body", "base_hash")
MOST_DRAFTS = 5
MOST_CHARACTERS = 30_000
"""Of all fields of a text; what may be sent at all is shorter."""
SECONDS = 24 * 60 * 60
GUEST_FIELDS = ("name", "email")
WORDS = frozenset({"body", "proposed"})


class Kept(NamedTuple):
    """A text that is given back in a form.

    Attributes:
        values: Of the form's fields.
        sentence: What happened, for the person who wrote it.
    """

    values: dict[str, str]
    sentence: str


def led_to_log_in(request: HttpRequest) -> HttpResponse | None:
    """Keep what a guest typed and lead to the log-in and back, if that is what they ask for.

    Returns:
        A redirect; nothing where nobody asked, or the text is far too long to be kept.
    """
    typed = _typed(request.POST)
    if not _wants_to_sign_in(request) or sum(map(len, typed.values())) > MOST_CHARACTERS:
        return None
    kept = {path: draft for path, draft in _stored(request).items() if path != request.path}
    newest = dict(list(kept.items())[1 - MOST_DRAFTS :])
    request.session[KEY] = {**newest, request.path: {"at": int(time.time()), "typed": typed}}
    return redirect_to_login(request.path)


def kept_for(request: HttpRequest) -> Kept | None:
    """Return what was typed at an address before somebody signed in."""
    draft = _stored(request).get(request.path)
    if draft is None:
        return None
    return Kept(draft["typed"], _("Your text is still here."))


def given_back(request: HttpRequest) -> Kept | None:
    """Return what was sent but must not be taken as it is, to be shown in the form again.

    A form without a guest's fields comes from somebody whose session ended while they wrote.
    """
    typed = _typed(request.POST)
    if _wants_to_sign_in(request):
        return Kept(
            typed, _("Your text is too long to be kept. Please copy it before you sign in.")
        )
    is_of_guest = any(name in request.POST for name in GUEST_FIELDS)
    if request.user.is_authenticated or is_of_guest or not (WORDS & typed.keys()):
        return None
    sentence = _(
        "You are not signed in any more. Your text is still here: sign in again, or send it with a "
        "name and an e-mail address."
    )
    return Kept(typed, sentence)


def forget(request: HttpRequest) -> None:
    """Let go of a text that was sent."""
    kept = _stored(request)
    if kept.pop(request.path, None) is not None:
        request.session[KEY] = kept


def newest_address(request: HttpRequest) -> str:
    """Return where the text stands that was kept last, empty where there is none."""
    return next(reversed(_stored(request)), "")


def _wants_to_sign_in(request: HttpRequest) -> bool:
    return "keep" in request.POST and not request.user.is_authenticated


def _typed(data: Mapping[str, str]) -> dict[str, str]:
    return {name: data[name] for name in FIELDS if data.get(name, "").strip()}


def _stored(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """Return the texts that are not too old, by the addresses of their forms, newest last."""
    oldest = time.time() - SECONDS
    stored = request.session.get(KEY, {})
    return {path: draft for path, draft in stored.items() if draft["at"] >= oldest}
