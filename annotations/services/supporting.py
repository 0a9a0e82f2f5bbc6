"""Supporting an annotation: one voice a person, nothing stored about the person but a keyed hash.

Only annotations are supported, no replies. Supporting and taking it back are possible while the
newest version takes annotations; afterwards the number stays. Nothing here goes into a log with a
name: it would tell who supports what.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from annotations import permissions
from annotations.models import Annotation, State, Support
from annotations.services import checking, confirming, mails, moments, persons
from annotations.services.checking import Problems
from annotations.services.limits import count_confirm_mail, count_voice
from annotations.services.states import locked
from annotations.signals import annotation_supported

if TYPE_CHECKING:
    from typing import Any

    from django.core.exceptions import ValidationError

    from annotations.models import ConfirmationToken, OutboxMail

logger = logging.getLogger("synopse.annotations")

SUPPORT = "support"
TAKE_BACK = "take_back"
PURPOSES = (SUPPORT, TAKE_BACK)


@transaction.atomic
def support_annotation(*, annotation: Annotation, user: Any) -> Annotation:  # noqa: ANN401
    """Count the voice of an account for an annotation, once.

    Args:
        annotation: Public, on a page whose newest version takes annotations.
        user: The account; not the author.

    Returns:
        The annotation with the number as it is now.

    Raises:
        PermissionDenied: Nobody is signed in, or ``user`` may not read the page.
        ValidationError: Code ``own``, ``reply``, ``not_public``, ``closed`` or ``unpublished``.
    """
    permissions.require_person(user)
    row = locked(annotation)
    check_supportable(row, user=user)
    if is_own(user, row):
        raise checking.refusal(_("This is your own annotation."), "own")
    keys = persons.keys_of(user)
    if not row.supports.filter(person_key__in=keys, confirmed_at__isnull=False).exists():
        support, _made = row.supports.get_or_create(person_key=persons.key_of_account(user))
        _confirm(row, support)
    return row


@transaction.atomic
def withdraw_support(*, annotation: Annotation, user: Any) -> Annotation:  # noqa: ANN401
    """Take the voice of an account back; one that never was counted changes nothing.

    Raises:
        PermissionDenied: Nobody is signed in, or ``user`` may not read the page.
        ValidationError: See ``support_annotation``.
    """
    permissions.require_person(user)
    row = locked(annotation)
    check_supportable(row, user=user)
    for support in row.supports.filter(person_key__in=persons.keys_of(user)):
        _take_back(row, support)
    return row


@transaction.atomic
def ask_to_support(
    *,
    annotation: Annotation,
    email: str,
    base_url: str,
    network: str = "",
    consent: int | None = None,
) -> OutboxMail:
    """Send a guest the link that counts the voice, or takes it back where it counts already.

    The answer is the same in every case, so that nobody learns from it what an address has done;
    the mail says it to its owner.

    Args:
        annotation: See ``support_annotation``.
        email: The guest's address; only a keyed hash of it is kept with the voice.
        base_url: Begin of the link in the mail.
        network: Hash of the guest's network, see ``networks.network_of``.
        consent: The version of the words that stood below the form, see ``consents.seen``.

    Raises:
        PermissionDenied: Guests may not read the page.
        ValidationError: By field, or see ``support_annotation``.
    """
    problems = Problems()
    email = checking.read_address(email, problems)
    problems.stop()
    row = locked(annotation)
    check_supportable(row, user=None)
    count_voice(network=network)
    count_confirm_mail(email)
    if persons.has_written(row, email=email):
        return mails.mail_support(annotation=row, to=email, purpose="own", base_url=base_url)
    support, _made = row.supports.get_or_create(
        person_key=persons.key_of_address(email), defaults={"consent_id": consent}
    )
    purpose = SUPPORT if support.confirmed_at is None else TAKE_BACK
    _token, raw = confirming.make_token(
        purpose=purpose, about={"annotation": row, "support": support}
    )
    return mails.mail_support(
        annotation=row, to=email, purpose=purpose, token=raw, base_url=base_url
    )


@transaction.atomic
def confirm_support(*, token: str) -> ConfirmationToken:
    """Do what the link of a mail is for: count a guest's voice, or take it back.

    Returns:
        The used token, with the annotation as it is now.

    Raises:
        TokenError: See ``confirming.find_token``.
        ValidationError: See ``support_annotation``.
    """
    found = confirming.find_token(token, purposes=PURPOSES).annotation
    assert found is not None  # noqa: S101  # such tokens are about one
    row = locked(found)  # before the token: whoever takes a voice back locks in this order
    taken = confirming.take_token(token, purposes=PURPOSES)
    taken.annotation = row
    check_supportable(row, user=None)
    support = taken.support
    if support is None:
        raise confirming.TokenUnknown
    act = _confirm if taken.purpose == SUPPORT else _take_back
    act(row, support)
    return taken


def supports(user: Any, annotation: Annotation) -> bool:  # noqa: ANN401  # any user model
    """Tell whether the voice of an account counts for an annotation."""
    if not permissions.is_person(user):
        return False
    mine = annotation.supports.filter(
        person_key__in=persons.keys_of(user), confirmed_at__isnull=False
    )
    return bool(mine.exists())


def is_own(user: Any, annotation: Annotation) -> bool:  # noqa: ANN401  # any user model
    """Tell whether an account has written an annotation, also as a guest with its address."""
    return permissions.is_person(user) and persons.has_written(annotation, user=user)


def check_supportable(annotation: Annotation, *, user: Any) -> None:  # noqa: ANN401
    """Refuse what nobody can support, or not any more.

    Raises:
        PermissionDenied: ``user`` may not read the page.
        ValidationError: Code ``reply``, ``not_public``, ``closed`` or ``unpublished``.
    """
    checking.check_page(annotation.version, user=user, action="support")
    if annotation.is_reply:
        raise checking.refusal(_("Only annotations can be supported, no replies."), "reply")
    if annotation.state != State.PUBLIC:
        raise not_public()
    if not checking.newest_of(annotation.version).is_open(moments.now()):
        raise checking.refusal(
            _("The time to support annotations is over, or has not begun yet. The number stays."),
            "closed",
        )


def not_public() -> ValidationError:
    """Return the refusal of what is hidden, withdrawn or waits to be checked."""
    sentence = _("This annotation can't be supported, since it is not public.")
    return checking.refusal(sentence, "not_public")


def _confirm(row: Annotation, support: Support) -> None:
    """Count a voice that was not counted yet; the caller has locked the annotation."""
    if support.confirmed_at is not None:
        return
    support.confirmed_at = moments.now()
    support.save(update_fields=["confirmed_at"])
    _count(row, 1)


def _take_back(row: Annotation, support: Support) -> None:
    was_counted = support.confirmed_at is not None
    support.delete()
    if was_counted:
        _count(row, -1)


def _count(row: Annotation, step: int) -> None:
    Annotation.objects.filter(pk=row.pk).update(support_count=F("support_count") + step)
    row.refresh_from_db(fields=["support_count"])
    logger.info("annotation %s is supported by %s", row.uuid, row.support_count)
    transaction.on_commit(lambda: annotation_supported.send(Annotation, annotation=row))
