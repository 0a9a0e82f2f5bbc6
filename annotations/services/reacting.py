"""Answering back: authors agree with a disposition or object to it, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations import permissions
from annotations.models import Annotation, Reaction, State
from annotations.services import checking, moments
from annotations.services.checking import Problems
from annotations.services.queueing import note_news
from annotations.services.signed_links import SignedKeys
from annotations.services.states import locked
from annotations.services.token_errors import TokenUnknown

if TYPE_CHECKING:
    from typing import Any

_LINKS = SignedKeys("annotations.reaction")


@transaction.atomic
def react(*, annotation: Annotation, actor: Any, agrees: bool, reason: str = "") -> Reaction:  # noqa: ANN401
    """Store what an author says to the answer; it is public beside the answer.

    Args:
        annotation: With a public disposition.
        actor: Its author.
        agrees: Agreement, or objection.
        reason: Plain text; required for an objection.

    Raises:
        PermissionDenied: It is not ``actor``'s own.
        ValidationError: There is no public answer (``not_answered``), it was said already
            (``reacted``), or by field.
    """
    permissions.require_own(actor, annotation)
    return _store(annotation, actor, agrees=agrees, reason=reason)


@transaction.atomic
def react_by_link(*, token: str, agrees: bool, reason: str = "") -> Reaction:
    """Store what a guest says to the answer, by the link that only its author has.

    Args:
        token: Of the mail with the answer.
        agrees: Agreement, or objection.
        reason: Plain text; required for an objection.

    Raises:
        TokenUnknown: It is none of ours.
        ValidationError: As ``react``, or code ``erased``.
    """
    return _store(annotation_of(token), None, agrees=agrees, reason=reason)


def token_of(annotation: Annotation) -> str:
    """Return the token of a guest's link; nobody can guess it, and nothing stores it."""
    return _LINKS.token_of(annotation.pk)


def annotation_of(token: str) -> Annotation:
    """Return the annotation of the guest who has a link.

    Raises:
        TokenUnknown: There is none.
        ValidationError: Code ``erased``: its author's address is no longer here.
    """
    rows = Annotation.objects.roots().filter(user=None)
    found: Annotation | None = rows.filter(pk=_LINKS.key_of(token)).first()
    if found is None:
        raise TokenUnknown
    if not found.user_email:
        message = _("Your address is erased here, so this link does nothing any more.")
        raise checking.refusal(message, "erased")
    return found


def can_react(user: Any, annotation: Annotation) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody may say now what they think of the answer to an annotation."""
    return permissions.is_own(user, annotation) and is_to_be_said(annotation)


def is_to_be_said(annotation: Annotation) -> bool:
    """Tell whether the author of an annotation has an answer and has said nothing to it yet."""
    answer = annotation.disposition
    return (
        annotation.state == State.PUBLIC
        and answer is not None
        and answer.public_at is not None
        and not Reaction.objects.filter(annotation=annotation).exists()
    )


def why_not(annotation: Annotation) -> str:
    """Say why nothing can be said to the answer."""
    if Reaction.objects.filter(annotation=annotation).exists():
        return _("You have said already what you think of this answer.")
    return _("The editors have not answered this in public yet.")


def _store(annotation: Annotation, actor: Any, *, agrees: bool, reason: str) -> Reaction:  # noqa: ANN401
    row = locked(annotation)
    if not is_to_be_said(row):
        said = Reaction.objects.filter(annotation=row).exists()
        raise ValidationError(why_not(row), code="reacted" if said else "not_answered")
    problems = Problems()
    limit = checking.body_limit()
    words = reason.strip()
    if words or not agrees:
        words = checking.read_text(reason, name="reason", limit=limit, problems=problems)
    problems.stop()
    made = Reaction.objects.create(
        annotation=row,
        disposition_id=row.disposition_id,
        agrees=agrees,
        reason=words,
        at=moments.now(),
    )
    log(instance=row, action="annotations.react", user=actor, title=str(row.uuid))
    if not agrees:
        note_news(f"objection:{made.pk}")
    return made
