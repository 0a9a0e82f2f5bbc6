"""What this site knows of a person, for the person (GDPR, articles 15 and 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Q

from annotations.models import (
    Annotation,
    ApiToken,
    Appeal,
    Follow,
    MailPreference,
    OutboxMail,
    Report,
    Rhythm,
    SavedFilter,
    Support,
)
from annotations.services import persons

if TYPE_CHECKING:
    from typing import Any

    from django.db.models import QuerySet

    from annotations.models import AccountConsent, ModerationEvent

SCHEMA = 1
"""Number of the form of the export; it grows when a field changes its meaning."""


def contributions_of(user: Any) -> QuerySet[Annotation]:  # noqa: ANN401  # any user model
    """Return what a person wrote with an account, and before as a guest by a confirmed address."""
    as_guest = Q(
        user=None, confirmed_at__isnull=False, user_email__in=persons.addresses_of(user) - {""}
    )
    own: QuerySet[Annotation] = Annotation.objects.filter(Q(user=user) | as_guest)
    return own


def supports_of(user: Any) -> QuerySet[Support]:  # noqa: ANN401  # any user model
    """Return the voices of a person."""
    return Support.objects.filter(person_key__in=persons.keys_of(user))


def follows_of(user: Any) -> QuerySet[Follow]:  # noqa: ANN401  # any user model
    """Return what a person follows, also as a guest by a confirmed address."""
    return Follow.objects.filter(
        Q(user=user) | Q(user=None, email__in=persons.addresses_of(user) - {""})
    )


def preferences_of(user: Any) -> QuerySet[MailPreference]:  # noqa: ANN401  # any user model
    """Return which mails a person wants, also as a guest by a confirmed address."""
    return MailPreference.objects.filter(
        Q(user=user) | Q(user=None, email__in=persons.addresses_of(user) - {""})
    )


def reports_of(user: Any) -> QuerySet[Report]:  # noqa: ANN401  # any user model
    """Return what a person has reported with an address that is known to be their own."""
    own = Q(pk__in=())
    for address in persons.addresses_of(user) - {""}:
        own |= Q(email__iexact=address)
    return Report.objects.filter(own)


def appeals_of(user: Any) -> QuerySet[Appeal]:  # noqa: ANN401  # any user model
    """Return the appeals of a person, as author and as reporter."""
    written = contributions_of(user).values("pk")
    return Appeal.objects.filter(
        Q(event__annotation__in=written) | Q(report__in=reports_of(user).values("pk"))
    )


def export_of(user: Any, *, base_url: str) -> dict[str, Any]:  # noqa: ANN401  # any user model
    """Return everything about a person that can be read by machines.

    Args:
        user: The account.
        base_url: Begin of the addresses.

    Returns:
        Plain data: times as ISO 8601, addresses in full.
    """
    voices = supports_of(user).select_related("annotation__root", "consent")
    written = contributions_of(user).select_related(
        "version", "passage", "disposition", "root", "consent"
    )
    return {
        "schema": SCHEMA,
        "account": {
            "name": user.get_username(),
            "email": user.email,
            "addresses": _addresses(user),
            "since": user.date_joined.isoformat(),
            "last_sign_in": user.last_login.isoformat() if user.last_login else None,
            "agreed_to": _agreed(getattr(user, "consent", None)),
        },
        "contributions": [
            _contribution(row, base_url)
            for row in written.prefetch_related("reaction", "moderation_events").order_by(
                "created_at", "pk"
            )
        ],
        "supports": [
            {
                "annotation": _url(voice.annotation, base_url),
                "at": voice.created_at.isoformat(),
                "agreed_to": _agreed(voice),
            }
            for voice in voices.order_by("pk")
        ],
        "follows": [
            {
                "page": row.page.title,
                "topic": row.topic,
                "since": row.created_at.isoformat(),
                "agreed_to": _agreed(row),
            }
            for row in follows_of(user).select_related("page", "consent").order_by("pk")
        ],
        "reports": [
            _report(row)
            for row in reports_of(user).select_related("consent").order_by("created_at", "pk")
        ],
        "mails": _mails(user),
        "appeals": [_appeal(row) for row in appeals_of(user).order_by("created_at", "pk")],
        "saved_choices": [
            {"name": row.name, "choice": row.query, "saved": row.created_at.isoformat()}
            for row in SavedFilter.objects.filter(user=user).order_by("pk")
        ],
        "access_keys": [
            {"name": key.name, "made": key.created_at.isoformat()}
            for key in ApiToken.objects.filter(user=user).order_by("pk")
        ],
    }


def _mails(user: Any) -> dict[str, Any]:  # noqa: ANN401  # any user model
    """Return which mails a person wants, also by wishes from before the account."""
    wishes = preferences_of(user).order_by("user_id", "pk").last()
    waiting = OutboxMail.objects.filter(preference__in=preferences_of(user), sent_at=None)
    return {
        "rhythm": wishes.rhythm if wishes else Rhythm.AT_ONCE,
        "switched_off": wishes.switched_off if wishes else [],
        "waiting": [
            {"kind": mail.kind, "subject": mail.subject, "goes_out": mail.send_after.isoformat()}
            for mail in waiting.filter(bundle=None).order_by("pk")
        ],
    }


def _addresses(user: Any) -> list[dict[str, Any]]:  # noqa: ANN401  # any user model
    if not apps.is_installed("allauth.account"):
        return []
    rows = apps.get_model("account", "EmailAddress").objects.filter(user=user).order_by("pk")
    return list(rows.values("email", "verified", "primary"))


def _contribution(row: Annotation, base_url: str) -> dict[str, Any]:
    answer = row.disposition
    reaction = getattr(row, "reaction", None)
    return {
        "id": str(row.uuid),
        "address": _url(row, base_url),
        "kind": row.motivation,
        "state": row.state,
        "written": row.created_at.isoformat(),
        "agreed_to": _agreed(row),
        "edited": row.edited_at.isoformat() if row.edited_at else None,
        "name": row.user_name,
        "text": row.version.title,
        "version": row.version.number,
        "quote": row.exact,
        "words": row.comment,
        "proposed": row.proposed,
        "supporters": row.support_count,
        "moderation": [_act(event) for event in row.moderation_events.all()],
        "answer": {"outcome": answer.outcome, "reason": answer.reason}
        if answer and answer.public_at
        else None,
        "reaction": {"agrees": reaction.agrees, "reason": reaction.reason} if reaction else None,
    }


def _agreed(row: Annotation | Support | Follow | Report | AccountConsent | None) -> dict | None:
    """Return which words stood below the form; None where there was no form."""
    text = row.consent if row is not None else None
    if text is None:
        return None
    return {
        "act": text.act,
        "language": text.language,
        "version": text.number,
        "valid_from": text.valid_from.isoformat(),
        "text": text.text,
    }


def _act(event: ModerationEvent) -> dict[str, Any]:
    """Return an act of moderation; which word of the list held something is the moderators' own."""
    return {
        "at": event.at.isoformat(),
        "state": event.after,
        "basis": event.basis,
        "ground": "" if event.automated else event.ground,
        "fact": event.fact,
        "automated": event.automated,
    }


def _report(row: Report) -> dict[str, Any]:
    return {
        "number": row.number,
        "at": row.created_at.isoformat(),
        "address": row.url,
        "reason": row.reason,
        "text": row.text,
        "name": row.name,
        "email": row.email,
        "agreed_to": _agreed(row),
        **_decision(row),
    }


def _appeal(row: Appeal) -> dict[str, Any]:
    return {"at": row.created_at.isoformat(), "text": row.text, **_decision(row)}


def _decision(row: Report | Appeal) -> dict[str, Any]:
    decided = row.decided_at.isoformat() if row.decided_at else None
    return {"decided": decided, "upheld": row.is_upheld, "answer": row.answer}


def _url(annotation: Annotation, base_url: str) -> str:
    return base_url.rstrip("/") + annotation.get_absolute_url()
