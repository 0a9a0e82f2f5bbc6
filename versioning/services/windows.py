"""The window in which a version takes annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from versioning import permissions
from versioning.models import Version
from versioning.signals import window_changed

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.db.models import QuerySet

ACTION = "synopse.window"


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
        ValidationError: No reason, an end before the begin, or a superseded version.
    """
    permissions.require(actor, "change_window", version.page)
    stored = Version.objects.select_for_update().select_related("page").get(pk=version.pk)
    _validate(stored, opens, closes, reason)
    before = [stored.opens, stored.closes]
    stored.opens, stored.closes = opens, closes
    stored.save(update_fields=["opens", "closes"])
    log(
        instance=stored.page.specific_deferred,
        action=ACTION,
        user=actor,
        data={
            "version": stored.number,
            "before": [_iso(moment) for moment in before],
            "after": [_iso(opens), _iso(closes)],
            "reason": reason.strip(),
        },
    )
    transaction.on_commit(lambda: window_changed.send(Version, version=stored))
    return stored


def window_history(version: Version) -> QuerySet[PageLogEntry]:
    """Return the log entries of changes to a version's window, oldest first."""
    entries = PageLogEntry.objects.filter(
        page=version.page_id, action=ACTION, data__version=version.number
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
    if errors:
        raise ValidationError(errors)
    if Version.objects.filter(page=version.page_id, number__gt=version.number).exists():
        raise ValidationError(
            _("A newer version is out. Only the newest one takes annotations."), code="superseded"
        )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
