"""The double opt-in of guests: nothing is public before its author has confirmed it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from annotations.models import Annotation, ConfirmationToken, State
from annotations.services import checking, moments
from annotations.services.mails import confirmation_hours, mail_confirmation, mail_reply
from annotations.services.queueing import follow_if_late
from annotations.services.states import change_state, locked
from annotations.services.token_errors import (
    TokenError,
    TokenExpired,
    TokenUnknown,
    TokenUsed,
)
from annotations.services.watching import note_hold, words_that_hold

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from typing import Any

    from django.db.models import QuerySet

__all__ = ["TokenError", "TokenExpired", "TokenUnknown", "TokenUsed"]  # who confirms meets them

PURPOSE = "confirm"
_LONGEST_TOKEN = 200


def ask_for_confirmation(*, annotation: Annotation, base_url: str) -> ConfirmationToken:
    """Make a single-use token, of which only the hash is stored, and queue the mail with it."""
    token, raw = make_token(
        purpose=PURPOSE, since=annotation.created_at, about={"annotation": annotation}
    )
    mail_confirmation(
        annotation=annotation, token=raw, hours=confirmation_hours(), base_url=base_url
    )
    return token


def make_token(
    *, purpose: str, about: dict[str, Any], since: datetime | None = None
) -> tuple[ConfirmationToken, str]:
    """Make a single-use token, of which only the hash is stored.

    Args:
        purpose: What its link does; it does nothing else.
        about: What it is about, by the name of the field.
        since: Begin of the time in which it works; without it, now.

    Returns:
        The stored row and the token itself, which is never to be seen again.
    """
    raw = secrets.token_urlsafe(32)
    token = ConfirmationToken.objects.create(
        token_hash=_hashed(raw),
        purpose=purpose,
        expires_at=(since or moments.now()) + timedelta(hours=confirmation_hours()),
        **about,
    )
    return token, raw


def find_token(raw: str, *, purposes: Collection[str] = (PURPOSE,)) -> ConfirmationToken:
    """Return the token of a link without using it up.

    Args:
        raw: From the link.
        purposes: What the link may be for.

    Raises:
        TokenUnknown: There is no such token.
        TokenExpired: Its time is over.
        TokenUsed: It was used already.
    """
    return _checked(raw, ConfirmationToken.objects.all(), purposes)


def find_annotation(raw: str) -> Annotation:
    """Return the contribution that a link confirms, without confirming it.

    Raises:
        TokenError: See ``find_token``.
    """
    found = find_token(raw).annotation
    assert found is not None  # noqa: S101  # such tokens are about one
    return found


def take_token(raw: str, *, purposes: Collection[str]) -> ConfirmationToken:
    """Return the token of a link, locked and marked as used; nobody else can use it any more.

    Raises:
        TokenError: See ``find_token``.
    """
    row = _checked(raw, ConfirmationToken.objects.select_for_update(of=("self",)), purposes)
    row.used_at = moments.now()
    row.save(update_fields=["used_at"])
    return row


def _checked(
    raw: str, tokens: QuerySet[ConfirmationToken], purposes: Collection[str]
) -> ConfirmationToken:
    hashed = _hashed(raw[:_LONGEST_TOKEN])
    token = (
        tokens.select_related(
            "annotation__version__page", "annotation__passage", "support", "follow__page"
        )
        .filter(token_hash=hashed, purpose__in=purposes)
        .first()
    )
    if token is None:
        raise TokenUnknown
    if token.used_at is not None:
        raise TokenUsed(token)
    if token.expires_at <= moments.now():
        raise TokenExpired(token)
    return token


def _hashed(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def confirm_annotation(*, token: str, base_url: str = "") -> Annotation:
    """Let a guest's contribution count: it becomes public, or waits for moderation.

    Args:
        token: From the link; it works once.
        base_url: Begin of the links in mails; without it, that of the site's record.

    Raises:
        TokenError: See ``find_token``.
        ValidationError: The window has closed meanwhile (``closed``), the page is not public
            (``unpublished``), or what was answered is not public any more (``not_public``).
    """
    row = take_token(token, purposes=(PURPOSE,))
    assert row.annotation is not None  # noqa: S101  # such tokens are about one
    annotation = locked(row.annotation)
    page = checking.check_page(annotation.version, user=None, action="annotate")
    _check_still_possible(annotation)
    annotation.confirmed_at = row.used_at
    words = words_that_hold(annotation)
    state = checking.state_after_confirmation(annotation, page, is_held=bool(words))
    before = change_state(annotation, state)
    note_hold(annotation, before=before, words=words)
    if annotation.state == State.PUBLIC:
        mail_reply(reply=annotation, base_url=base_url)
    follow_if_late(annotation)
    return annotation


def _check_still_possible(annotation: Annotation) -> None:
    """Check again what may have changed between writing and confirming."""
    if annotation.reply_to is None:
        checking.check_window(annotation.version)
        return
    checking.check_window(checking.newest_of(annotation.version))
    checking.check_parent(annotation.reply_to)
