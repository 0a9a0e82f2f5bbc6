"""Reminding people of what ends soon: windows, and answers that are due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from annotations.models import Annotation, Assignment, News
from annotations.services.queueing import note_news
from versioning.models import Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotations.queries import AnnotationQuerySet

SETTLED_IN = timedelta(days=1)
"""Who heard so lately that a window has opened needs no reminder yet."""


def reminder_days() -> int:
    """Return how many days before the end of a window its followers are reminded; 0 for never."""
    return int(getattr(settings, "SYNOPSE_REMINDER_DAYS", 3))


def due_soon_days() -> int:
    """Return how many days before an answer is due its office is reminded."""
    return int(getattr(settings, "SYNOPSE_DUE_SOON_DAYS", 2))


def note_ending_windows(*, now: datetime | None = None) -> int:
    """Write down that followers shall be reminded of windows that close soon, once for each end.

    Returns:
        How many windows are new among them.
    """
    now = now or timezone.now()
    newest = Version.objects.filter(page=OuterRef("page")).order_by("-number").values("pk")
    rows = Version.objects.filter(
        pk=Subquery(newest[:1]),
        page__live=True,
        closes__gt=now,
        closes__lte=now + timedelta(days=reminder_days()),
    )
    begun = now - SETTLED_IN
    ending = [row for row in rows if row.is_open(now) and (row.opens or row.published_at) <= begun]
    return _note(f"reminder:{row.pk}:{end_of(row)}" for row in ending)


def note_due_answers() -> int:
    """Write down that offices shall be reminded of what is due soon, once for each day.

    Returns:
        How many days are new among them.
    """
    today = timezone.localdate()
    rows = Assignment.objects.filter(
        due_on__gte=today,
        due_on__lte=today + timedelta(days=due_soon_days()),
        annotation__in=open_annotations(),
    )
    days = rows.order_by("due_on").values_list("due_on", flat=True).distinct()
    return _note(f"due:{day.isoformat()}" for day in days if day)


def open_annotations() -> AnnotationQuerySet:
    """Return what waits for an answer."""
    return Annotation.objects.undisposed()


def end_of(version: Version) -> str:
    """Return what names the end of a window."""
    return f"{version.closes.timestamp():.0f}" if version.closes else ""


def _note(facts: Iterable[str]) -> int:
    wanted = list(facts)
    known = set(News.objects.filter(fact__in=wanted).values_list("fact", flat=True))
    new = [fact for fact in wanted if fact not in known]
    for fact in new:
        note_news(fact)
    return len(new)
