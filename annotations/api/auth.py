"""Who calls: a program by its key, a signed-in person by session and token, or a stranger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from annotations import permissions
from annotations.api.problems import Problem, unauthorized
from annotations.services import tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
STRANGER = "stranger"


class KeyAuth(HttpBearer):
    """An access key in the header ``Authorization: Bearer …``; a wrong one is never passed over."""

    def __call__(self, request: HttpRequest) -> Any:  # noqa: ANN401  # ninja's signature
        """Return the key's row, None where no key was sent.

        Raises:
            Problem: 401, the key is unknown, revoked, too old, or its owner is switched off.
        """
        scheme, _space, raw = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        return self.authenticate(request, raw.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Any:  # noqa: ANN401  # see above
        """Let the owner of the key be the user of the request."""
        found = tokens.find_token(token)
        if found is None:
            raise unauthorized()
        request.user = found.user
        if request.method not in SAFE:
            tokens.note_use(found)
        return found


class SessionAuth(APIKeyCookie):
    """A signed-in session; writing asks for the header ``X-CSRFToken`` as well."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Any:  # noqa: ANN401  # ninja's signature
        """Return the person who is signed in, None for strangers.

        Raises:
            Problem: 403, the session is there but the token of the page is not.
        """
        if not permissions.is_person(request.user):
            return None
        if request.method not in SAFE and check_csrf(request) is not None:
            raise Problem(403, _("A session needs the header X-CSRFToken to write."))
        return request.user

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:  # noqa: ANN401
        """Return the person who is signed in."""
        return request.user


def strangers(request: HttpRequest) -> str | None:
    """Let everybody read."""
    return STRANGER if request.method in SAFE else None


AUTH: list[Callable[[HttpRequest], Any]] = [KeyAuth(), SessionAuth(), strangers]
