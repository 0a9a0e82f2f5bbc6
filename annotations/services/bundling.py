"""Bundles: what waits for a person goes out in one mail when its time has come.

A piece leaves the queue in the very transaction in which its bundle enters it, so whatever dies
in between, each piece goes out once.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from annotations import permissions
from annotations.models import MailPreference, OutboxMail, State
from annotations.services import limits, preferences
from annotations.services.letters import (
    Body,
    Section,
    bundle_of,
    subject_of_bundle,
)
from annotations.services.outbox import wake_worker_after_commit
from annotations.services.posting import Message, mail_of
from annotations.services.sites import base_of, default_base

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

logger = logging.getLogger("synopse.outbox")

BATCH = 200
WORDS_OF_OTHERS = frozenset({"reply", "news"})
"""Kinds that tell of something that must be public still when they go out."""


def bundle_due(*, now: datetime | None = None) -> int:
    """Put the pieces whose time has come into one mail for each person.

    Returns:
        How many mails were made.
    """
    now = now or timezone.now()
    due = OutboxMail.objects.filter(held=True, send_after__lte=now).order_by()
    keys = sorted(set(due.values_list("preference", flat=True)[: 10 * BATCH]))[:BATCH]
    made = 0
    for key in keys:
        try:
            made += _bundle(key, now)
        except Exception:
            logger.exception("the mails of preference %s were not bundled", key)
    return made


@transaction.atomic
def _bundle(key: int, now: datetime) -> int:
    """Make the mail of one person; who comes second finds no piece left."""
    person = MailPreference.objects.select_for_update(of=("self",)).filter(pk=key).first()
    pieces = list(
        OutboxMail.objects.filter(preference=key, held=True, send_after__lte=now)
        .select_related("annotation", "page")
        .order_by("created_at", "pk")
    )
    if person is None or not pieces:
        return 0
    to = preferences.address_of(person)
    wanted = [piece for piece in pieces if to and _may_go(piece, person)]
    if wanted and (until := limits.pauses_of_mails([to.lower()], now=now)):
        _let_wait(pieces, until[to.lower()])
        return 0
    bundle = _stored(wanted, person, to) if wanted else None
    for piece in pieces:
        if piece not in wanted:
            piece.delete()
    OutboxMail.objects.filter(pk__in=[piece.pk for piece in wanted]).update(
        held=False, bundle=bundle, text="", html="", unsubscribe=""
    )
    return 1 if wanted else 0


def _stored(pieces: Sequence[OutboxMail], person: MailPreference, to: str) -> OutboxMail:
    first, last = pieces[0], pieces[-1]
    kind, subject, language = first.kind, first.subject, last.language
    body = Body(first.text, first.html)
    if len(pieces) > 1:
        kind, subject = preferences.EVERYTHING, subject_of_bundle(len(pieces), language)
        sections = [Section(piece.subject, Body(piece.text, piece.html)) for piece in pieces]
        body = bundle_of(sections, language=language)
    page = next((piece.page for piece in pieces if piece.page is not None), None)
    message = Message(
        kind=kind,
        to=to,
        subject=subject,
        body=body,
        language=language,
        base=base_of(page, "") if page is not None else default_base(),
        name=person.user.get_username() if person.user is not None else "",
    )
    mail = mail_of(message, preferences.Post(person, None))
    mail.save(force_insert=True)
    wake_worker_after_commit()
    return mail


def _may_go(piece: OutboxMail, person: MailPreference) -> bool:
    """Tell whether a person still wants a piece and may still know what it tells."""
    if piece.kind in person.switched_off:
        return False
    if piece.kind in WORDS_OF_OTHERS and piece.annotation is not None:
        rows = [piece.annotation, piece.annotation.root]
        if any(row is not None and row.state != State.PUBLIC for row in rows):
            return False
    page = piece.page
    return page is None or (page.live and permissions.can(person.user, "follow", page))


def _let_wait(pieces: Sequence[OutboxMail], until: datetime) -> None:
    keys = [piece.pk for piece in pieces]
    OutboxMail.objects.filter(pk__in=keys).update(send_after=until)
