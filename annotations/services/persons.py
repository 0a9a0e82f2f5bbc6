"""Who is the same person: accounts and confirmed addresses, known by keyed hashes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from annotations.models import Annotation

SALT = "annotations.person"


def key_of_account(user: Any) -> str:  # noqa: ANN401  # any user model
    """Return the keyed hash that stands for an account."""
    return _hashed(f"account {user.pk}")


def key_of_address(email: str) -> str:
    """Return the keyed hash that stands for an address, that of its account where it has one."""
    owner = account_of(email)
    return _hashed_address(email) if owner is None else key_of_account(owner)


def keys_of_addresses(emails: Iterable[str]) -> dict[str, str]:
    """Return what ``key_of_address`` gives for each of many addresses, in few queries."""
    wanted = {email: email.lower() for email in emails}
    owners = _owners()
    return {
        email: _hashed(f"account {owners[small]}") if small in owners else _hashed_address(email)
        for email, small in wanted.items()
    }


def keys_of(user: Any) -> set[str]:  # noqa: ANN401  # any user model
    """Return the hashes of an account and of what it did as a guest before it had one."""
    return {key_of_account(user), *map(_hashed_address, addresses_of(user))}


def addresses_of(user: Any) -> set[str]:  # noqa: ANN401  # any user model
    """Return the addresses that are known to be an account's own, in small letters."""
    if not apps.is_installed("allauth.account"):
        return {user.email.lower()} if user.email else set()
    known = apps.get_model("account", "EmailAddress").objects.filter(user=user, verified=True)
    return {email.lower() for email in known.values_list("email", flat=True)}


def account_of(email: str) -> Any | None:  # noqa: ANN401  # any user model
    """Return the account that has proved an address to be its own, None where there is none."""
    users = get_user_model()._default_manager.filter(is_active=True)
    if not apps.is_installed("allauth.account"):
        return users.filter(email__iexact=email).order_by("pk").first()
    known = apps.get_model("account", "EmailAddress").objects.filter(
        email__iexact=email, verified=True
    )
    return users.filter(pk__in=known.values("user")).order_by("pk").first()


def owners_of(emails: Iterable[str]) -> dict[str, int]:
    """Return by address, in small letters, the account that has proved it, in one query.

    Args:
        emails: In small letters.
    """
    wanted, users = list(emails), get_user_model()._default_manager.filter(is_active=True)
    if not apps.is_installed("allauth.account"):
        rows = users.annotate(small=Lower("email")).filter(small__in=wanted)
        pairs = rows.order_by("-pk").values_list("small", "pk")
    else:
        known = apps.get_model("account", "EmailAddress").objects.filter(verified=True)
        rows = known.annotate(small=Lower("email")).filter(small__in=wanted, user__in=users)
        pairs = rows.order_by("-user_id").values_list("small", "user_id")
    return dict(pairs)


def _owners() -> dict[str, int]:
    """Return the accounts of all addresses that are known to be somebody's own."""
    users = get_user_model()._default_manager.filter(is_active=True)
    if not apps.is_installed("allauth.account"):
        rows = users.exclude(email="").order_by("-pk").values_list("email", "pk")
    else:
        known = apps.get_model("account", "EmailAddress").objects.filter(verified=True)
        rows = known.filter(user__in=users).order_by("-user_id").values_list("email", "user_id")
    return {email.lower(): key for email, key in rows.iterator()}


def has_written(annotation: Annotation, *, user: Any = None, email: str = "") -> bool:  # noqa: ANN401
    """Tell whether an annotation is somebody's own, also where it was written as a guest.

    Args:
        annotation: The annotation.
        user: An account, or
        email: a guest's address.
    """
    user = user or account_of(email)
    if annotation.user_id is not None:
        return user is not None and annotation.user_id == user.pk
    own = addresses_of(user) if user is not None else {email.lower()}
    return annotation.user_email.lower() in own


def _hashed_address(email: str) -> str:
    return _hashed(f"address {email.lower()}")


def _hashed(value: str) -> str:
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()
