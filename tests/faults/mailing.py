"""Mails as files: they outlive the process that sent them."""

from __future__ import annotations

import email
import uuid
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class FolderBackend(BaseEmailBackend):
    """Puts each mail into a file of its own, whole or not at all."""

    def send_messages(self, messages) -> int:
        for message in messages:
            half = Path(settings.EMAIL_FILE_PATH) / f".{uuid.uuid4().hex}"
            half.write_bytes(message.message().as_bytes())
            half.rename(half.with_name(half.name[1:] + ".eml"))
        return len(messages)


def sent() -> Counter[str]:
    """Return how many mails each address got."""
    files = Path(settings.EMAIL_FILE_PATH).glob("*.eml")
    return Counter(email.message_from_bytes(file.read_bytes())["To"] for file in files)
