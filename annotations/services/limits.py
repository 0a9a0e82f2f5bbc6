"""Limits on how often something may be done, counted in the database."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from annotations.models import OutboxMail

DEFAULT_CONFIRM_MAILS = "3/h"
CONFIRMATIONS = ("confirm", "confirm_support", "confirm_follow")
"""Kinds of mails that strangers can have sent to an address."""
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


class Rate(NamedTuple):
    """So many in so much time."""

    number: int
    period: timedelta


def rate(name: str, default: str) -> Rate:
    """Read a limit such as ``3/h`` from the setting ``SYNOPSE_RATE_LIMITS``.

    Raises:
        ImproperlyConfigured: The setting is not a number, a slash and one of s, m, h, d.
    """
    text = getattr(settings, "SYNOPSE_RATE_LIMITS", {}).get(name, default)
    count, _slash, unit = text.partition("/")
    if not count.isdigit() or unit not in _UNITS:
        msg = f"SYNOPSE_RATE_LIMITS[{name!r}] must look like '3/h', not {text!r}"
        raise ImproperlyConfigured(msg)
    return Rate(int(count), _UNITS[unit])


def check_confirm_mails(email: str) -> None:
    """Refuse more mails to an address than its owner should have to bear.

    Raises:
        ValidationError: The address got as many as allowed already (code ``rate_limited``).
    """
    limit = rate("confirm_mail", DEFAULT_CONFIRM_MAILS)
    sent = OutboxMail.objects.filter(
        kind__in=CONFIRMATIONS, to__iexact=email, created_at__gt=timezone.now() - limit.period
    ).count()
    if sent >= limit.number:
        message = _(
            "We have already sent several mails to this address. Please open one of them, or "
            "try again in an hour."
        )
        raise ValidationError({"email": ValidationError(message, code="rate_limited")})
