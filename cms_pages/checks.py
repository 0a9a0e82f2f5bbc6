"""Refuses a public site on which somebody can sign in with the demo's known password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from cms_pages.demo.accounts import ACCOUNTS, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Sequence

HINT = "Delete them, switch them off, or give them other passwords."


def usable_demo_accounts() -> list[str]:
    """Return the names of demo accounts with which anybody can sign in, none under the demo.

    Raises:
        DatabaseError: The database does not answer, or has no tables yet.
    """
    if getattr(settings, "SYNOPSE_DEMO", False):
        return []
    names = [account.username for account in ACCOUNTS]
    users = get_user_model().objects.filter(username__in=names, is_active=True)
    return [user.get_username() for user in users if check_password(PASSWORD, user.password)]


@checks.register(checks.Tags.database)
def check_demo_accounts(
    databases: Sequence[str] | None = None,
    **kwargs: Any,  # noqa: ANN401  # Django's signature
) -> list[checks.CheckMessage]:
    """Report demo accounts whose known password works."""
    if not databases or "default" not in databases:
        return []
    try:
        usable = usable_demo_accounts()
    except DatabaseError:
        return []
    if not usable:
        return []
    return [checks.Error(_message(usable), hint=HINT, id="synopse_pages.E001")]


def refuse_demo_accounts() -> None:
    """Stop a start while a demo account's known password works.

    A database that does not answer yet stops nothing; ``/readyz`` tells of it.

    Raises:
        ImproperlyConfigured: With the names of the accounts.
    """
    try:
        usable = usable_demo_accounts()
    except DatabaseError:
        return
    if usable:
        raise ImproperlyConfigured(f"{_message(usable)} {HINT}")


def _message(usable: Sequence[str]) -> str:
    return "Accounts of the demo can be used with their known password: " + ", ".join(usable)
