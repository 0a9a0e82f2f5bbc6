"""Who may read a page, asked for many accounts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from wagtail.models import PageViewRestriction

if TYPE_CHECKING:
    from collections.abc import Collection

    from wagtail.models import Page


def accounts_let_in(page: Page, keys: Collection[int]) -> set[int]:
    """Return those of some accounts that may read a page, as ``permissions`` says for one.

    Args:
        page: A live page.
        keys: Of the accounts.
    """
    users = get_user_model()._default_manager.filter(pk__in=keys, is_active=True)
    for restriction in page.get_view_restrictions():
        if restriction.restriction_type == PageViewRestriction.LOGIN:
            continue
        privileged = users.filter(is_superuser=True)
        if restriction.restriction_type == PageViewRestriction.GROUPS:
            members = users.filter(groups__in=restriction.groups.all())
            users = users.filter(pk__in={*_keys(privileged), *_keys(members)})
        else:
            users = privileged
    return _keys(users)


def lets_guests_in(page: Page) -> bool:
    """Tell whether everybody may read a page."""
    return not page.get_view_restrictions()


def _keys(users: object) -> set[int]:
    return set(users.values_list("pk", flat=True))  # type: ignore[attr-defined]  # a queryset
