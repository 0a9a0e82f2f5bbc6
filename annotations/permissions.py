"""Who may do what with annotations: one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from wagtail.models import PageViewRestriction

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.db.models import QuerySet
    from wagtail.models import Page

    from annotations.models import Annotation

    Rule = Callable[[Any, Page], bool]


def _has(permission: str) -> Rule:
    def rule(user: Any, page: Page) -> bool:  # noqa: ANN401  # any user model, one signature
        return is_person(user) and bool(user.has_perm(f"synopse_annotations.{permission}"))

    return rule


def _all_of(*rules: Rule) -> Rule:
    return lambda user, page: all(rule(user, page) for rule in rules)


def _any_of(*rules: Rule) -> Rule:
    return lambda user, page: any(rule(user, page) for rule in rules)


def _can_edit(user: Any, page: Page) -> bool:  # noqa: ANN401  # any user model
    return is_person(user) and bool(page.permissions_for_user(user).can_edit())


def _is_welcome(user: Any, page: Page) -> bool:  # noqa: ANN401  # any user model
    """Tell whether a restriction of the page lets somebody in; a shared password lets nobody."""
    if user is not None and user.is_authenticated and not user.is_active:
        return False
    if not PageViewRestriction.objects.exists():  # asking for those of a page takes two queries
        return True
    return all(_is_let_in(user, restriction) for restriction in page.get_view_restrictions())


def _is_let_in(user: Any, restriction: PageViewRestriction) -> bool:  # noqa: ANN401  # any user
    if not is_person(user):
        return False
    if user.is_superuser or restriction.restriction_type == PageViewRestriction.LOGIN:
        return True
    if restriction.restriction_type == PageViewRestriction.GROUPS:
        return bool(user.groups.filter(pk__in=restriction.groups.values("pk")).exists())
    return False


RULES: dict[str, Rule] = {
    "annotate": _is_welcome,
    "reply": _is_welcome,
    "support": _is_welcome,
    "follow": _is_welcome,
    "moderate": _has("moderate_annotation"),
    "dispose": _all_of(_has("dispose_annotation"), _can_edit),
    "assign": _all_of(_has("dispose_annotation"), _can_edit),
    "see_unpublic": _any_of(
        _has("moderate_annotation"), _all_of(_has("dispose_annotation"), _can_edit)
    ),
}
"""Action to rule. Guests may annotate, reply, support and follow wherever they may read; editors
dispose and assign on pages that they may edit. Withdrawing is no right of a role, see
``can_withdraw``."""


WORD_LIST = tuple(f"{verb}_watchedword" for verb in ("view", "add", "change", "delete"))
"""The permissions that make up the right to look after the moderators' list of words."""
REASON_TEXTS = tuple(f"{verb}_reasontext" for verb in ("view", "add", "change", "delete"))
"""The permissions that make up the right to look after the editors' reasons for answers."""
CONSENT_TEXTS = ("view_consenttext", "add_consenttext")
"""The permissions that make up the right to write the texts below forms."""


def can_decide_reports(user: Any) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody may see reports, who sent them, and decide on them."""
    names = ("decide_report", "moderate_annotation")
    return is_person(user) and all(user.has_perm(f"synopse_annotations.{name}") for name in names)


def require_decide_reports(user: Any) -> None:  # noqa: ANN401  # any user model
    """Stop whoever may not decide on reports.

    Raises:
        PermissionDenied: ``user`` may not.
    """
    if not can_decide_reports(user):
        raise PermissionDenied(_("You may not decide on reports."))


def is_person(user: Any) -> bool:  # noqa: ANN401  # any user model
    """Tell whether this is an account that is signed in and not switched off."""
    return user is not None and bool(user.is_authenticated and user.is_active)


def can(user: Any, action: str, page: Page) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody may do something with the annotations of a page.

    Args:
        user: Anybody, signed in or not, or None for a guest.
        action: A key of ``RULES``.
        page: The page whose annotations are meant.
    """
    return RULES[action](user, page)


def require(user: Any, action: str, page: Page) -> None:  # noqa: ANN401  # any user model
    """Stop whoever may not do something.

    Raises:
        PermissionDenied: ``user`` may not do ``action`` with the annotations of ``page``.
    """
    if not can(user, action, page):
        raise PermissionDenied(_("You may not do this with the annotations of this page."))


def require_person(user: Any) -> None:  # noqa: ANN401  # any user model
    """Stop whoever is not signed in.

    Raises:
        PermissionDenied: Nobody is signed in, or the account is switched off.
    """
    if not is_person(user):
        raise PermissionDenied(_("Please sign in first."))


def is_own(user: Any, annotation: Annotation) -> bool:  # noqa: ANN401  # any user model
    """Tell whether an annotation is somebody's own."""
    return is_person(user) and annotation.user_id is not None and annotation.user_id == user.pk


def require_own(user: Any, annotation: Annotation) -> None:  # noqa: ANN401  # any user model
    """Stop whoever wants to change the words of another.

    Raises:
        PermissionDenied: The annotation is not ``user``'s own.
    """
    if not is_own(user, annotation):
        raise PermissionDenied(_("Only the author can change an annotation."))


def can_withdraw(user: Any, annotation: Annotation) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody may take an annotation back."""
    return is_own(user, annotation)


def require_withdraw(user: Any, annotation: Annotation) -> None:  # noqa: ANN401  # any user model
    """Stop whoever wants to take back the words of another.

    Raises:
        PermissionDenied: The annotation is not ``user``'s own.
    """
    if not can_withdraw(user, annotation):
        raise PermissionDenied(_("Only the author can withdraw an annotation."))


def grantable() -> QuerySet[Permission]:
    """Return the permissions that Wagtail's form for groups offers."""
    names = ("view_annotation", "moderate_annotation", "dispose_annotation", "decide_report")
    return Permission.objects.filter(
        content_type__app_label="synopse_annotations",
        codename__in=(*names, *WORD_LIST, *REASON_TEXTS, *CONSENT_TEXTS),
    )
