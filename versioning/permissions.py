"""Who may do what with versions: one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.db.models import QuerySet
    from wagtail.models import Page

    Rule = Callable[[Any, Page], bool]


def _can_edit(user: Any, page: Page) -> bool:  # noqa: ANN401  # any user model
    return bool(page.permissions_for_user(user).can_edit())


def _can_publish(user: Any, page: Page) -> bool:  # noqa: ANN401  # any user model
    return bool(page.permissions_for_user(user).can_publish())


def _can_add_beside(user: Any, page: Page) -> bool:  # noqa: ANN401  # any user model
    return bool(page.get_parent().permissions_for_user(user).can_add_subpage())


def _has(permission: str) -> Rule:
    def rule(user: Any, page: Page) -> bool:  # noqa: ANN401  # any user model, one signature
        return bool(user.has_perm(f"synopse_versioning.{permission}"))

    return rule


def _any_of(*rules: Rule) -> Rule:
    return lambda user, page: any(rule(user, page) for rule in rules)


RULES: dict[str, Rule] = {
    "view_versions": _any_of(
        _can_edit, _can_publish, *map(_has, ("view_version", "submit_version", "change_gatestep"))
    ),
    "publish": _can_publish,
    "explain_changes": _can_edit,
    "correct_lineage": _can_edit,
    "change_window": _can_publish,
    "submit_version": _has("submit_version"),
    "record_decision": _has("change_gatestep"),
    "continue_text": _can_add_beside,
    "withhold": _has("change_passage"),
}
"""Action to rule. Page permissions come with the group's rights on the page tree, the others are
permissions of our models: ``submit_version`` (of submissions), ``change_gatestep``,
``change_passage``, ``view_version``."""


def can(user: Any, action: str, page: Page) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody may do something with the versions of a page.

    Args:
        user: Anybody, signed in or not, or None.
        action: A key of ``RULES``.
        page: The page whose versions are meant.
    """
    if user is None or not user.is_active:
        return False
    return RULES[action](user, page)


def require(user: Any, action: str, page: Page) -> None:  # noqa: ANN401  # any user model
    """Stop whoever may not do something.

    Raises:
        PermissionDenied: ``user`` may not do ``action`` with the versions of ``page``.
    """
    if not can(user, action, page):
        raise PermissionDenied(_("You may not do this with the versions of this page."))


def grantable() -> QuerySet[Permission]:
    """Return the permissions that Wagtail's form for groups offers."""
    names = ("view_version", "submit_version", "change_gatestep", "change_passage")
    return Permission.objects.filter(
        content_type__app_label="synopse_versioning", codename__in=names
    )
