"""Who may do what with versions: one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.permissions import policy_registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.db.models import QuerySet

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


SEEING = ("view_version", "submit_version", "change_gatestep")
"""Permissions of which each shows the versions of all pages."""
RULES: dict[str, Rule] = {
    "view_versions": _any_of(*map(_has, SEEING), _can_publish, _can_edit),
    "publish": _can_publish,
    "explain_changes": _can_edit,
    "correct_lineage": _can_edit,
    "change_window": _can_publish,
    "submit_version": _has("submit_version"),
    "ask_for_signatures": _any_of(_can_edit, _has("submit_version")),
    "record_decision": _has("change_gatestep"),
    "continue_text": _can_add_beside,
    "withhold": _has("change_passage"),
}
"""Action to rule. Page permissions come with the group's rights on the page tree, the others are
permissions of our models: ``submit_version`` (of submissions), ``change_gatestep``,
``change_passage``, ``view_version``. Where either is enough, those of models come first: they ask
nothing for each page. Who signs for a department is no right: it is whoever belongs to the
department's group (``services.signing``)."""


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


def pages_with_versions_for(user: Any) -> QuerySet[Page]:  # noqa: ANN401  # any user model
    """Return the pages whose versions somebody may see in the admin, as ``view_versions`` says.

    Args:
        user: Somebody who is signed in.
    """
    pages = Page._default_manager.all()
    if any(_has(name)(user, None) for name in SEEING):
        return pages
    return policy_registry.get_by_type(Page).instances_user_has_any_permission_for(
        user, {"change", "publish"}
    )


def require(user: Any, action: str, page: Page) -> None:  # noqa: ANN401  # any user model
    """Stop whoever may not do something.

    Raises:
        PermissionDenied: ``user`` may not do ``action`` with the versions of ``page``.
    """
    if not can(user, action, page):
        raise PermissionDenied(_("You may not do this with the versions of this page."))


def works_in_admin() -> Q:
    """Return the condition for accounts that get into the admin; the others are citizens."""
    right = Permission.objects.filter(
        content_type__app_label="wagtailadmin", codename="access_admin"
    ).values("pk")
    by_right = Q(user_permissions__in=right) | Q(groups__permissions__in=right)
    return Q(is_active=True) & (Q(is_superuser=True) | by_right)


def grantable() -> QuerySet[Permission]:
    """Return the permissions that Wagtail's form for groups offers."""
    names = ("view_version", "submit_version", "change_gatestep", "change_passage")
    return Permission.objects.filter(
        content_type__app_label="synopse_versioning", codename__in=names
    )
