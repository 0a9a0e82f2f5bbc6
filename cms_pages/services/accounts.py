"""Making accounts without the sign-up form: for a demo or an import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User


@transaction.atomic
def make_account(
    *, username: str, email: str, password: str | None, name: str = "", groups: Iterable[str] = ()
) -> User:
    """Make an account with a confirmed address, or return the one that has this name.

    Args:
        username: Its name.
        email: Its address; counts as confirmed.
        password: None for an account with which nobody can sign in.
        name: How the person is called.
        groups: Names of groups that exist.

    Raises:
        ValidationError: Name or address cannot be used.
    """
    users = get_user_model()
    known = users.objects.filter(username=username).first()
    if known is not None:
        return known
    user = users(username=username, email=email, first_name=name[:150])
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    user.groups.set(Group.objects.filter(name__in=list(groups)))
    return user
