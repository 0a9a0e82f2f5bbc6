"""The window for annotations, as a whole sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from datetime import datetime

    from versioning.models import Version


def moment(value: datetime) -> str:
    """Return day and time as people say them; the year only where it is not this one."""
    local = timezone.localtime(value)
    if local.year == timezone.localtime().year:
        return date_format(local, _("j F, H:i"))
    return date_format(local, _("j F Y, H:i"))


def window_sentence(version: Version, now: datetime | None = None) -> str:
    """Say until when one can annotate a version, from when, or why not."""
    now = now or timezone.now()
    if version.is_open(now):
        if version.closes is None:
            return _("You can annotate this version.")
        return _("You can annotate until %(moment)s.") % {"moment": moment(version.closes)}
    if version.opens is not None and now < version.opens:
        return _("You can annotate from %(moment)s on.") % {"moment": moment(version.opens)}
    if version.closes is not None:
        return _("The time for annotations ended on %(moment)s. You can still read everything.") % {
            "moment": moment(version.closes)
        }
    return _("This version is not open for annotations. You can read everything.")
