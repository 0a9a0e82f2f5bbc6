"""Staff speak under a visible role: who has which, and what a contribution shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations.models import OfficialRole
from annotations.services.checking import one_line
from annotations.services.names import is_staff

if TYPE_CHECKING:
    from typing import Any

ROLE_LIMIT, DEPARTMENT_LIMIT = 60, 80


def role_of(user: Any) -> str:  # noqa: ANN401  # any user model, or None for a guest
    """Return role and department under which somebody speaks now, empty for citizens."""
    own = getattr(user, "official_role", None)
    return str(own) if own is not None and is_staff(user) else ""


@transaction.atomic
def set_official_role(
    *,
    user: Any,  # noqa: ANN401  # any user model
    role: str,
    department: str = "",
    actor: Any = None,  # noqa: ANN401  # any user model
) -> OfficialRole:
    """Give an account that works in the admin its visible role and department.

    What it has written before keeps the role of then.

    Args:
        user: The account.
        role: What it does, such as "Moderation".
        department: Where, such as "Senatskanzlei"; may be empty.
        actor: Who says so; None for a command or a log-in.

    Raises:
        PermissionDenied: ``actor`` may not change accounts.
        ValidationError: There is no role, or the account does not work in the admin.
    """
    if actor is not None and not _may_change_accounts(actor):
        raise PermissionDenied(_("You may not change accounts."))
    if not is_staff(user):
        message = _("Only accounts that may open the admin can have a visible role.")
        raise ValidationError({"role": ValidationError(message, code="citizen")})
    role = one_line(role, limit=4 * ROLE_LIMIT)[:ROLE_LIMIT]
    if not role:
        message = _("Please give a role: everybody sees it beside what this account writes.")
        raise ValidationError({"role": ValidationError(message, code="required")})
    department = one_line(department, limit=4 * DEPARTMENT_LIMIT)[:DEPARTMENT_LIMIT]
    made, _is_new = OfficialRole.objects.update_or_create(
        user=user, defaults={"role": role, "department": department}
    )
    user.official_role = made
    log(instance=user, action="annotations.official_role", user=actor, data={"role": str(made)})
    return made


def reset_official_role(*, user: Any) -> None:  # noqa: ANN401  # any user model
    """Give an account back the role that it has by its groups, or none where it has no right."""
    OfficialRole.objects.filter(user=user).delete()
    user._state.fields_cache.pop("official_role", None)
    ensure_official_role(user)


def ensure_official_role(user: Any) -> None:  # noqa: ANN401  # any user model
    """Give staff without a role the name of their group; called when somebody signs in."""
    if getattr(user, "official_role", None) is not None or not is_staff(user):
        return
    with translation.override(settings.LANGUAGE_CODE):
        administration = _("Administration")
    groups = user.groups.order_by("name").values_list("name", flat=True)
    set_official_role(user=user, role=", ".join(groups) or administration)


def _may_change_accounts(actor: Any) -> bool:  # noqa: ANN401  # any user model
    app, name = actor._meta.app_label, actor._meta.model_name
    return any(actor.has_perm(f"{app}.{verb}_{name}") for verb in ("add", "change"))
