"""Reports and appeals for tests, made through the services."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from annotations.models import ModerationEvent
from annotations.services.appealing import appeal_as_author
from annotations.services.moderating import hide_annotation
from annotations.services.reporting import submit_report
from tests.factories import make_user

if TYPE_CHECKING:
    from annotations.models import Annotation, Appeal, Report

BASE_URL = "http://testserver"
REASONS = {"state": "hidden", "basis": "house_rules", "ground": "Regel 3", "fact": ""}
"""A statement of reasons, as the form of a decision sends it."""
REPORTER = ("mia melder", "mia@example.org", "melder", "der mia")
"""Words that tell who reported; longer than three letters, since tokens in links are random."""


def make_report(annotation: Annotation | None = None, **values: Any) -> Report:
    """Report a contribution, or the first page of the site."""
    given = {
        "reason": "insult",
        "text": "Das beleidigt mich.",
        "url": annotation.get_absolute_url() if annotation else "/de/",
        "name": "Mia Melder",
        "email": "mia@example.org",
        "good_faith": True,
        "idempotency_key": uuid.uuid4().hex,
        "base_url": BASE_URL,
        **values,
    }
    return submit_report(annotation=annotation, **given)


def hide(annotation: Annotation, **values: Any) -> ModerationEvent:
    """Hide a contribution and return the statement of reasons."""
    values.setdefault("ground", "Regel 3")
    if "actor" not in values:
        values["actor"] = make_user("moderator")
    hide_annotation(annotation=annotation, **values)
    return ModerationEvent.objects.filter(annotation=annotation.pk).latest("pk")


def make_appeal(annotation: Annotation, **values: Any) -> Appeal:
    """Hide a contribution and appeal as its author."""
    event = hide(annotation, **values)
    return appeal_as_author(event=event, text="Das war nicht so gemeint.", base_url=BASE_URL)
