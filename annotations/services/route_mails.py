"""Reminding whoever looks after a body of what it is going to decide, or was to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from annotations.models import News
from annotations.services.queueing import note_news
from annotations.services.staff import Notice, tell_people
from versioning.models import GateStep
from versioning.models.gate import STOPPING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from typing import Any

    from django.db.models import QuerySet

KIND = "staff_decisions"
SOON, OVERDUE = "decision_soon", "decision_late"


def note_planned_decisions() -> int:
    """Write down who shall be reminded of planned decisions: before the day, and once it is past.

    Once for each body, day and person: whoever plans another day, or names somebody else, has
    people reminded anew.

    Returns:
        How many reminders are new.
    """
    today = timezone.localdate()
    wanted = [fact for step in _waiting_steps() if (fact := _fact(step, today))]
    known = set(News.objects.filter(fact__in=wanted).values_list("fact", flat=True))
    new = [fact for fact in wanted if fact not in known]
    for fact in new:
        note_news(fact)
    return len(new)


def _waiting_steps() -> QuerySet[GateStep]:
    """Return the bodies that are going to decide on a day and that somebody looks after."""
    stopped = GateStep.objects.filter(submission=OuterRef("submission"), outcome__in=STOPPING)
    steps = GateStep.objects.filter(
        ~Exists(stopped), outcome="", planned_on__isnull=False, responsible__isnull=False
    )
    return steps.filter(submission__following=None)


def _fact(step: GateStep, today: date) -> str:
    """Return what has to be told of a body today, with the day and the person; empty for none."""
    day = step.planned_on
    if day is None:
        return ""
    key = f"{step.pk}:{day.isoformat()}:{step.responsible_id}"
    if day < today:
        return f"{OVERDUE}:{key}"
    return f"{SOON}:{key}" if (day - today).days <= step.remind_days else ""


def _tell_soon(fact: str, _key: str) -> int | None:
    def words(step: GateStep) -> tuple[str, str]:
        names = _names(step)
        return (
            _("%(body)s is going to decide on %(day)s") % names,
            _("Record the decision when it is made. If the day has changed, change it there, too."),
        )

    return _tell(fact, words)


def _tell_late(fact: str, _key: str) -> int | None:
    def words(step: GateStep) -> tuple[str, str]:
        names = _names(step)
        return (
            _("Not recorded yet: the decision of %(body)s, planned for %(day)s") % names,
            _("Record what was decided, or plan another day. The public sees the old one."),
        )

    return _tell(fact, words)


def _tell(fact: str, words: Callable[[GateStep], tuple[str, str]]) -> int | None:
    """Remind a person where what was written down still holds."""
    step = _step_of(fact)
    if step is None or step.planned_on is None:
        return None

    def notice(_user: Any) -> Notice:  # noqa: ANN401  # any user model
        version = step.submission.version
        subject, sentence = words(step)
        about = _("It is about “%(title)s”, %(version)s.") % {
            "title": version.title,
            "version": version.name,
        }
        url = reverse("synopse_versions:submission", args=[step.submission_id])
        return Notice(subject, [f"{subject}.", about, sentence], url, _("Open the submission"))

    latest = None
    if fact.startswith(SOON):
        after = step.planned_on + timedelta(days=1)
        latest = timezone.make_aware(datetime.combine(after, datetime.min.time()))
    people = get_user_model()._default_manager.filter(pk__in=[step.responsible_id], is_active=True)
    return tell_people(KIND, fact, people, notice, latest=latest)


def _step_of(fact: str) -> GateStep | None:
    """Return the body that a fact is about, None where it holds no more."""
    key = fact.split(":")[1]
    steps = _waiting_steps().select_related("submission__version__locale")
    step = steps.filter(pk=key).first() if key.isdecimal() else None
    return step if step is not None and _fact(step, timezone.localdate()) == fact else None


def _names(step: GateStep) -> dict[str, str]:
    day = date_format(step.planned_on, "DATE_FORMAT") if step.planned_on else ""
    return {"body": step.body, "day": day}


TELLERS: dict[str, Callable[[str, str], int | None]] = {SOON: _tell_soon, OVERDUE: _tell_late}
"""Kind of a fact to what tells of it."""
