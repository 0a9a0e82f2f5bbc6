"""Failed log-ins are counted, by account and by network, and too many shut the door for a while.

django-axes counts, in the database and so for all processes; django-allauth's own counting of
passwords is off. Nothing that is stored says who or where somebody was: names are keyed hashes,
networks are hashes that change every day, and what else axes would keep stays empty.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any

from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.db.models import Sum
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from annotations.networks import network_of
from annotations.services.limits import Rate, rate
from versioning.security_log import note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

SALT = "cms_pages.logins"
LIMITS = ("login", "login_account", "login_network")
"""Failures of one account from one network, of one account, and from one network."""
ENOUGH = 1_000
"""Failures that shut the door, as axes counts them: each limit is scaled to it."""


class LoginHandler(AxesDatabaseHandler):
    """Axes' counting in the database, by three limits instead of one, and without traces."""

    def user_login_failed(
        self,
        sender: object,
        credentials: dict,
        request: Any = None,  # noqa: ANN401  # axes gives it attributes of its own
        **kwargs: object,
    ) -> None:
        """Count a failure; of the browser nothing is kept."""
        if request is None:
            return
        request.axes_user_agent = request.axes_http_accept = request.axes_path_info = ""
        super().user_login_failed(sender, credentials, request, **kwargs)
        note(
            "login.locked" if request.axes_locked_out else "login.failed",
            network=request.axes_ip_address,
        )

    def get_failures(self, request: Any, credentials: dict | None = None) -> int:  # noqa: ANN401  # see above
        """Return how near to a limit somebody is, as a part of ``ENOUGH``."""
        network, account = request.axes_ip_address, account_key(request, credentials)
        nearest = 0
        for name, about in (
            ("login", {"username": account, "ip_address": network}),
            ("login_account", {"username": account}),
            ("login_network", {"ip_address": network}),
        ):
            if limit := rate(name):
                since = request.axes_attempt_time - timedelta(seconds=limit.seconds)
                rows = AccessAttempt.objects.filter(attempt_time__gt=since, **about)
                failures = rows.aggregate(n=Sum("failures_since_start"))["n"] or 0
                nearest = max(nearest, failures * ENOUGH // limit.number)
        return nearest


def keep_no_words(sender: type[AccessAttempt], instance: AccessAttempt, **kwargs: object) -> None:
    """Leave out what was sent with a failed log-in; connected to ``pre_save``."""
    instance.get_data = instance.post_data = ""


def forget_failures(request: HttpRequest, user: User, **kwargs: object) -> None:
    """Open the door for whoever has set a new password by mail; connected to allauth's signal."""
    AccessAttempt.objects.filter(username=_hashed(f"account {user.pk}")).delete()


def longest_period(request: HttpRequest | None) -> timedelta:
    """Return after which time no failure counts any more (``AXES_COOLOFF_TIME``)."""
    limits: list[Rate] = [limit for name in LIMITS if (limit := rate(name))]
    return timedelta(seconds=max((limit.seconds for limit in limits), default=1))


def account_key(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Return the hash that stands for whom somebody wants to sign in as.

    Name and address of one account are one; what belongs to no account counts as it was typed.
    """
    typed = next(_typed(credentials or {}), "") or request.POST.get("login", "")
    known: dict[str, str] = request.__dict__.setdefault("account_keys", {})
    if typed not in known:
        found = get_user_by_username(typed) or next(iter(filter_users_by_email(typed)), None)
        known[typed] = _hashed(f"account {found.pk}" if found else f"typed {typed.lower()}")
    return known[typed]


def _typed(credentials: Mapping[str, Any]) -> Iterator[str]:
    for name in ("username", "email"):
        if value := credentials.get(name):
            yield str(value)


def network_key(request: HttpRequest) -> str:
    """Return the hash that stands for the network today (``AXES_CLIENT_IP_CALLABLE``).

    Axes has a field for an address, so the hash comes in the form of one that no network has.
    """
    return str(IPv6Address(b"\xfd" + bytes.fromhex(network_of(request) or "00" * 15)[:15]))


def nobody(*args: object) -> str:
    """Name nobody in the log of axes (``AXES_CLIENT_STR_CALLABLE``)."""
    return "somebody"


def locked(
    request: HttpRequest, original: HttpResponse | None = None, credentials: object = None
) -> HttpResponse:
    """Say that the door is shut, and for how long (``AXES_LOCKOUT_CALLABLE``)."""
    seconds = int(longest_period(request).total_seconds())
    response = render(
        request, "account/locked.html", {"minutes": max(1, seconds // 60)}, status=429
    )
    response["Retry-After"] = str(seconds)
    return response


def _hashed(value: str) -> str:
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()
