"""What became of annotations, in the words that lists, balance sheets and reports share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from annotations.models import Outcome
from versioning.models import Change

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

ANSWERED = Q(disposition__public_at__isnull=False, disposition__missing=False)
"""The annotation has a public answer that holds."""
OPEN = Q(disposition__isnull=True) | ~ANSWERED
CHANGING = (Outcome.ADOPTED, Outcome.PARTLY_ADOPTED)
"""Outcomes that announce other words."""

INTENDED, NO_CHANGE, WAITING = "intended", "none", "open"
_VERSION = "v"

FIRST_CHANGE: dict[str, Combinable] = {
    "first_change": Subquery(
        Change.objects.filter(dispositions=OuterRef("disposition"))
        .order_by("version__number")
        .values("version__number")[:1]
    )
}
"""The version with the first change that an answer led to; for ``alias`` and ``annotate``."""


def results(newest: int) -> dict[str, str]:
    """Return what annotations can lead to, by the words of addresses.

    Args:
        newest: Number of the newest version.
    """
    changed = {
        in_version(number): _("changed in version %(number)d") % {"number": number}
        for number in range(2, newest + 1)
    }
    return {**changed, INTENDED: _("change intended"), NO_CHANGE: _("no change")}


def in_version(number: int) -> str:
    """Return the result of annotations that changed words in a version."""
    return f"{_VERSION}{number}"


def led_to(result: str) -> Q:
    """Return the condition for a result, on rows with ``FIRST_CHANGE``."""
    if result.removeprefix(_VERSION).isdecimal():
        return ANSWERED & Q(first_change=int(result.removeprefix(_VERSION)))
    changing = Q(disposition__outcome__in=CHANGING)
    unchanged = ANSWERED & Q(first_change__isnull=True)
    return unchanged & (changing if result == INTENDED else ~changing)


def result_of(outcome: str, first_change: int | None) -> str:
    """Return what a public answer led to.

    Args:
        outcome: Its outcome.
        first_change: The version with its first change, None where it has none.
    """
    if first_change is not None:
        return in_version(first_change)
    return INTENDED if outcome in CHANGING else NO_CHANGE
