"""Answering back: authors agree with a disposition or object to it, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations import permissions
from annotations.models import Reaction, State
from annotations.services import checking, moments
from annotations.services.checking import Problems
from annotations.services.queueing import note_news
from annotations.services.states import locked

if TYPE_CHECKING:
    from typing import Any

    from annotations.models import Annotation


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
    row = locked(annotation)
    if not can_react(actor, row):
        said = Reaction.objects.filter(annotation=row).exists()
        message = (
            _("You have said already what you think of this answer.")
            if said
            else _("The editors have not answered this in public yet.")
        )
        raise ValidationError(message, code="reacted" if said else "not_answered")
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


def can_react(user: Any, annotation: Annotation) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody may say now what they think of the answer to an annotation."""
    answer = annotation.disposition
    return (
        permissions.is_own(user, annotation)
        and annotation.state == State.PUBLIC
        and answer is not None
        and answer.public_at is not None
        and not Reaction.objects.filter(annotation=annotation).exists()
    )
