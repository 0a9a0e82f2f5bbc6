"""Statements of reasons: what authors of hidden contributions are told, and their link to it.

A statement is the act of moderation itself, so nobody can change it afterwards.

Source: Digital Services Act, articles 17 and 20.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from annotations.models import ModerationEvent
from annotations.services.confirming import TokenUnknown
from annotations.services.mails import mail_statement
from annotations.services.signed_links import SignedKeys
from annotations.services.states import HIDDEN_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from annotations.models import Annotation, OutboxMail

DEFAULT_APPEAL_DAYS = 183
"""Six months, as article 20 demands at least."""
_LINKS = SignedKeys("annotations.statement")


def tell_author(*, event: ModerationEvent, base_url: str = "") -> OutboxMail | None:
    """Mail a statement of reasons to its author, where the address is known to be theirs."""
    return mail_statement(
        event=event, token=token_of(event), until=appeal_until(event), base_url=base_url
    )


def token_of(event: ModerationEvent) -> str:
    """Return the token of the link to a statement; nobody can guess it, and nothing stores it."""
    return _LINKS.token_of(event.pk)


def statement_of(token: str) -> ModerationEvent:
    """Return the statement that a link leads to.

    Raises:
        TokenUnknown: There is none.
    """
    rows = ModerationEvent.objects.select_related(
        "annotation__version__page", "annotation__passage", "annotation__locale"
    )
    found: ModerationEvent | None = rows.filter(
        pk=_LINKS.key_of(token), after__in=HIDDEN_STATES
    ).first()
    if found is None:
        raise TokenUnknown
    return found


def statements_for(annotations: Iterable[Annotation]) -> dict[int, ModerationEvent]:
    """Return by annotation the statement that holds, in one query; what is shown has none."""
    hidden = {row.pk: row for row in annotations if row.state in HIDDEN_STATES}
    if not hidden:
        return {}
    rows = ModerationEvent.objects.filter(annotation__in=hidden, after__in=HIDDEN_STATES)
    return {event.annotation_id: event for event in rows.order_by("at", "pk")}


def is_in_force(event: ModerationEvent) -> bool:
    """Tell whether a statement is the last word on its contribution, which is still hidden."""
    newest = statements_for([event.annotation]).get(event.annotation_id)
    return newest is not None and newest.pk == event.pk


def appeal_until(event: ModerationEvent) -> datetime:
    """Return until when a decision can be appealed."""
    return event.at + appeal_period()


def appeal_period() -> timedelta:
    """Return how long a decision can be appealed."""
    return timedelta(days=int(getattr(settings, "SYNOPSE_APPEAL_DAYS", DEFAULT_APPEAL_DAYS)))
