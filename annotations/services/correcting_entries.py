"""Mending typing errors in what staff entered from workshops, interviews and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations.models import Annotation, Source, State
from annotations.services import checking, moments
from annotations.services.checking import Problems
from annotations.services.editing import look_again
from annotations.services.entering import Contribution, check_open, read_again
from annotations.services.moderating import words_state
from annotations.services.states import locked
from annotations.signals import annotation_edited
from versioning import stamps

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

FIELDS = ("source", "created_at", "user_name", "motivation", "comment", "proposed", "base_hash")


class Correction(NamedTuple):
    """What an entry shall say; its passage and the words that it is about stay (law 2).

    Attributes:
        source: Where it came from: workshop, interview or letter.
        made_on: The day on which it was said or written.
        name: Of its author, or a label.
        motivation: Comment, question or suggested edit.
        body: What was said.
        proposed: The proposed wording of a suggested edit.
    """

    source: str
    made_on: date | None
    name: str
    motivation: str
    body: str
    proposed: str = ""


@transaction.atomic
def correct_entry(
    *,
    annotation: Annotation,
    actor: Any,  # noqa: ANN401  # any user model
    correction: Correction,
    seen: str | None = None,
) -> Annotation:
    """Mend an entry until somebody has answered, replied to or supported it.

    Args:
        annotation: Entered by staff, on the newest version, public or waiting for moderation.
        actor: Who mends it: whoever may enter there.
        correction: All that it shall say, mended or not.
        seen: ``words_state`` of what the person has mended; None where nobody saw a form.

    Returns:
        The annotation as stored; without a change it stays as it is.

    Raises:
        PermissionDenied: ``actor`` may not dispose on the page, or nobody of the staff wrote it.
        ValidationError: Code ``answered``, ``not_public``, ``stale`` or ``handed_over`` where
            nothing can be mended any more; ``changed`` where somebody has mended it meanwhile;
            else by field.
    """
    row = locked(annotation)
    check_correcting(annotation=row, actor=actor)
    if seen is not None and seen != words_state(row):
        message = _("Somebody has mended this meanwhile. It says now: %(words)s")
        raise checking.refusal(message, "changed", words=row.comment)
    problems = Problems()
    read = read_again(row, _contribution(row, correction), problems)
    problems.stop()
    if timezone.localdate(read.created_at) == timezone.localdate(row.created_at):
        read.created_at = row.created_at
    changed = [name for name in FIELDS if getattr(read, name) != getattr(row, name)]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, getattr(read, name))
    row.edited_at = moments.now()
    row.save(update_fields=[*changed, "edited_at"], force_update=True)
    look_again(row)
    stamps.touch(row.version.page_id)
    data = {"annotation": row.pk, "changed": [name for name in changed if name != "base_hash"]}
    page = row.version.page.specific_deferred
    log(instance=page, action="annotations.correct_entry", user=actor, data=data)
    transaction.on_commit(lambda: annotation_edited.send(Annotation, annotation=row))
    return row


def check_correcting(*, annotation: Annotation, actor: Any) -> None:  # noqa: ANN401  # any user model
    """Refuse where an entry can't be mended any more; the exceptions say why.

    Raises:
        PermissionDenied: As ``correct_entry``.
        ValidationError: As ``correct_entry``, without those by field.
    """
    if annotation.source == Source.ONLINE or annotation.is_reply:
        raise PermissionDenied
    check_open(annotation.version, actor=actor)
    if annotation.state not in {State.PUBLIC, State.PENDING}:
        raise checking.refusal(_("This contribution is not public any more."), "not_public")
    if annotation.disposition_id or annotation.support_count or _has_replies(annotation):
        message = _(
            "Somebody has answered, replied to or supported these words already, so they stay."
        )
        raise checking.refusal(message, "answered")


def can_correct(user: Any, annotation: Annotation) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody may mend an entry now."""
    try:
        check_correcting(annotation=annotation, actor=user)
    except (ValidationError, PermissionDenied):
        return False
    return True


def _has_replies(annotation: Annotation) -> bool:
    return annotation.replies.filter(state__in=(State.PUBLIC, State.PENDING)).exists()


def _contribution(row: Annotation, correction: Correction) -> Contribution:
    """Return what is to be read, at the place where the entry stands."""
    return Contribution(passage=row.passage, start=row.start, end=row.end, **correction._asdict())
