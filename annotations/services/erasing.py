"""Erasing a person: everything goes that leads to them; the process keeps its record."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from annotations import permissions
from annotations.models import (
    Annotation,
    ConfirmationToken,
    ModerationEvent,
    ModeratorNote,
    OutboxMail,
    State,
)
from annotations.services import persons
from annotations.services.mails import language_of
from annotations.services.personal_data import (
    appeals_of,
    contributions_of,
    follows_of,
    preferences_of,
    reports_of,
    supports_of,
)
from annotations.services.states import TRANSITIONS, change_state, locked

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

logger = logging.getLogger("synopse.erase")

KEEP, WITHDRAW = "keep", "withdraw"


@transaction.atomic
def erase_account(*, user: Any, words: str) -> None:  # noqa: ANN401  # any user model
    """Delete an account and all that leads to its person.

    Contributions stay as those of a deleted account, or are withdrawn; either way the process
    keeps which answer they got and which change they caused. Voices stay counted, and nothing
    tells any more whose they were.

    Args:
        user: The account; not one of the staff, whose acts are part of the record.
        words: "keep" or "withdraw".

    Raises:
        PermissionDenied: The account belongs to the staff.
        ValidationError: ``words`` is neither.

    Source: GDPR, article 17.
    """
    permissions.require_person(user)
    if is_staff(user):
        message = _("Accounts of staff are ended by the administration of this site.")
        raise PermissionDenied(message)
    if words not in {KEEP, WITHDRAW}:
        message = _("Please choose what shall become of your contributions.")
        raise ValidationError({"words": ValidationError(message, code="invalid")})
    addresses = persons.addresses_of(user) | {user.email.lower()} - {""}
    names = {user.get_username()}
    keys = list(contributions_of(user).values_list("pk", flat=True))
    _forget_mails(addresses, keys, names)
    ConfirmationToken.objects.filter(
        Q(annotation__in=keys) | Q(follow__in=follows_of(user))
    ).filter(used_at=None).update(used_at=timezone.now())
    follows_of(user).delete()
    preferences_of(user).delete()
    for voice in supports_of(user):
        voice.person_key = secrets.token_hex(32)
        voice.save(update_fields=["person_key"])
    _forget_reports(user, keys, words)
    _delete_unconfirmed(addresses)
    for key in keys:
        _part_with(Annotation.objects.get(pk=key), words)
    _forget_log(user)
    _end_sessions(user)
    get_user_model()._default_manager.get(pk=user.pk).delete()
    logger.info("an account was erased, its contributions: %s", words)


def is_staff(user: Any) -> bool:  # noqa: ANN401  # any user model
    """Tell whether an account has acts on the record of the process."""
    return bool(user.is_superuser or user.is_staff or user.has_perm("wagtailadmin.access_admin"))


def _part_with(annotation: Annotation, words: str) -> None:
    """Take the person from a contribution, and its words where that is wanted."""
    row = locked(annotation)
    with translation.override(language_of(row)):
        row.user_name = _("deleted account")
    row.user, row.user_email, row.user_url, row.idempotency_key = None, "", "", None
    row.canonical, row.via = "", []
    if words == WITHDRAW:
        if State.WITHDRAWN in TRANSITIONS[row.state]:
            before = change_state(row, State.WITHDRAWN)
            ModerationEvent.objects.create(annotation=row, before=before, after=row.state)
        row.comment = row.proposed = ""
    row.save(force_update=True)


def _forget_reports(user: Any, keys: Collection[int], words: str) -> None:  # noqa: ANN401
    """Take the person from reports and appeals, which are part of the record, and delete notes."""
    appeals, reports = appeals_of(user), reports_of(user)
    if words == WITHDRAW:
        appeals.update(text="")
        reports.update(text="")
    reports.update(name="", email="", idempotency_key=None)
    ModeratorNote.objects.filter(annotation__in=keys).delete()


def _delete_unconfirmed(addresses: Collection[str]) -> None:
    """Delete what waits for a confirmation that will not come."""
    waiting = Annotation.objects.filter(state=State.UNCONFIRMED, user=None)
    for row in waiting.filter(user_email__in=addresses):
        row.delete()


def _forget_mails(
    addresses: Collection[str], keys: Collection[int], names: Collection[str]
) -> None:
    """Delete mails to a person, and their name from mails to others."""
    for address in addresses:
        OutboxMail.objects.filter(to__iexact=address).delete()
    is_about = Q(annotation__in=keys) | Q(pieces__annotation__in=keys)
    about = OutboxMail.objects.filter(pk__in=OutboxMail.objects.filter(is_about).values("pk"))
    about.exclude(sent_at=None).update(text="", html="", subject="")
    for mail in about.filter(sent_at=None):
        with translation.override(mail.language):
            for name in names:
                mail.text = mail.text.replace(name, _("deleted account"))
                mail.html = mail.html.replace(escape(name), escape(_("deleted account")))
        mail.save(update_fields=["text", "html"])


def _forget_log(user: Any) -> None:  # noqa: ANN401  # any user model
    """Delete from the admin's history what was done to the account: it holds the name."""
    model = ContentType.objects.get_for_model(get_user_model())
    ModelLogEntry.objects.filter(content_type=model, object_id=str(user.pk)).delete()


def _end_sessions(user: Any) -> None:  # noqa: ANN401  # any user model
    """End every session of an account; what was begun and kept in them goes with them."""
    if not apps.is_installed("django.contrib.sessions"):
        return
    sessions = apps.get_model("sessions", "Session").objects
    store = SessionStore()
    ended = [
        row.session_key
        for row in sessions.filter(expire_date__gt=timezone.now()).iterator()
        if str(store.decode(row.session_data).get(SESSION_KEY)) == str(user.pk)
    ]
    sessions.filter(session_key__in=ended).delete()
