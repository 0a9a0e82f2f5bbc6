"""Why a link from a mail can't be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from annotations.models import ConfirmationToken


class TokenError(Exception):
    """A link can't be used.

    Attributes:
        annotation: What it was about, where that is known.
        follow: What somebody wanted to follow, where it was about that.
    """

    def __init__(self, row: ConfirmationToken | None = None) -> None:
        super().__init__(str(self.message()))
        self.annotation = row.annotation if row else None
        self.follow = row.follow if row else None

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


class TokenGone(TokenUnknown):
    """It was one of ours, and whoever it stood for is erased."""
