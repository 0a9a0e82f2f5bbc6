"""Access keys: making, finding and revoking them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations import permissions
from annotations.models import ApiToken
from annotations.services.checking import one_line

if TYPE_CHECKING:
    from typing import Any

    from django.db.models import QuerySet

PREFIX = "synopse_"
"""Begin of every key, so that programs that look for secrets recognise one."""
DAYS = (30, 90, 365)
MOST = 20
"""Keys that one person may have."""
NAME_LIMIT = 60
_LONGEST = 200
_BETWEEN_NOTES = timedelta(minutes=1)


@transaction.atomic
def make_token(*, user: Any, name: str, days: int) -> tuple[ApiToken, str]:  # noqa: ANN401
    """Make an access key.

    Args:
        user: The account in whose name a program will write.
        name: What the person calls the program.
        days: How long the key is valid, one of ``DAYS``.

    Returns:
        The stored row and the key itself, which is never to be seen again.

    Raises:
        PermissionDenied: Nobody is signed in.
        ValidationError: The name is missing, the time is none of those offered, or there are
            too many keys.
    """
    permissions.require_person(user)
    name = one_line(name, limit=4 * NAME_LIMIT)[:NAME_LIMIT]
    if not name:
        message = _("Please say which program the key is for.")
        raise ValidationError({"name": ValidationError(message, code="empty")})
    if days not in DAYS:
        message = _("Please choose one of the times that are offered.")
        raise ValidationError({"days": ValidationError(message, code="invalid")})
    ApiToken.objects.filter(user=user, expires_at__lte=timezone.now()).delete()
    if ApiToken.objects.filter(user=user).count() >= MOST:
        raise ValidationError(
            _("You have %(number)d keys already. Please revoke one first."),
            code="too_many",
            params={"number": MOST},
        )
    return _stored(user, name, days)


def _stored(user: Any, name: str, days: int) -> tuple[ApiToken, str]:  # noqa: ANN401
    raw = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    token = ApiToken.objects.create(
        user=user,
        name=name,
        token_hash=_hashed(raw),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    log(instance=token, action="annotations.make_token", user=user, title=f"#{token.pk}")
    return token, raw


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: Any) -> None:  # noqa: ANN401  # any user model
    """Make an access key worthless at once.

    Raises:
        PermissionDenied: It is not ``actor``'s own.
    """
    if not permissions.is_person(actor) or token.user_id != actor.pk:
        raise PermissionDenied(_("Only its owner can revoke an access key."))
    log(instance=token, action="annotations.revoke_token", user=actor, title=f"#{token.pk}")
    token.delete()


def tokens_of(user: Any) -> QuerySet[ApiToken]:  # noqa: ANN401  # any user model
    """Return the keys of a person that still work."""
    return ApiToken.objects.filter(user=user, expires_at__gt=timezone.now())


def find_token(raw: str) -> ApiToken | None:
    """Return the valid row of a key whose owner is not switched off; None for anything else."""
    if not raw.startswith(PREFIX) or len(raw) > _LONGEST:
        return None
    rows = ApiToken.objects.select_related("user")
    found = rows.filter(token_hash=_hashed(raw), expires_at__gt=timezone.now()).first()
    return found if found is not None and permissions.is_person(found.user) else None


def note_use(token: ApiToken) -> None:
    """Remember that a key was used to write, once a minute at most."""
    now = timezone.now()
    due = Q(used_at=None) | Q(used_at__lte=now - _BETWEEN_NOTES)
    ApiToken.objects.filter(due, pk=token.pk).update(used_at=now)


def _hashed(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()
