"""Putting mails into the outbox that people may switch off or have bundled, and all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils import translation

from annotations.models import OutboxMail
from annotations.services import preferences
from annotations.services.letters import Body, letter_of
from annotations.services.outbox import one_line, subject_line, wake_worker_after_commit

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from wagtail.models import Page

    from annotations.models import Annotation
    from annotations.services.preferences import Post


class Message(NamedTuple):
    """What one person is told.

    Attributes:
        kind: Key of ``preferences.KINDS``, or another one that always goes out.
        to: An address that is known to be theirs.
        subject: In their language.
        body: See ``letters.body_of``.
        language: Of subject and body.
        base: Begin of the links.
        name: Whom the mail greets.
        annotation: What it is about; the mail goes with it.
        page: What it is about; it must be public to them when the mail goes out.
        once: Names the fact and the person, so that nobody is told twice.
        stop_url: What ends such mails in the mail program, where it is not the kind itself.
    """

    kind: str
    to: str
    subject: str
    body: Body
    language: str
    base: str
    name: str = ""
    annotation: Annotation | None = None
    page: Page | None = None
    once: str | None = None
    stop_url: str = ""


def post(message: Message, *, latest: datetime | None = None) -> OutboxMail | None:
    """Store a mail in the running transaction, unless the person does not want it.

    Args:
        message: What is told.
        latest: When it comes too late; it does not wait so long for a bundle.

    Returns:
        The mail, which may wait for a bundle; None where the kind is switched off.
    """
    way = preferences.post_for(message.kind, message.to, latest=latest)
    if way is None:
        return None
    mail = mail_of(message, way)
    mail.save(force_insert=True)
    wake_worker_after_commit()
    return mail


def mail_of(message: Message, way: Post) -> OutboxMail:
    """Return a mail that is not stored yet: whole, or a piece for a bundle."""
    mail = OutboxMail(
        kind=message.kind,
        to=one_line(message.to),
        subject=subject_line(message.subject),
        language=message.language,
        preference=way.preference,
        annotation=message.annotation,
        page=message.page,
        once=message.once,
        **_words(message, way),
    )
    if way.held_until is not None:
        mail.held, mail.send_after = True, way.held_until
    return mail


def _words(message: Message, way: Post) -> dict[str, Any]:
    """Return text and HTML; greeting and foot only where the mail goes out on its own."""
    if way.held_until is not None:
        return {"text": message.body.text, "html": message.body.html}
    with translation.override(message.language):
        own = preferences.one_click_of(way.preference, message.kind, message.base)
        letter = letter_of(
            subject=subject_line(message.subject),
            body=message.body,
            language=message.language,
            name=message.name,
            foot=preferences.foot_of(way.preference, message.kind, message.base),
        )
    return {**letter._asdict(), "unsubscribe": message.stop_url or own}
