"""The outbox: mails are stored with the fact they tell and sent after the commit."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from annotations.models import OutboxMail
from annotations.services.queueing import enqueue_sending

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from django.db.models import QuerySet

    from annotations.models import Annotation

logger = logging.getLogger("synopse.outbox")

MAX_ATTEMPTS = 12
"""After so many failures a mail stays where the admin sees it, and is not tried again."""
LEASE = timedelta(minutes=10)
"""How long a worker has for one mail before another one may try."""
LONGEST_PAUSE = timedelta(hours=6)
LONGEST_PAUSE_WHILE_AWAY = timedelta(minutes=15)
"""A mail server that was away gets its mails soon after it is back."""
TRIES_AT_ONCE = 2
"""After so many mails in a row at which the server was away, the others wait."""
REST = timedelta(seconds=50)
"""How long they wait: each task of the queue would hang at a silent server anew."""
_AWAY = "synopse:mail_server_away"
BATCH = 200
OPEN_KINDS = frozenset({"problem"})
"""Kinds whose words hold no token; those of all others are forgotten once the mail is sent."""


def queue_mail(  # noqa: PLR0913  # a mail has as many parts
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    language: str,
    html: str = "",
    annotation: Annotation | None = None,
) -> OutboxMail:
    """Store a mail in the running transaction; a worker sends it after the commit.

    Args:
        kind: What the mail is for, such as "confirm" or "report"; see ``admin.outbox.KINDS``.
        to: One address, already checked.
        subject: One line; line breaks in it become spaces.
        text: Plain text.
        language: Code of the language it is written in.
        html: The same as HTML; without it, the mail is plain text only.
        annotation: What it is about; the mail goes with it.
    """
    mail = OutboxMail.objects.create(
        kind=kind,
        to=one_line(to),
        subject=subject_line(subject),
        text=text,
        html=html,
        language=language,
        annotation=annotation,
    )
    wake_worker_after_commit()
    return mail


def wake_worker_after_commit() -> None:
    """Ask for a worker once, however many mails a transaction queues."""
    waiting = transaction.get_connection().run_on_commit
    if not any(call[1] is enqueue_sending for call in waiting):
        transaction.on_commit(enqueue_sending)


def record_sent(*, at: datetime, keep: Collection[int] = ()) -> int:
    """Record that waiting mails of an imported history were sent long ago; nothing is sent.

    Args:
        at: When they were sent.
        keep: Mails that still wait.

    Returns:
        How many were recorded.
    """
    waiting = OutboxMail.objects.filter(sent_at=None).exclude(pk__in=keep)
    waiting.exclude(kind__in=OPEN_KINDS).update(text="", html="", unsubscribe="")
    return waiting.update(sent_at=at, held=False)


def subject_line(text: str) -> str:
    """Return a subject as it is stored: one line, not too long."""
    return one_line(text)[:200]


def one_line(text: str) -> str:
    """Return a text without line breaks and NUL, so that it adds no header to a mail."""
    return " ".join(text.replace("\x00", " ").split())


def send_due(*, now: datetime | None = None) -> int:
    """Send the mails that are due, each at most once even with several workers.

    A failing mail server loses nothing: the mail stays and is tried again, later each time. One
    that is away or hangs keeps the worker from nothing else, and uses up no mail's attempts.

    Returns:
        How many were sent.
    """
    now = now or timezone.now()
    if _is_resting(now):
        return 0
    due = ready().filter(send_after__lte=now, attempts__lt=MAX_ATTEMPTS)
    due = due.select_related("preference").order_by("created_at", "pk")[:BATCH]
    sent = away = 0
    for mail in due:
        if not _claim(mail, now) or _is_unwanted(mail):
            continue
        error = _send(mail)
        sent += error is None
        away = away + 1 if is_away(error) else 0
        if away == TRIES_AT_ONCE:
            cache.set(_AWAY, timezone.now(), timeout=REST.total_seconds())
            break
    return sent


def _is_resting(now: datetime) -> bool:
    """Tell whether the server was away a moment ago; a clock that was put back ends the rest."""
    since = cache.get(_AWAY)
    return since is not None and timedelta() <= now - since < REST


def _is_unwanted(mail: OutboxMail) -> bool:
    """Delete a mail of a kind that was switched off meanwhile, and tell whether that was so."""
    if mail.preference is None or mail.kind not in mail.preference.switched_off:
        return False
    mail.delete()
    return True


def is_away(error: Exception | None) -> bool:
    """Tell whether a failure is of the mail server and not of one mail."""
    if isinstance(error, smtplib.SMTPException):
        return isinstance(
            error,
            smtplib.SMTPServerDisconnected
            | smtplib.SMTPConnectError
            | smtplib.SMTPHeloError
            | smtplib.SMTPAuthenticationError,
        )
    return isinstance(error, OSError)


def ready() -> QuerySet[OutboxMail]:
    """Return the mails that are not sent and wait for no bundle."""
    return OutboxMail.objects.filter(sent_at=None, held=False, bundle=None)


def _claim(mail: OutboxMail, now: datetime) -> bool:
    """Take a mail before any other worker does."""
    claimed = OutboxMail.objects.filter(
        pk=mail.pk, sent_at=None, send_after=mail.send_after, attempts=mail.attempts
    ).update(attempts=mail.attempts + 1, send_after=now + LEASE)
    mail.attempts += 1
    return claimed == 1


def _send(mail: OutboxMail) -> Exception | None:
    """Hand a mail over to the server, and return what went wrong."""
    message = EmailMultiAlternatives(
        mail.subject, mail.text, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=_headers(mail)
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    try:
        message.send()
    except Exception as error:  # a mail backend may raise anything
        _postpone(mail, error)
        return error
    mail.sent_at = timezone.now()
    mail.last_error = ""
    if mail.kind not in OPEN_KINDS:
        mail.text = mail.html = mail.unsubscribe = ""
    mail.save(update_fields=["sent_at", "last_error", "text", "html", "unsubscribe"])
    return None


def _headers(mail: OutboxMail) -> dict[str, str]:
    """Return what mail programs want to know; with one click they end what somebody follows.

    Source: RFC 3834, RFC 8058.
    """
    headers = {"Auto-Submitted": "auto-generated"}
    if mail.unsubscribe:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _postpone(mail: OutboxMail, error: Exception) -> None:
    mail.last_error = _described(error)
    pause = _pause(mail.attempts)
    if is_away(error):
        pause = min(pause, LONGEST_PAUSE_WHILE_AWAY)
        mail.attempts = min(mail.attempts, MAX_ATTEMPTS - 1)
    mail.send_after = timezone.now() + pause
    mail.save(update_fields=["last_error", "send_after", "attempts"])
    logger.warning(
        "mail %s of kind %s was not sent (attempt %s): %s",
        mail.pk,
        mail.kind,
        mail.attempts,
        mail.last_error,
    )


def _pause(attempts: int) -> timedelta:
    """Wait one minute after the first failure, then twice as long each time, up to six hours."""
    return min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_PAUSE)


def _described(error: Exception) -> str:
    """Say what went wrong without what the server answered, which may hold addresses."""
    name = type(error).__name__
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{name} {error.smtp_code}"
    return name
