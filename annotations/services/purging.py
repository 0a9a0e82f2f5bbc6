"""Deleting what must not be kept."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import Lower
from django.utils import timezone

from annotations.models import (
    Annotation,
    Appeal,
    ConfirmationToken,
    Follow,
    MailPreference,
    OutboxMail,
    Report,
    State,
    Support,
    Tally,
)
from annotations.services.mails import confirmation_hours
from annotations.services.reasons import appeal_period
from annotations.services.retention import kept
from annotations.services.states import HIDDEN_STATES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from django.db.models import QuerySet

logger = logging.getLogger("synopse.purge")

BATCH = 500


class Rule(NamedTuple):
    """What is too old, and what is done about it.

    Attributes:
        name: What it is, for the log.
        too_old: Gives the rows.
        act: Deletes some rows, or their words, and tells how many.
    """

    name: str
    too_old: Callable[[datetime], QuerySet[Any]]
    act: Callable[[QuerySet[Any]], int]


def purge(*, now: datetime | None = None, dry_run: bool = False) -> dict[str, int]:
    """Delete what nobody confirmed in time, with its address, and all else that is too old.

    Args:
        now: Another moment than now.
        dry_run: Only count.

    Returns:
        How many of each kind were, or would be, deleted.

    Source: GDPR, articles 5 and 7.
    """
    now = now or timezone.now()
    counts = {
        rule.name: rule.too_old(now).count() if dry_run else rule.act(rule.too_old(now))
        for rule in RULES
    }
    if any(counts.values()) and not dry_run:
        logger.info("deleted %s", ", ".join(f"{n} {what}" for what, n in counts.items() if n))
    return counts


def _unconfirmed(now: datetime) -> QuerySet[Annotation]:
    too_old = now - timedelta(hours=confirmation_hours())
    rows: QuerySet[Annotation] = Annotation.objects.filter(
        state=State.UNCONFIRMED, created_at__lte=too_old
    )
    return rows


def _delete_one_by_one(rows: QuerySet[Annotation]) -> int:
    """Delete in small steps; a confirmation that comes in between wins."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return sum(map(_delete_unconfirmed, keys))


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


def _voices(model: type[Support] | type[Follow], now: datetime) -> QuerySet[Any]:
    """Give what guests wanted to support or follow and did not confirm in time."""
    too_old = now - timedelta(hours=confirmation_hours())
    old = model._default_manager.filter(confirmed_at=None, created_at__lte=too_old)
    return old.exclude(tokens__expires_at__gt=now)


def _orphaned_preferences(now: datetime) -> QuerySet[MailPreference]:
    """Give wishes of guests who have nothing here any more of which they could hear.

    Those in use are made anew with the next mail; that they want none is what must not be lost.
    """
    by_address = {"user": None, "address": OuterRef("email")}
    written = Annotation.objects.annotate(address=Lower("user_email")).filter(**by_address)
    followed = Follow.objects.annotate(address=Lower("email")).filter(**by_address)
    waiting = OutboxMail.objects.filter(preference=OuterRef("pk"), sent_at=None)
    guests = MailPreference.objects.filter(user=None, created_at__lt=now - timedelta(days=1))
    return guests.filter(~Exists(written), ~Exists(followed), ~Exists(waiting))


def _tokens(now: datetime) -> QuerySet[ConfirmationToken]:
    """Give tokens a while after they ceased to work; until then a link can say why."""
    cutoff = now - 2 * timedelta(hours=confirmation_hours())
    return ConfirmationToken.objects.filter(expires_at__lt=cutoff)


def _hidden_words(now: datetime) -> QuerySet[Annotation]:
    """Give what nobody can appeal any more, and about which no appeal is open."""
    rows = _words(HIDDEN_STATES, now - max(kept("hidden_words"), appeal_period()))
    open_appeals = Appeal.objects.filter(event__annotation=OuterRef("pk"), decided_at=None)
    return rows.exclude(Exists(open_appeals))


def _reporters(now: datetime) -> QuerySet[Report]:
    """Give decided reports that nobody can appeal any more, and about which no appeal is open."""
    before = now - max(kept("reporters"), appeal_period())
    open_appeals = Appeal.objects.filter(report=OuterRef("pk"), decided_at=None)
    rows = Report.objects.filter(decided_at__lt=before).exclude(name="", email="")
    return rows.exclude(Exists(open_appeals))


def _forget_reporters(rows: QuerySet[Report]) -> int:
    """Take people from reports; what was reported and decided stays on the record."""
    return rows.update(name="", email="")


def _withdrawn_words(now: datetime) -> QuerySet[Annotation]:
    return _words({State.WITHDRAWN}, now - kept("withdrawn_words"))


def _words(states: frozenset[str] | set[str], before: datetime) -> QuerySet[Annotation]:
    """Give contributions that left the public so long ago that nobody may ask for them back."""
    rows: QuerySet[Annotation] = (
        Annotation.objects.filter(state__in=states)
        .exclude(comment="", proposed="")
        .annotate(left_at=Max("moderation_events__at"))
        .filter(left_at__lt=before)
    )
    return rows


def _forget_words(rows: QuerySet[Annotation]) -> int:
    found = list(rows[:BATCH])
    for row in found:
        row.comment = row.proposed = ""
        row.save(update_fields=["comment", "proposed"], force_update=True)
    return len(found)


def _unproved_accounts(now: datetime) -> QuerySet[Any]:
    """Give accounts that nobody ever signed in to, without an address that was confirmed."""
    users = get_user_model()._default_manager
    if not apps.is_installed("allauth.account"):
        return users.none()
    addresses = apps.get_model("account", "EmailAddress").objects.filter(user=OuterRef("pk"))
    return users.filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        ~Exists(Annotation.objects.filter(user=OuterRef("pk"))),
        is_staff=False,
        is_superuser=False,
        groups=None,
        last_login=None,
        date_joined__lt=now - kept("unproved_accounts"),
    )


def _logins(now: datetime) -> QuerySet[Any]:
    """Give the counts of failed log-ins that django-axes keeps, where it is installed."""
    if not apps.is_installed("axes"):
        return Tally.objects.none()
    attempts: QuerySet[Any] = apps.get_model("axes", "AccessAttempt").objects.all()
    return attempts.filter(attempt_time__lt=now - kept("failed_logins"))


def _delete(rows: QuerySet[Any]) -> int:
    """Delete rows and tell how many, without what went with them."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[: 10 * BATCH])
    deleted = rows.model._default_manager.filter(pk__in=keys).delete()[1]
    return deleted.get(rows.model._meta.label, 0)


RULES = [
    Rule("annotations", _unconfirmed, _delete_one_by_one),
    Rule("supports", lambda now: _voices(Support, now), _delete),
    Rule("follows", lambda now: _voices(Follow, now), _delete),
    Rule("mail preferences", _orphaned_preferences, _delete),
    Rule("tokens", _tokens, _delete),
    Rule("tallies", lambda now: Tally.objects.filter(ends_at__lt=now - kept("counts")), _delete),
    Rule(
        "mails",
        lambda now: OutboxMail.objects.filter(sent_at__lt=now - kept("sent_mails")),
        _delete,
    ),
    Rule("logins", _logins, _delete),
    Rule("hidden words", _hidden_words, _forget_words),
    Rule("reporters", _reporters, _forget_reporters),
    Rule("withdrawn words", _withdrawn_words, _forget_words),
    Rule("accounts", _unproved_accounts, _delete),
]


def register_rule(name: str, too_old: Callable[[datetime], QuerySet[Any]]) -> None:
    """Have more rows deleted, for an app above this one.

    Args:
        name: What they are, for the log.
        too_old: Gives the rows.
    """
    RULES.append(Rule(name, too_old, _delete))
