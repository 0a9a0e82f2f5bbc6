"""How long what is kept, from one table in the settings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotations.services.mails import confirmation_hours

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DAYS = {
    "sent_mails": 7,
    "counts": 1,
    "failed_logins": 7,
    "hidden_words": 190,
    "reporters": 190,
    "withdrawn_words": 30,
    "unproved_accounts": 7,
}
"""Days that hold where ``SYNOPSE_RETENTION`` says nothing else."""
WHAT: dict[str, StrOrPromise] = {
    "sent_mails": gettext_lazy("Mails that were sent"),
    "counts": gettext_lazy("Counts for limits, with a hash of the network that changes daily"),
    "failed_logins": gettext_lazy("Counts of failed log-ins, with hashes of account and network"),
    "hidden_words": gettext_lazy("Words of contributions that moderators have hidden"),
    "reporters": gettext_lazy("Names and addresses in reports that are decided"),
    "withdrawn_words": gettext_lazy("Words of contributions that their authors have withdrawn"),
    "unproved_accounts": gettext_lazy("Accounts whose address was never confirmed"),
}


def register_kept(name: str, *, days: int, what: StrOrPromise) -> None:
    """Add a line to the table, for an app above this one.

    Args:
        name: Its key in ``SYNOPSE_RETENTION``.
        days: Days that hold where the setting says nothing.
        what: What is kept, in words.
    """
    DAYS[name], WHAT[name] = days, what


class Kept(NamedTuple):
    """A line of the table: what is kept, and how long, in words."""

    what: str
    how_long: str


def kept(name: str) -> timedelta:
    """Return how long something is kept.

    Raises:
        ImproperlyConfigured: The setting is not a number of days, or names what nobody knows.
    """
    table = getattr(settings, "SYNOPSE_RETENTION", {})
    if unknown := set(table) - set(DAYS):
        msg = f"SYNOPSE_RETENTION knows no {', '.join(sorted(unknown))}"
        raise ImproperlyConfigured(msg)
    days = table.get(name, DAYS[name])
    if not isinstance(days, int) or isinstance(days, bool) or days < 0:
        msg = f"SYNOPSE_RETENTION[{name!r}] must be a number of days, not {days!r}"
        raise ImproperlyConfigured(msg)
    return timedelta(days=days)


def described() -> list[Kept]:
    """Return the table in the reader's language, for the page on privacy."""
    hours = confirmation_hours()
    unconfirmed = ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    lines = [Kept(_("Contributions that nobody has confirmed"), unconfirmed)]
    for name, what in WHAT.items():
        days = kept(name).days
        lines.append(
            Kept(str(what), ngettext("%(days)d day", "%(days)d days", days) % {"days": days})
        )
    return lines
