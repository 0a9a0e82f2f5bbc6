"""Refuses known passwords of the demo in public, and names pages that the law asks for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils import timezone

from cms_pages.demo.accounts import ACCOUNTS, PASSWORD
from cms_pages.models.standard import StandardPage, StandardRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

STATEMENT_LASTS = timedelta(days=365)
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


@checks.register(checks.Tags.database)
def check_standard_pages(
    databases: Sequence[str] | None = None,
    **kwargs: Any,  # noqa: ANN401  # Django's signature
) -> list[checks.CheckMessage]:
    """Name standard pages that are missing, and a statement on accessibility that is too old.

    Source: BITV 2.0, section 4; the statement is to be looked at once a year.
    """
    if not databases or "default" not in databases:
        return []
    try:
        return [*_missing_pages(), *_old_statements()]
    except DatabaseError:
        return []


def _missing_pages() -> Iterator[checks.CheckMessage]:
    public = set(_standard_pages().values_list("role", flat=True))
    for role in StandardRole:
        if role and role not in public:
            yield checks.Warning(
                f"No page with the role “{role.value}” is public.",
                hint="Write it in the admin; every footer links it then.",
                id="synopse_pages.W001",
            )


def _old_statements() -> Iterator[checks.CheckMessage]:
    old = timezone.now() - STATEMENT_LASTS
    rows = _standard_pages().filter(role=StandardRole.ACCESSIBILITY, last_published_at__lt=old)
    for title, at in rows.values_list("title", "last_published_at"):
        yield checks.Warning(
            f"The statement on accessibility “{title}” was published on {at:%Y-%m-%d}.",
            hint="Look at it once a year and publish it anew.",
            id="synopse_pages.W002",
        )


def _standard_pages() -> QuerySet[StandardPage]:
    pages: QuerySet[StandardPage] = StandardPage.objects.live()
    return pages


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
