"""Deleting what must not be kept."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotations.models import (
    Annotation,
    ConfirmationToken,
    Follow,
    OutboxMail,
    State,
    Support,
    Tally,
)
from annotations.services.mails import confirmation_hours

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger("synopse.purge")

BATCH = 500
TALLIES_KEPT = timedelta(days=1)
"""How long counts stay after their stretch of time; the hash of a network is a day's anyway."""
MAILS_KEPT = timedelta(days=7)
"""How long sent mails stay, so that a moderator can tell whether one went out."""


def purge(*, now: datetime | None = None) -> dict[str, int]:
    """Delete what nobody confirmed in time, with its address, and old tokens and mails.

    Returns:
        How many of each kind were deleted.

    Source: GDPR, articles 5 and 7.
    """
    now = now or timezone.now()
    counts = {
        "annotations": _purge_unconfirmed(now),
        "voices": _purge_voices(now),
        "tokens": _purge_tokens(now),
        "tallies": Tally.objects.filter(ends_at__lt=now - TALLIES_KEPT).delete()[0],
        "mails": OutboxMail.objects.filter(sent_at__lt=now - MAILS_KEPT).delete()[0],
    }
    if any(counts.values()):
        logger.info("deleted %s", ", ".join(f"{n} {what}" for what, n in counts.items()))
    return counts


def _purge_unconfirmed(now: datetime) -> int:
    """Delete in small steps; a confirmation that comes in between wins."""
    too_old = now - timedelta(hours=confirmation_hours())
    old = Annotation.objects.filter(state=State.UNCONFIRMED, created_at__lte=too_old)
    deleted = 0
    for key in list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        deleted += _delete_unconfirmed(key)
    return deleted


@transaction.atomic
def _delete_unconfirmed(key: int) -> int:
    row = (
        Annotation.objects.select_for_update(of=("self",))
        .filter(pk=key, state=State.UNCONFIRMED)
        .first()
    )
    if row is None:
        return 0
    row.delete()
    return 1


def _purge_voices(now: datetime) -> int:
    """Delete what guests wanted to support or follow and did not confirm in time."""
    too_old = now - timedelta(hours=confirmation_hours())
    old = {"confirmed_at": None, "created_at__lte": too_old}
    waiting = Q(tokens__expires_at__gt=now)
    supports = Support.objects.filter(**old).exclude(waiting).delete()[1]
    follows = Follow.objects.filter(**old).exclude(waiting).delete()[1]
    return supports.get(Support._meta.label, 0) + follows.get(Follow._meta.label, 0)


def _purge_tokens(now: datetime) -> int:
    """Delete tokens a while after they ceased to work; until then a link can say why."""
    cutoff = now - 2 * timedelta(hours=confirmation_hours())
    return ConfirmationToken.objects.filter(expires_at__lt=cutoff).delete()[0]
