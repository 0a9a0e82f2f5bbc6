"""Which mails a person gets, and when: kinds on or off, and one rhythm for all that may wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotations.models import MailPreference, OutboxMail, Rhythm
from annotations.services import limits, persons
from annotations.services.letters import Foot
from annotations.services.signed_links import SignedKeys
from annotations.services.token_errors import TokenGone, TokenUnknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Any

CITIZEN_KINDS = {
    "reply": gettext_lazy("Somebody has replied to me"),
    "disposition": gettext_lazy("The editors have answered my annotation"),
    "changed": gettext_lazy("A passage that I have annotated has changed in a new version"),
    "news": gettext_lazy("News of what I follow"),
    "reminder": gettext_lazy("The time for annotations to a text that I follow ends soon"),
}
STAFF_KINDS = {
    "staff_waiting": gettext_lazy("Contributions wait for moderation"),
    "staff_reports": gettext_lazy("Reports and appeals wait for a decision"),
    "staff_objections": gettext_lazy("An author objects to an answer"),
    "staff_assigned": gettext_lazy("An annotation is assigned to my office or to me"),
    "staff_due": gettext_lazy("An annotation of my office or of mine is due soon"),
    "staff_decisions": gettext_lazy("A body that I look after is to decide, or was to"),
    "staff_signing": gettext_lazy("A version waits for the signature of my department"),
    "staff_signed": gettext_lazy("A department refuses to sign, or all have signed"),
}
KINDS = {**CITIZEN_KINDS, **STAFF_KINDS}
"""What may be switched off, in words; every other kind always goes out, and at once."""
EVERYTHING = "digest"
"""Instead of a kind: all that may be switched off."""
MONDAY = 0
LAST_HOUR = 23
_WISHES = SignedKeys("annotations.mails")


class Post(NamedTuple):
    """How a mail goes to somebody.

    Attributes:
        preference: The wishes of the person.
        held_until: When the bundle goes out that takes the mail in; None for at once.
    """

    preference: MailPreference
    held_until: datetime | None


def post_for(kind: str, email: str, *, latest: datetime | None = None) -> Post | None:
    """Return how a mail goes to an address, None where its owner does not want it."""
    return posts_for(kind, [email], latest=latest).get(email.lower())


def posts_for(
    kind: str, emails: Iterable[str], *, latest: datetime | None = None
) -> dict[str, Post]:
    """Return how mails of a kind go to many addresses, in a constant number of queries.

    Each counts for the limit of mails to an address. What is over it waits until the next hour,
    and so many go out in one.

    Args:
        kind: Of the mails.
        emails: Addresses that are known to be somebody's own.
        latest: When the mail comes too late; it does not wait so long.

    Returns:
        By address in small letters; who does not want such mails is missing.
    """
    now = timezone.now()
    found = preferences_of(emails)
    if kind not in KINDS:
        return {email: Post(row, None) for email, row in found.items()}
    wanted = {email: row for email, row in found.items() if kind not in row.switched_off}
    held = {email: next_bundle(row.rhythm, now) for email, row in wanted.items()}
    at_once = [email for email, until in held.items() if _is_late(until, latest)]
    held |= dict.fromkeys(at_once) | limits.pauses_of_mails(at_once, now=now)
    return {email: Post(row, held[email]) for email, row in wanted.items()}


def _is_late(until: datetime | None, latest: datetime | None) -> bool:
    return until is None or (latest is not None and until >= latest)


def next_bundle(rhythm: str, now: datetime) -> datetime | None:
    """Return when the next bundle goes out, None for a rhythm without bundles.

    Daily at one hour of the local time, weekly on Monday at that hour. Where clocks leave that
    hour out it is the one after it, and where they repeat it, it is the first of both.
    """
    if rhythm == Rhythm.AT_ONCE:
        return None
    hour, zone = bundle_hour(), timezone.get_default_timezone()
    day = timezone.localtime(now, zone).date()
    while True:
        due = datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)
        if due > now and (rhythm == Rhythm.DAILY or day.weekday() == MONDAY):
            return due
        day += timedelta(days=1)


def bundle_hour() -> int:
    """Return the hour of the day at which bundles go out, by ``SYNOPSE_DIGEST_HOUR``.

    Raises:
        ImproperlyConfigured: It is no hour of a day.
    """
    hour = getattr(settings, "SYNOPSE_DIGEST_HOUR", 7)
    if not isinstance(hour, int) or not 0 <= hour <= LAST_HOUR:
        msg = f"SYNOPSE_DIGEST_HOUR must be an hour from 0 to {LAST_HOUR}, not {hour!r}"
        raise ImproperlyConfigured(msg)
    return hour


def preferences_of(emails: Iterable[str]) -> dict[str, MailPreference]:
    """Return the wishes behind addresses, by address in small letters; new ones are made.

    Args:
        emails: Addresses that are known to be somebody's own.
    """
    small = sorted({email.lower() for email in emails} - {""})
    owners = persons.owners_of(small)
    found = _stored(small, owners)
    missing = [email for email in small if email not in found]
    if missing:
        _adopt({email: owners[email] for email in missing if email in owners})
        _make(missing, owners)
        found = _stored(small, owners)
    return found


def _stored(emails: Collection[str], owners: dict[str, int]) -> dict[str, MailPreference]:
    is_one_of_them = Q(user__in=set(owners.values())) | Q(user=None, email__in=emails)
    rows = MailPreference.objects.filter(is_one_of_them).select_related("user")
    known = {row.user_id or row.email: row for row in rows}
    keys = {email: owners.get(email, email) for email in emails}
    return {email: known[key] for email, key in keys.items() if key in known}


def _make(emails: Iterable[str], owners: dict[str, int]) -> None:
    """Store new wishes; those that somebody else has stored in this moment stay."""
    users = {owners[email] for email in emails if email in owners}
    guests = [email for email in emails if email not in owners]
    MailPreference.objects.bulk_create(
        [
            *(MailPreference(user_id=key) for key in sorted(users)),
            *(MailPreference(email=email) for email in guests),
        ],
        ignore_conflicts=True,
    )


def _adopt(owners: dict[str, int]) -> None:
    """Let what somebody wished as a guest hold for the account that owns the address now.

    Args:
        owners: Address to account, of accounts without wishes of their own.
    """
    adopted = set()
    for guest in MailPreference.objects.filter(user=None, email__in=owners).order_by("pk"):
        owner = owners[guest.email]
        if owner not in adopted:
            adopted.add(owner)
            guest.user_id, guest.email = owner, ""
            guest.save(update_fields=["user", "email"])


def preference_of(user: Any) -> MailPreference:  # noqa: ANN401  # any user model
    """Return the wishes of an account; new ones are made."""
    own = persons.addresses_of(user)
    if own:
        preferences_of(own)
    return MailPreference.objects.get_or_create(user=user)[0]


def shown_preference_of(user: Any) -> MailPreference:  # noqa: ANN401  # any user model
    """Return the wishes of an account to look at; where there are none yet, nothing is stored."""
    guest = Q(user=None, email__in=persons.addresses_of(user) - {""})
    rows = MailPreference.objects.filter(Q(user=user) | guest).select_related("user")
    found = rows.order_by(F("user").asc(nulls_last=True), "pk").first()
    return found or MailPreference(user=user)


def address_of(preference: MailPreference) -> str:
    """Return where mails to a person go now, empty where no address is known to be theirs."""
    user = preference.user
    if user is None:
        return preference.email
    is_known = user.is_active and user.email.lower() in persons.addresses_of(user)
    return str(user.email) if is_known else ""


@transaction.atomic
def save_preference(
    *, preference: MailPreference, rhythm: str, switched_off: Collection[str]
) -> MailPreference:
    """Store which mails somebody wants, and let it hold for what waits already.

    What is switched off is not sent any more. What waits goes out sooner where the new rhythm
    says so, and never later.

    Args:
        preference: Of the person who asks.
        rhythm: One of ``Rhythm``.
        switched_off: Keys of ``KINDS``.

    Raises:
        ValidationError: By field, where there is no such rhythm or kind.
    """
    if rhythm not in Rhythm.values:
        raise ValidationError({"rhythm": ValidationError(_("Please choose one."), code="invalid")})
    if set(switched_off) - set(KINDS):
        message = _("Mails of this kind always go out.")
        raise ValidationError({"kinds": ValidationError(message, code="always")})
    row = MailPreference.objects.select_for_update(of=("self",)).get(pk=preference.pk)
    row.rhythm = rhythm
    row.switched_off = [kind for kind in KINDS if kind in switched_off]
    row.changed_at = timezone.now()
    row.save(update_fields=["rhythm", "switched_off", "changed_at"])
    waiting = OutboxMail.objects.filter(preference=row, sent_at=None)
    waiting.filter(kind__in=row.switched_off, bundle=None).delete()
    still_on = [kind for kind in KINDS if kind not in row.switched_off]
    waiting.filter(kind=EVERYTHING).exclude(pieces__kind__in=still_on).delete()
    due = next_bundle(rhythm, row.changed_at) or row.changed_at
    waiting.filter(held=True, send_after__gt=due).update(send_after=due)
    return row


def switch_off(*, preference: MailPreference, kind: str) -> MailPreference:
    """Switch a kind off, or all of them, by a link in a mail.

    Args:
        preference: Of the person whom the mail was sent to.
        kind: A key of ``KINDS``, or ``EVERYTHING``.

    Raises:
        TokenUnknown: No such kind can be switched off.
    """
    if kind != EVERYTHING and kind not in KINDS:
        raise TokenUnknown
    kinds = KINDS if kind == EVERYTHING else [kind]
    return save_preference(
        preference=preference,
        rhythm=preference.rhythm,
        switched_off={*preference.switched_off, *kinds},
    )


def name_of(kind: str) -> str:
    """Return what a kind is called where it is switched off."""
    if kind == EVERYTHING:
        return _("All mails that can be switched off")
    return str(KINDS[kind])


def preference_behind(token: str) -> MailPreference:
    """Return the wishes that a link leads to.

    Raises:
        TokenUnknown: It is not one of ours.
        TokenGone: They are erased.
    """
    key = _WISHES.key_of(token)
    found = MailPreference.objects.select_related("user").filter(pk=key).first()
    if found is None:
        raise TokenGone
    return found


def token_of(preference: MailPreference) -> str:
    """Return the token of the links of a person; it holds no address, and nobody can guess it."""
    return _WISHES.token_of(preference.pk)


def foot_of(preference: MailPreference, kind: str, base: str) -> Foot:
    """Return the links below a mail.

    Args:
        preference: Of whom it goes to.
        kind: Of the mail, or ``EVERYTHING`` for a bundle.
        base: Begin of the links.
    """
    token = token_of(preference)
    wishes = base + reverse("annotations:mails", args=[token])
    if preference.user_id is not None:
        wishes = base + reverse("annotations:my_mails")
    if kind in STAFF_KINDS:
        wishes = base + reverse("wagtailadmin_account")
    if kind not in KINDS and kind != EVERYTHING:
        return Foot(wishes)
    stop = base + reverse("annotations:stop_mails", args=[kind, token])
    return Foot(wishes, stop, stops_all=kind == EVERYTHING)


def one_click_of(preference: MailPreference, kind: str, base: str) -> str:
    """Return the address that a mail program calls for one click; see RFC 8058."""
    if kind not in KINDS and kind != EVERYTHING:
        return ""
    token = token_of(preference)
    return base + reverse("annotations:stop_mails_at_once", args=[kind, token])
