"""The window for annotations, as a whole sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from versioning.services.windows import window_history

if TYPE_CHECKING:
    from datetime import datetime

    from wagtail.models import PageLogEntry

    from versioning.models import Version

HOURS_OF_LAST_DAY = 24
CHANGES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class WindowChange:
    """A change of a window, which everybody may know.

    Attributes:
        number: The version whose window it is.
        on: When it was changed.
        opens: First moment afterwards, None where none is set.
        closes: End afterwards, None where none is set.
        closed_before: End before, None where none was set.
        reason: Why, in the words of the editors.
    """

    number: int
    on: datetime
    opens: datetime | None
    closes: datetime | None
    closed_before: datetime | None
    reason: str

    @property
    def sentence(self) -> str:
        """What was changed and when, in the reader's language."""
        words = {
            "day": date_format(timezone.localtime(self.on), "DATE_FORMAT"),
            "closes": moment(self.closes) if self.closes else "",
            "before": moment(self.closed_before) if self.closed_before else "",
        }
        return self._template() % words

    def _template(self) -> str:
        if self.opens is None and self.closes is None:
            return _("Changed on %(day)s: this version takes no annotations.")
        if self.closes is not None and self.closes <= self.on:
            return _("Ended early on %(day)s.")
        if self.closes is None:
            return _("Changed on %(day)s: there is no end any more.")
        if self.closed_before is None or self.closed_before == self.closes:
            return _("Changed on %(day)s: annotations are possible until %(closes)s.")
        if self.closes > self.closed_before:
            return _("Extended on %(day)s: until %(closes)s, before it was %(before)s.")
        return _("Shortened on %(day)s: until %(closes)s, before it was %(before)s.")


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


def time_left(version: Version, now: datetime | None = None) -> str:
    """Say how long one can still annotate, in days, on the last day in hours; else nothing.

    Days are those of the calendar, as people count them.
    """
    now = now or timezone.now()
    if version.closes is None or not version.is_open(now):
        return ""
    hours = int((version.closes - now).total_seconds() // 3600)
    if hours >= HOURS_OF_LAST_DAY:
        days = (timezone.localdate(version.closes) - timezone.localdate(now)).days
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    if hours < 1:
        return _("less than an hour left")
    return ngettext("%(hours)d hour left", "%(hours)d hours left", hours) % {"hours": hours}


def next_hour(version: Version, now: datetime | None = None) -> datetime | None:
    """Return when the hours that are left change next, None where days are told.

    Days change at midnight.
    """
    now = now or timezone.now()
    if version.closes is None or not version.is_open(now):
        return None
    left = version.closes - now
    hours = (left - timedelta(microseconds=1)) // timedelta(hours=1)
    return version.closes - timedelta(hours=hours) if hours <= HOURS_OF_LAST_DAY else None


def window_changes(version: Version) -> list[WindowChange]:
    """Return the last changes of a version's window, newest first.

    A version that was read ``with_window_changed`` asks nothing where there is none.
    """
    if not getattr(version, "window_changed", True):
        return []
    entries = window_history(version).order_by("-timestamp", "-pk")[:CHANGES_SHOWN]
    return [change for entry in entries if (change := change_of(entry)) is not None]


def change_of(entry: PageLogEntry) -> WindowChange | None:
    """Read a change from the log, None where it tells of something else."""
    data = entry.data or {}
    if not {"version", "before", "after"} <= data.keys():
        return None
    opens, closes = (parse_datetime(text) if text else None for text in data["after"])
    _opened, closed = (parse_datetime(text) if text else None for text in data["before"])
    return WindowChange(
        number=data["version"],
        on=entry.timestamp,
        opens=opens,
        closes=closes,
        closed_before=closed,
        reason=str(data.get("reason", "")),
    )
