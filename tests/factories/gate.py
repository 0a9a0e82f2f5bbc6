"""Versions at the gate: what may stay open, stays open with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail.models import Locale

from versioning.services.checklist import checklist
from versioning.services.gate import submit_version
from versioning.services.waiving import waive_line

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from wagtail.models import Page

    from versioning.doors import GateLine
    from versioning.models import Submission, Version

REASON = "Das holen wir bis zur zweiten Befassung nach."


def waive_all(version: Version, actor: User, reason: str = REASON) -> list[str]:
    """Waive every line that can be waived and is open; return their keys."""
    version.refresh_from_db(fields=["opens", "closes"])
    keys = list(dict.fromkeys(line.key for line in checklist(version) if line.may_be_waived))
    for key in keys:
        waive_line(version=version, key=key, reason=reason, actor=actor)
    return keys


def hand_over(*, version: Version, actor: User, **details: Any) -> Submission:
    """Hand a version over; what is open and may be waived is waived before."""
    waive_all(version, actor)
    return submit_version(version=version, actor=actor, **details)


def line(version: Version, key: str) -> GateLine:
    """Return the line of the checklist with a key."""
    (found,) = [one for one in checklist(version) if one.key == key]
    return found


def english_of(version: Version) -> Page:
    """Return a new English page for the text of a version."""
    english = Locale.objects.get(language_code="en")
    page: Page = version.page.specific.copy_for_translation(english, copy_parents=True)
    return page
