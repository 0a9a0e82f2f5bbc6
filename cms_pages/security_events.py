"""What goes into the security log, beside failed log-ins: facts of others, heard of by signals.

Whatever Wagtail logs is told, too: moderation, dispositions, hand-overs and decisions of the gate,
withheld passages, changed accounts, published pages. Titles and reasons stay behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_save
from wagtail.models import BaseLogEntry, ModelLogEntry, PageLogEntry

from versioning.security_log import note

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User

FACTS = (
    (user_logged_in, "login.done"),
    (user_logged_out, "login.ended"),
    (password_changed, "password.changed"),
    (password_reset, "password.reset"),
    (authenticator_added, "second_factor.added"),
    (authenticator_removed, "second_factor.removed"),
    (authentication_failed, "second_factor.failed"),
)
"""Signals that carry an account, and what they are called in the log."""


def connect() -> None:
    """Connect a handler for every fact, and one for Wagtail's log."""
    for signal, event in FACTS:
        signal.connect(_teller(event), weak=False, dispatch_uid=f"synopse_security_{event}")
    for model in (ModelLogEntry, PageLogEntry):
        post_save.connect(tell_log_entry, sender=model, dispatch_uid="synopse_security_log")


def _teller(event: str) -> Callable[..., None]:
    def tell(sender: object, user: User | None = None, **kwargs: object) -> None:
        note(event, account=user.pk if user is not None else None)

    return tell


def tell_log_entry(sender: object, instance: BaseLogEntry, created: bool, **kwargs: object) -> None:
    """Tell what Wagtail has logged: who did what to which object, by numbers alone."""
    if not created:
        return
    kind = "page" if isinstance(instance, PageLogEntry) else instance.content_type.model
    number = instance.page_id if isinstance(instance, PageLogEntry) else instance.object_id
    note(instance.action, account=instance.user_id, kind=kind, object=number)
