"""A mail backend that keeps mails in the database, for reading at /demo/mails/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail.backends.base import BaseEmailBackend

from config.demo.models import DemoMail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage


class DatabaseBackend(BaseEmailBackend):
    """Keep every mail instead of sending it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the mails and return how many."""
        mails = [
            DemoMail(
                to=", ".join(mail.to),
                subject=str(mail.subject),
                text=str(mail.body),
                html=_html_of(mail),
            )
            for mail in email_messages
        ]
        DemoMail.objects.bulk_create(mails)
        return len(mails)


def _html_of(mail: EmailMessage) -> str:
    """Return the HTML part of a mail, empty where it has none."""
    parts = getattr(mail, "alternatives", ())
    return next((str(part[0]) for part in parts if part[1] == "text/html"), "")
