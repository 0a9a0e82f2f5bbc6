"""Moderation: hiding, showing again, releasing, and withdrawing one's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations import permissions
from annotations.models import Basis, ModerationEvent, State
from annotations.services.mails import mail_reply
from annotations.services.reasons import statements_for, tell_author
from annotations.services.states import HIDDEN_STATES, change_state, locked
from versioning.core.sanitizing import TextTooLong, plain_text

if TYPE_CHECKING:
    from typing import Any

    from annotations.models import Annotation, Report

GROUND_LIMIT = 3_000


@transaction.atomic
def hide_annotation(  # noqa: PLR0913  # a statement of reasons has as many parts
    *,
    annotation: Annotation,
    actor: Any,  # noqa: ANN401  # any user model
    ground: str,
    state: str = State.HIDDEN,
    basis: str = "",
    fact: str = "",
    report: Report | None = None,
    base_url: str = "",
    seen: str | None = None,
) -> Annotation:
    """Take an annotation or reply out of sight, and tell its author why.

    Its replies stay as they are. For what is hidden already it is a new statement of reasons, with
    another ground or of another kind; whoever made somebody look at it stays the reason for both.

    Args:
        annotation: Public, waiting or hidden for another ground.
        actor: A moderator.
        ground: Why; the author reads it, and it stays in the log.
        state: Hidden, spam or illegal; only hidden ones still need a disposition.
        basis: The law or the rules for contributions; empty for the rules, or for the law where
            it is illegal.
        fact: What was found, where the words alone do not say it; the author reads it, too.
        report: Because of which somebody looked at it.
        base_url: Begin of the links in the author's mail.
        seen: ``statement_state`` of what the moderator has read; None where nobody read a page
            before. Only whoever has read the ground may change it within the same kind.

    Raises:
        PermissionDenied: ``actor`` may not moderate.
        ValidationError: The ground is missing, somebody has decided since it was read, or the step
            is not possible.
    """
    permissions.require(actor, "moderate", annotation.version.page)
    if state not in HIDDEN_STATES:
        raise ValidationError(_("Please choose hidden, spam or illegal."), code="state")
    reasons = {
        "ground": _ground(ground),
        "basis": _basis(basis, state),
        "fact": _short(fact, "fact"),
    }
    if not reasons["ground"]:
        message = _("Please say why this is hidden.")
        raise ValidationError({"ground": ValidationError(message, code="empty")})
    row = locked(annotation)
    before = _statement_before(row, seen)
    if before is not None and report is None:
        report = before.report
    event = _moderate(
        annotation,
        row=row,
        state=state,
        actor=actor,
        verb="hide",
        restates=seen is not None and before is not None,
        report=report,
        **reasons,
    )[1]
    tell_author(event=event, base_url=base_url)
    return row


@transaction.atomic
def show_annotation(
    *,
    annotation: Annotation,
    actor: Any,  # noqa: ANN401  # any user model
    ground: str = "",
) -> Annotation:
    """Show an annotation or reply again that was hidden.

    Raises:
        PermissionDenied: ``actor`` may not moderate.
        ValidationError: It is not hidden.
    """
    permissions.require(actor, "moderate", annotation.version.page)
    if annotation.state not in HIDDEN_STATES:
        raise ValidationError(_("This is not hidden."), code="state")
    return _moderate(
        annotation, state=State.PUBLIC, actor=actor, ground=_ground(ground), verb="show"
    )[0]


@transaction.atomic
def release_annotation(
    *,
    annotation: Annotation,
    actor: Any,  # noqa: ANN401  # any user model
    base_url: str = "",
    seen: str | None = None,
) -> Annotation:
    """Publish what waited for moderation, and tell the author of what it answers.

    Args:
        annotation: What waits.
        actor: A moderator.
        base_url: For addresses in mails.
        seen: ``words_state`` of what the moderator has read; None where nobody read a page before.

    Raises:
        PermissionDenied: ``actor`` may not moderate.
        ValidationError: It does not wait, or its author has mended it since it was read.
    """
    permissions.require(actor, "moderate", annotation.version.page)
    if seen is not None and seen != words_state(locked(annotation)):
        message = _("The author has changed these words meanwhile. Please read them again.")
        raise ValidationError(message, code="stale")
    if annotation.state != State.PENDING:
        raise ValidationError(_("This does not wait for moderation."), code="state")
    released = _moderate(annotation, state=State.PUBLIC, actor=actor, verb="release")[0]
    mail_reply(reply=released, base_url=base_url)
    return released


def words_state(annotation: Annotation) -> str:
    """Return which state of its words an annotation has, empty for the first one."""
    return annotation.edited_at.isoformat() if annotation.edited_at else ""


def statement_state(annotation: Annotation) -> str:
    """Return which statement of reasons holds for an annotation, empty where it is in sight."""
    statement = statements_for([annotation]).get(annotation.pk)
    return str(statement.pk) if statement else ""


@transaction.atomic
def withdraw_annotation(*, annotation: Annotation, actor: Any) -> Annotation:  # noqa: ANN401
    """Take back one's own annotation or reply; this can't be undone.

    Raises:
        PermissionDenied: It is not ``actor``'s own.
        ValidationError: It is withdrawn already.
    """
    permissions.require_withdraw(actor, annotation)
    return _moderate(annotation, state=State.WITHDRAWN, actor=actor, verb="withdraw")[0]


def _statement_before(row: Annotation, seen: str | None) -> ModerationEvent | None:
    """Return the statement that holds; refuse where it is not the one that somebody has read."""
    statement = statements_for([row]).get(row.pk)
    if seen is not None and seen != (str(statement.pk) if statement else ""):
        message = _(
            "Somebody else has decided on this contribution meanwhile. Please open it again and "
            "look at what holds now."
        )
        raise ValidationError(message, code="stale")
    return statement


def _moderate(  # noqa: PLR0913  # an act has as many parts
    annotation: Annotation,
    *,
    state: str,
    actor: Any,  # noqa: ANN401  # any user model
    verb: str,
    row: Annotation | None = None,
    restates: bool = False,
    **reasons: Any,  # noqa: ANN401  # of the log
) -> tuple[Annotation, ModerationEvent]:
    row = row or locked(annotation)
    is_same = restates and row.state == state
    before = row.state if is_same else change_state(row, state)
    event = ModerationEvent.objects.create(
        annotation=row, by=actor, before=before, after=state, **reasons
    )
    log(instance=row, action=f"annotations.{verb}", user=actor, title=str(row.uuid))
    annotation.state, annotation.is_public = row.state, row.is_public
    annotation.is_removed = row.is_removed
    return row, event


def _basis(basis: str, state: str) -> str:
    basis = basis or (Basis.LAW if state == State.ILLEGAL else Basis.HOUSE_RULES)
    if basis not in Basis.values:
        message = _("Please choose the law or the rules for contributions.")
        raise ValidationError({"basis": ValidationError(message, code="invalid")})
    if state == State.ILLEGAL and basis != Basis.LAW:
        message = _("What is illegal is against the law: please choose that.")
        raise ValidationError({"basis": ValidationError(message, code="contradiction")})
    return basis


def _ground(text: str) -> str:
    return _short(text, "ground")


def _short(text: str, name: str) -> str:
    try:
        return plain_text(text, limit=GROUND_LIMIT)
    except TextTooLong as error:
        message = _("These words may have %(limit)d characters at most.") % {"limit": error.limit}
        raise ValidationError({name: ValidationError(message, code="too_long")}) from error
