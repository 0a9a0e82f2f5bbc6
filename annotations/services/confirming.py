"""The double opt-in of guests: nothing is public before its author has confirmed it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from annotations.models import Annotation, ConfirmationToken, State
from annotations.services import checking, moments
from annotations.services.mails import mail_confirmation, mail_reply
from annotations.services.queueing import follow_if_late
from annotations.services.states import change_state, locked

if TYPE_CHECKING:
    from django.db.models import QuerySet

PURPOSE = "confirm"
_LONGEST_TOKEN = 200


class TokenError(Exception):
    """A link can't be used.

    Attributes:
        annotation: What it was about, where that is known.
    """

    def __init__(self, annotation: Annotation | None = None) -> None:
        super().__init__(str(self.message()))
        self.annotation = annotation

    @staticmethod
    def message() -> str:
        """Return the sentence for whoever opened the link."""
        return _("This link can't be used.")


class TokenUnknown(TokenError):  # noqa: N818  # named for what it tells
    """There is no such token, or what it was for is deleted."""

    @staticmethod
    def message() -> str:
        """Return the sentence for whoever opened the link."""
        return _(
            "We do not know this link. Perhaps it was not copied completely, or the time to "
            "confirm is over and the text is deleted."
        )


class TokenExpired(TokenError):  # noqa: N818  # named for what it tells
    """The time to confirm is over."""

    @staticmethod
    def message() -> str:
        """Return the sentence for whoever opened the link."""
        return _("The time to confirm is over. Please send your text again.")


class TokenUsed(TokenError):  # noqa: N818  # named for what it tells
    """It was confirmed already."""

    @staticmethod
    def message() -> str:
        """Return the sentence for whoever opened the link."""
        return _("You have confirmed this already. The link works only once.")


def confirmation_hours() -> int:
    """Return how long a link is valid, in hours."""
    return int(getattr(settings, "SYNOPSE_CONFIRMATION_HOURS", 48))


def ask_for_confirmation(*, annotation: Annotation, base_url: str) -> ConfirmationToken:
    """Make a single-use token, of which only the hash is stored, and queue the mail with it."""
    raw = secrets.token_urlsafe(32)
    hours = confirmation_hours()
    token = ConfirmationToken.objects.create(
        annotation=annotation,
        token_hash=_hashed(raw),
        purpose=PURPOSE,
        expires_at=annotation.created_at + timedelta(hours=hours),
    )
    mail_confirmation(annotation=annotation, token=raw, hours=hours, base_url=base_url)
    return token


def find_token(raw: str) -> ConfirmationToken:
    """Return the token of a link without using it up.

    Raises:
        TokenUnknown: There is no such token.
        TokenExpired: Its time is over.
        TokenUsed: It was used already.
    """
    return _checked(raw, ConfirmationToken.objects.all())


def _checked(raw: str, tokens: QuerySet[ConfirmationToken]) -> ConfirmationToken:
    hashed = _hashed(raw[:_LONGEST_TOKEN])
    token = (
        tokens.select_related("annotation__version__page", "annotation__passage")
        .filter(token_hash=hashed, purpose=PURPOSE)
        .first()
    )
    if token is None:
        raise TokenUnknown
    if token.used_at is not None:
        raise TokenUsed(token.annotation)
    if token.expires_at <= moments.now():
        raise TokenExpired(token.annotation)
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
    row = _checked(token, ConfirmationToken.objects.select_for_update(of=("self",)))
    annotation = locked(row.annotation)
    page = checking.check_page(annotation.version, user=None, action="annotate")
    _check_still_possible(annotation)
    row.used_at = annotation.confirmed_at = moments.now()
    row.save(update_fields=["used_at"])
    change_state(annotation, checking.state_after_confirmation(page))
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
