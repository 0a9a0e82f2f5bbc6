"""How many reports came in a year, what became of them, and what was hidden without one.

Source: Digital Services Act, article 15.
"""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from annotations.models import Basis, ModerationEvent, Report, ReportReason
from annotations.services.states import HIDDEN_STATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOUR = 3600
NUMBERS_OF_REPORTS = 8
"""Columns that say something of reports alone."""


def numbers_of(year: int) -> Iterator[list[Any]]:
    """Yield the headings, a row for each reason, one for all of them, and own initiatives.

    The year is that in which a report came in, or in which moderators hid something of their own
    accord, in the site's time; no row tells of a person.
    """
    zone = timezone.get_current_timezone()
    begin, end = (datetime(number, 1, 1, tzinfo=zone) for number in (year, year + 1))
    reports = list(
        Report.objects.filter(created_at__gte=begin, created_at__lt=end).select_related("appeal")
    )
    hidden = ModerationEvent.objects.filter(after__in=HIDDEN_STATES).select_related("appeal")
    because = list(hidden.filter(report__in=reports))
    unasked = list(hidden.filter(report=None, at__gte=begin, at__lt=end))
    yield [
        _("Year"),
        _("Reason"),
        _("Received"),
        _("About contributions"),
        _("Upheld"),
        _("Not upheld"),
        _("Open"),
        _("Appeals of reporters"),
        _("Of these upheld"),
        _("Hours to the decision (median)"),
        _("Contributions hidden"),
        _("Appeals of authors"),
        _("Of these upheld"),
    ]
    for reason in ReportReason:
        rows = [report for report in reports if report.reason == reason]
        keys = {report.pk for report in rows}
        events = [event for event in because if event.report_id in keys]
        yield [year, str(reason.label), *_counts(rows), *_of_authors(events)]
    yield [year, _("All"), *_counts(reports), *_of_authors(because)]
    for basis in Basis:
        events = [event for event in unasked if event.basis == basis]
        label = _("Without a report: %(basis)s") % {"basis": basis.label}
        yield [year, label, *[""] * NUMBERS_OF_REPORTS, *_of_authors(events)]


def _counts(reports: Sequence[Report]) -> list[int | str]:
    decided = [report for report in reports if report.decided_at is not None]
    upheld = sum(bool(report.is_upheld) for report in decided)
    appeals = [report.appeal for report in reports if hasattr(report, "appeal")]
    return [
        len(reports),
        sum(report.annotation_id is not None for report in reports),
        upheld,
        len(decided) - upheld,
        len(reports) - len(decided),
        len(appeals),
        sum(bool(appeal.is_upheld) for appeal in appeals),
        round(median(map(_hours, decided))) if decided else "",
    ]


def _of_authors(events: Sequence[ModerationEvent]) -> list[int]:
    """Return how many contributions were hidden, and how many authors did not accept it."""
    appeals = [event.appeal for event in events if hasattr(event, "appeal")]
    contributions = {event.annotation_id for event in events}
    return [len(contributions), len(appeals), sum(bool(appeal.is_upheld) for appeal in appeals)]


def _hours(report: Report) -> float:
    assert report.decided_at is not None  # noqa: S101  # only of those
    return (report.decided_at - report.created_at).total_seconds() / HOUR
