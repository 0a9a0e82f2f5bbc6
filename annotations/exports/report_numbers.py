"""How many reports came in a year, for which reason, and what became of them.

Source: Digital Services Act, article 15.
"""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from annotations.models import Report, ReportReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOUR = 3600


def numbers_of(year: int) -> Iterator[list[Any]]:
    """Yield the headings, a row for each reason, and one for all of them.

    The year is that in which a report came in, in the site's time; no row tells of a person.
    """
    zone = timezone.get_current_timezone()
    begin, end = (datetime(number, 1, 1, tzinfo=zone) for number in (year, year + 1))
    reports = list(
        Report.objects.filter(created_at__gte=begin, created_at__lt=end).select_related("appeal")
    )
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
    ]
    for reason in ReportReason:
        rows = [report for report in reports if report.reason == reason]
        yield [year, str(reason.label), *_counts(rows)]
    yield [year, _("All"), *_counts(reports)]


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


def _hours(report: Report) -> float:
    assert report.decided_at is not None  # noqa: S101  # only of those
    return (report.decided_at - report.created_at).total_seconds() / HOUR
