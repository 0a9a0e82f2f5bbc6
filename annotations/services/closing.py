"""Noting that the window of a version has ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from annotations.signals import window_closed
from versioning.models import Version

if TYPE_CHECKING:
    from datetime import datetime

WINDOW_CLOSED = "annotations.window_closed"
LOOKING_BACK = timedelta(days=7)
"""How old an end may be that was not noted, since no worker ran."""


def note_closed_windows(*, now: datetime | None = None) -> int:
    """Log each window of a newest version that has ended, once, and tell strangers.

    Whether annotations are taken is decided by the times themselves, to the second; this only
    says so afterwards.

    Returns:
        How many were noted.
    """
    now = now or timezone.now()
    ended = Version.objects.filter(closes__lte=now, closes__gt=now - LOOKING_BACK)
    noted = {
        (page, data.get("version"), data.get("closes"))
        for page, data in PageLogEntry.objects.filter(
            action=WINDOW_CLOSED, page__in=ended.values("page")
        ).values_list("page_id", "data")
    }
    return sum(
        _note(version)
        for version in ended.select_related("page").order_by("closes")
        if (version.page_id, version.number, _end(version)) not in noted
    )


@transaction.atomic
def _note(version: Version) -> int:
    data = {"version": version.number, "closes": _end(version)}
    log(instance=version.page, action=WINDOW_CLOSED, data=data)
    transaction.on_commit(lambda: window_closed.send(Version, version=version))
    return 1


def _end(version: Version) -> str:
    return version.closes.isoformat() if version.closes else ""
