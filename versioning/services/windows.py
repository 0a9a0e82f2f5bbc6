"""The window in which a version takes annotations."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import PageLogEntry

from versioning import permissions
from versioning.models import Version
from versioning.queries import WINDOW_ACTION
from versioning.services.progress import is_final
from versioning.services.records import keep_record
from versioning.signals import window_changed

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.db.models import QuerySet
JUST_NOW = timedelta(minutes=5)
"""How long ago an end may lie: whoever types the running minute means now."""


@transaction.atomic
def change_window(
    *,
    version: Version,
    opens: datetime | None,
    closes: datetime | None,
    reason: str,
    actor: User,
) -> Version:
    """Open, close, shorten or extend the window of a version; the public sees when and why.

    Args:
        version: The newest version of its page; older ones take no annotations.
        opens: First moment, None for at once.
        closes: First moment after the window, None for no end. Both None means closed.
        reason: Public reason, required.
        actor: Who answers for it.

    Returns:
        The version as stored.

    Raises:
        PermissionDenied: ``actor`` may not publish the page.
        ValidationError: No reason, an end before the begin or in the past, nothing changed, a
            superseded version, or a text that is final.
    """
    permissions.require(actor, "change_window", version.page)
    stored = Version.objects.select_for_update().select_related("page").get(pk=version.pk)
    _validate(stored, opens, closes, reason)
    before = [stored.opens, stored.closes]
    stored.opens, stored.closes = opens, closes
    stored.save(update_fields=["opens", "closes"])
    keep_record(
        page=stored.page,
        action=WINDOW_ACTION,
        actor=actor,
        version=stored,
        data={
            "version": stored.number,
            "before": [_iso(moment) for moment in before],
            "after": [_iso(opens), _iso(closes)],
            "reason": reason.strip(),
        },
    )
    transaction.on_commit(lambda: window_changed.send(Version, version=stored))
    return stored


@transaction.atomic
def end_window(*, version: Version, reason: str, actor: User) -> Version:
    """Close an open window at this moment; forms that are still being filled in come too late.

    Raises:
        PermissionDenied: ``actor`` may not publish the page.
        ValidationError: No reason, a window that is not open, or a superseded version.
    """
    now = timezone.now()
    stored = Version.objects.get(pk=version.pk)
    if not stored.is_open(now):
        permissions.require(actor, "change_window", version.page)
        raise ValidationError(_("The window is not open, so it can't be ended."), code="closed")
    return change_window(
        version=version, opens=stored.opens, closes=now, reason=reason, actor=actor
    )


def window_history(version: Version) -> QuerySet[PageLogEntry]:
    """Return the log entries of changes to a version's window, oldest first."""
    entries = PageLogEntry.objects.filter(
        page=version.page_id, action=WINDOW_ACTION, data__version=version.number
    )
    return entries.order_by("timestamp", "pk")


def _validate(
    version: Version, opens: datetime | None, closes: datetime | None, reason: str
) -> None:
    errors: dict[str, ValidationError] = {}
    if not reason.strip():
        errors["reason"] = ValidationError(
            _("Write a reason; it is shown in public."), code="empty"
        )
    if opens and closes and closes <= opens:
        errors["closes"] = ValidationError(
            _("The window must close after it has opened."), code="order"
        )
    if closes and closes != version.closes and closes < timezone.now() - JUST_NOW:
        errors["closes"] = ValidationError(
            _("This moment is over. To end the window, use “End it now”."), code="past"
        )
    if errors:
        raise ValidationError(errors)
    if (opens, closes) == (version.opens, version.closes):
        raise ValidationError(_("The window would stay as it is."), code="unchanged")
    if Version.objects.filter(page=version.page_id, number__gt=version.number).exists():
        raise ValidationError(
            _("A newer version is out. Only the newest one takes annotations."), code="superseded"
        )
    if is_final(version.page_id):
        message = _("The text was resolved and is final. It takes no annotations any more.")
        raise ValidationError(message, code="final")


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
