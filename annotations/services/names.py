"""Who may bear which name: nobody but staff speaks under one that imitates an office or staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db.models import CharField, Q, Value
from django.utils.translation import gettext as _

from annotations.core.naming import Reserved, imitates, reserve

if TYPE_CHECKING:
    from typing import Any

    from django.db.models import QuerySet

    from annotations.services.checking import Author, Problems

DEFAULT_RESERVED = (
    "Senat", "Senats*", "Senator", "Senatorin", "Senate", "Abgeordnetenhaus", "Magistrat*",
    "Bezirksamt*", "Bezirksverwaltung", "Bezirksverordnete*", "Bezirksstadtrat*",
    "Bezirksstadträtin", "Bezirksbürgermeister*", "Bürgermeister*", "Oberbürgermeister*",
    "Rathaus", "Stadtrat", "Stadträtin", "Mayor", "City Council", "Verwaltung", "Stadtverwaltung",
    "Landesverwaltung", "Behörde", "Ministerium", "Minister", "Ministerin", "Staatskanzlei",
    "Staatssekretär*", "Ordnungsamt", "Stadtplanungsamt", "Beteiligungsbüro", "Moderation",
    "Moderator*", "Redaktion*", "Admin", "Administrat*", "Webmaster", "Support", "Offiziell",
    "Official",
)  # fmt: skip


def is_staff(user: Any) -> bool:  # noqa: ANN401  # any user model
    """Tell whether an account works in the admin, and so may speak for an office."""
    return bool(user.is_active and user.has_perm("wagtailadmin.access_admin"))


def check_name(name: str, *, reserved: Reserved | None = None) -> None:
    """Refuse a name that people could take for that of an office or of somebody who works there.

    Args:
        name: A guest's name, or the one that a new account shall have.
        reserved: From ``reserved_names``, for whoever asks about many names.

    Raises:
        ValidationError: Code ``reserved``.
    """
    if not imitates(name, reserved_names() if reserved is None else reserved):
        return
    message = _(
        "This name could be taken for that of an office or of somebody who works there. "
        "Please choose another one, for example your own name or a made-up one."
    )
    raise ValidationError(message, code="reserved")


def check_author(author: Author, problems: Problems) -> None:
    """Note where a guest writes under a name that is not theirs.

    An account was asked about groups and staff when it was made; what is left to ask without the
    database is whether it has lost the right to the name of an office, or never had it.

    Raises:
        ValidationError: Code ``reserved``, for an account: its form has no field for a name.
    """
    if author.user is None:
        try:
            check_name(author.name)
        except ValidationError as error:
            problems.add("name", str(error.message), "reserved")
    elif imitates(author.name, reserve(_offices())) and not is_staff(author.user):
        message = _(
            "The name of your account could be taken for that of an office. Please ask us for "
            "another one, or sign out and write under your own name."
        )
        raise ValidationError(message, code="reserved")


def _offices() -> list[str]:
    return list(getattr(settings, "SYNOPSE_RESERVED_NAMES", DEFAULT_RESERVED))


def reserved_names() -> Reserved:
    """Return the names of the setting ``SYNOPSE_RESERVED_NAMES``, of groups and of staff."""
    words = _offices()
    names: list[str] = []
    for name, first, last, is_group in _groups().union(_staff(), all=True):
        if is_group:
            words.append(name)
        else:
            names += [name, f"{first} {last}"]
    return reserve(words, names)


def _groups() -> QuerySet[Group, Any]:
    nothing = Value("", output_field=CharField())
    return Group.objects.order_by().values_list("name", nothing, nothing, Value(value=True))


def _staff() -> QuerySet[Any, Any]:
    """Return the names of everybody who works or worked in the admin, also of those shut out."""
    right = {"content_type__app_label": "wagtailadmin", "codename": "access_admin"}
    groups = Group.objects.filter(**{f"permissions__{key}": value for key, value in right.items()})
    own = Permission.objects.filter(**right)
    staff = get_user_model()._default_manager.filter(
        Q(is_superuser=True) | Q(groups__in=groups) | Q(user_permissions__in=own)
    )
    return staff.order_by().values_list(
        get_user_model().USERNAME_FIELD, "first_name", "last_name", Value(value=False)
    )
