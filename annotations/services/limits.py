"""Limits on how often something may be done, counted in the database for all processes."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ImproperlyConfigured, ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotations.models import Tally
from annotations.services import moments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from annotations.models import Annotation

SALT = "annotations.limits"
DEFAULTS = {
    "confirm_mail": "3/h",
    "mail_address": "3/h",
    "post_person": "30/h",
    "post_network": "120/h",
    "post_page": "120/m",
    "said_again": "1/d",
    "same_words": "5/d",
    "voice_network": "120/h",
    "report_mail": "10/h",
    "report_network": "60/h",
    "search_network": "60/m",
    "compare_network": "120/m",
    "login": "5/15m",
    "login_account": "20/15m",
    "login_network": "50/15m",
}
"""What holds where ``SYNOPSE_RATE_LIMITS`` says nothing else; an empty text means no limit."""
SHORTEST_FLOOD = 20
"""Letters from which on the same words of several people look like a flood."""
NEW_ACCOUNT_SHARE = 3
"""A new account may do this part of what others may."""
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_RATE = re.compile(r"(?P<number>[1-9]\d*)/(?P<times>[1-9]\d*)?(?P<unit>[smhd])")


class Rate(NamedTuple):
    """So many in so many seconds."""

    number: int
    seconds: int


class Stretch(NamedTuple):
    """Begin and end of the time in which one count goes up."""

    begin: datetime
    end: datetime


class Counted(NamedTuple):
    """What is counted: the name of a limit, for whom, and how much of it they may use.

    Attributes:
        name: A key of ``DEFAULTS``.
        owner: Whom it is counted for; hashed before it is stored.
        share: The limit is divided by this.
    """

    name: str
    owner: str
    share: int = 1


def rate(name: str) -> Rate | None:
    """Read a limit such as ``3/h`` or ``5/15m`` from ``SYNOPSE_RATE_LIMITS``; None for no limit.

    Raises:
        ImproperlyConfigured: The setting does not look so, or one of its numbers is 0.
    """
    text = {**DEFAULTS, **getattr(settings, "SYNOPSE_RATE_LIMITS", {})}[name]
    if not text:
        return None
    found = _RATE.fullmatch(text)
    if not found:
        msg = f"SYNOPSE_RATE_LIMITS[{name!r}] must look like '3/h' or '5/15m', not {text!r}"
        raise ImproperlyConfigured(msg)
    return Rate(int(found["number"]), int(found["times"] or 1) * _SECONDS[found["unit"]])


def count_post(annotation: Annotation, *, network: str) -> None:
    """Count a contribution of a person, from a network, on a page.

    To be called in the transaction that stores it, so that only what is stored counts.

    Args:
        annotation: With its author, place and words; not yet stored.
        network: Hash of the network, empty if it is not known.

    Raises:
        ValidationError: It would be one too many (code ``rate_limited``), or says the same as
            another one of today at the same place (``said_already``).
    """
    user = annotation.user
    person = f"account {user.pk}" if user else f"guest {annotation.user_email.lower()}"
    place = f"{annotation.passage_id} {annotation.start} {annotation.reply_to_id}"
    again = Counted("said_again", f"{person} {place} {_words(annotation)}")
    wanted = [
        Counted("post_person", person, NEW_ACCOUNT_SHARE if user and is_new(user) else 1),
        Counted("post_page", str(annotation.version.page_id)),
        *([Counted("post_network", network)] if network else []),
        again,
    ]
    over = _count(wanted)
    if again in over:
        message = _("You have said exactly this here today already. It was not sent a second time.")
        raise ValidationError({NON_FIELD_ERRORS: ValidationError(message, code="said_already")})
    _refuse_if_over(over)


def count_voice(*, network: str) -> None:
    """Count what a guest asks for by mail: support, news.

    Raises:
        ValidationError: It would be one too many (code ``rate_limited``).
    """
    if network:
        _refuse_if_over(_count([Counted("voice_network", network)]))


def count_report(*, network: str) -> None:
    """Count a report of content.

    Raises:
        ValidationError: It would be one too many (code ``rate_limited``).
    """
    if network:
        _refuse_if_over(_count([Counted("report_network", network)]))


def may_mail_receipt(email: str) -> bool:
    """Count a receipt, and tell whether an address gets it; the report itself is always taken."""
    return bool(email) and not _count([Counted("report_mail", email.lower())])


def pauses_of_mails(emails: Sequence[str], *, now: datetime) -> dict[str, datetime]:
    """Count mails that nobody asked for at this moment, and tell which of them have to wait.

    Args:
        emails: Addresses in small letters, one mail to each.
        now: The moment.

    Returns:
        By address until when a mail has to wait; addresses with room are missing.
    """
    over = _count([Counted("mail_address", email) for email in emails])
    return {counted.owner: now + timedelta(seconds=over[counted]) for counted in over}


def count_confirm_mail(email: str) -> None:
    """Count a mail with a link, and refuse more than the owner of an address should have to bear.

    Raises:
        ValidationError: The address got as many as allowed already (code ``rate_limited``).
    """
    over = _count([Counted("confirm_mail", email.lower())])
    if not over:
        return
    message = _(
        "We have already sent several mails to this address. Please open one of them, or "
        "try again in an hour."
    )
    error = ValidationError(message, code="rate_limited", params={"seconds": max(over.values())})
    raise ValidationError({"email": error})


def is_flood(annotation: Annotation) -> bool:
    """Count words on a page, whoever sends them, and tell whether they come too often.

    Capital letters, spelling of accents, signs and spaces make no difference. A few words that
    many may think of, such as "Ich auch!", are no flood.
    """
    words = _words(annotation)
    if len(words) < SHORTEST_FLOOD:
        return False
    return bool(_count([Counted("same_words", f"{annotation.version.page_id} {words}")]))


def _words(annotation: Annotation) -> str:
    text = f"{annotation.comment} {annotation.proposed}"
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded))


def is_new(user: Any) -> bool:  # noqa: ANN401  # any user model
    """Tell whether an account is so new that a third of the limits holds for it."""
    hours = float(getattr(settings, "SYNOPSE_NEW_ACCOUNT_HOURS", 24))
    return bool(user.date_joined > timezone.now() - timedelta(hours=hours))


def retry_after(error: ValidationError) -> int | None:
    """Return after how many seconds a refused act may succeed, None where time does not help."""
    lists = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
    found = [
        (each.params or {}).get("seconds")
        for errors in lists
        for each in errors
        if each.code == "rate_limited"
    ]
    return max((seconds for seconds in found if seconds), default=None)


def _refuse_if_over(over: dict[Counted, int]) -> None:
    if not over:
        return
    seconds = max(over.values())
    minutes = ceil(seconds / 60)
    message = ngettext(
        "That was very often in a short time. Your text is still here: please send it again in "
        "a minute.",
        "That was very often in a short time. Your text is still here: please send it again in "
        "%(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
    error = ValidationError(message, code="rate_limited", params={"seconds": seconds})
    raise ValidationError({NON_FIELD_ERRORS: error})


def _count(wanted: Sequence[Counted]) -> dict[Counted, int]:
    """Count, and give for what is over its limit the seconds until there is room again.

    One statement, in which two processes wait for each other; imported history does not count.
    """
    if moments.is_history():
        return {}
    now = timezone.now()
    limits = {each: limit for each in wanted if (limit := rate(each.name))}
    stretches = {_key(each): _stretch(now, limit) for each, limit in limits.items()}
    numbers = _added(stretches)
    return {
        each: max(1, ceil((stretches[_key(each)].end - now).total_seconds()))
        for each, limit in limits.items()
        if numbers[_key(each)] > ceil(limit.number / each.share)
    }


def _stretch(now: datetime, limit: Rate) -> Stretch:
    begin = datetime.fromtimestamp(int(now.timestamp()) // limit.seconds * limit.seconds, UTC)
    return Stretch(begin, begin + timedelta(seconds=limit.seconds))


def _key(counted: Counted) -> str:
    value = f"{counted.name} {counted.owner}"
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()


def _added(stretches: dict[str, Stretch]) -> dict[str, int]:
    """Add one to each count and return the new ones; in order, so that nobody waits in a circle."""
    if not stretches:
        return {}
    convert = connection.ops.adapt_datetimefield_value
    values = [
        value
        for key, (begin, end) in sorted(stretches.items())
        for value in (key, convert(begin), convert(end))
    ]
    places = ", ".join(["(%s, %s, %s, 1)"] * len(stretches))
    table = connection.ops.quote_name(Tally._meta.db_table)
    statement = (
        f"INSERT INTO {table} (key, starts_at, ends_at, number) VALUES {places} "  # noqa: S608  # names of our own
        f"ON CONFLICT (key, starts_at) DO UPDATE SET number = {table}.number + 1 "
        "RETURNING key, number"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return dict(cursor.fetchall())
