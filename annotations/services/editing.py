"""Mending one's own words shortly after they were written."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations import permissions
from annotations.models import Annotation, Motivation, State
from annotations.models.pages import Moderation
from annotations.services import checking, moments
from annotations.services.checking import Problems, Stretch
from annotations.services.moderating import words_state
from annotations.services.states import change_state, locked
from annotations.services.watching import note_hold, words_that_hold
from annotations.signals import annotation_edited

if TYPE_CHECKING:
    from typing import Any

    from annotations.models import AnnotatedPageMixin
    from annotations.queries import AnnotationQuerySet

PERIOD = timedelta(minutes=15)
"""How long one may mend one's words."""
KINDS = frozenset({Motivation.COMMENTING, Motivation.QUESTIONING, Motivation.EDITING})


@transaction.atomic
def edit_annotation(  # noqa: PLR0913  # the words, and what is said about them
    *,
    annotation: Annotation,
    actor: Any,  # noqa: ANN401  # any user model
    body: str,
    motivation: str = "",
    proposed: str = "",
    seen: str | None = None,
) -> Annotation:
    """Replace the words of one's own annotation or reply; its place stays (law 2).

    Args:
        annotation: Public or waiting for moderation, younger than 15 minutes, not answered.
        actor: Its author.
        body: The new words.
        motivation: Comment, question or suggested edit; empty keeps the kind.
        proposed: The new wording of a suggested edit.
        seen: ``words_state`` of what its author has changed; None where nobody saw a form.

    Returns:
        The annotation as stored.

    Raises:
        PermissionDenied: It is not ``actor``'s own.
        ValidationError: Code ``late``, ``answered``, ``checked``, ``closed``, ``stale`` or
            ``not_public`` where it can't be edited any more; ``changed`` where its words are
            not those that were seen; else by field.
    """
    permissions.require_own(actor, annotation)
    row = locked(annotation)
    if seen is not None and seen != words_state(row):
        message = _(
            "You have changed these words meanwhile, in another window. They are now: %(words)s"
        )
        raise checking.refusal(message, "changed", words=row.proposed or row.comment)
    page = checking.check_page(
        row.version, user=actor, action="reply" if row.reply_to else "annotate"
    )
    _check_still_possible(row, page)
    problems = Problems()
    body = checking.read_text(body, name="body", limit=checking.body_limit(), problems=problems)
    if not row.is_reply:
        _read_kind(row, motivation or row.motivation, proposed, problems)
    problems.stop()
    row.comment, row.edited_at = body, moments.now()
    row.save(
        update_fields=["comment", "motivation", "proposed", "base_hash", "edited_at"],
        force_update=True,
    )
    look_again(row)
    log(instance=row, action="annotations.edit", user=actor, title=str(row.uuid))
    transaction.on_commit(lambda: annotation_edited.send(Annotation, annotation=row))
    return row


def look_again(row: Annotation) -> None:
    """Let public words wait for moderation where a word of the list came in by mending."""
    words = words_that_hold(row)
    if words and row.state == State.PUBLIC:
        note_hold(row, before=change_state(row, State.PENDING), words=words)


def can_edit(user: Any, annotation: Annotation) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody may still mend an annotation."""
    if not permissions.is_own(user, annotation):
        return False
    try:
        check_editing(annotation=annotation, actor=user)
    except (ValidationError, PermissionDenied):
        return False
    return True


def check_editing(*, annotation: Annotation, actor: Any) -> None:  # noqa: ANN401  # any user model
    """Refuse where an annotation can't be mended any more; the exceptions say why.

    Raises:
        PermissionDenied: It is not ``actor``'s own, or on a page that they may not read.
        ValidationError: As ``edit_annotation``.
    """
    permissions.require_own(actor, annotation)
    page = checking.check_page(annotation.version, user=actor, action="annotate")
    _check_still_possible(annotation, page)


def is_recent(annotation: Annotation) -> bool:
    """Tell whether an annotation is young enough to be mended, whatever else may be in the way."""
    return moments.now() - annotation.created_at <= PERIOD


def perhaps_editable(rows: AnnotationQuerySet) -> AnnotationQuerySet:
    """Narrow annotations of one author to those worth a link; ``edit_annotation`` decides."""
    answers = Annotation.objects.filter(
        reply_to=OuterRef("pk"), state__in=(State.PUBLIC, State.PENDING)
    )
    return rows.filter(
        ~Exists(answers),
        created_at__gte=moments.now() - PERIOD,
        state__in=(State.PUBLIC, State.PENDING),
        disposition=None,
    )


def minutes() -> int:
    """Return for how many minutes one may mend one's words."""
    return int(PERIOD.total_seconds() // 60)


def _check_still_possible(row: Annotation, page: AnnotatedPageMixin) -> None:
    """Refuse what is answered, checked, too old, or stands on a version that is closed."""
    if row.state not in {State.PUBLIC, State.PENDING}:
        raise checking.refusal(_("This contribution is not public any more."), "not_public")
    if not is_recent(row):
        raise _late()
    if row.replies.filter(state__in=(State.PUBLIC, State.PENDING)).exists() or row.disposition_id:
        raise checking.refusal(
            _("Somebody has answered already, so the words stay as they are."), "answered"
        )
    if row.state == State.PUBLIC and page.moderation == Moderation.BEFORE:
        raise checking.refusal(
            _("This contribution has been checked already, so the words stay as they are."),
            "checked",
        )
    if row.reply_to is not None:
        checking.check_window(checking.newest_of(row.version))
        checking.check_parent(row.reply_to)
        return
    checking.check_newest(row.version)
    checking.check_window(row.version)


def _late() -> ValidationError:
    return checking.refusal(
        _("Words can be changed for %(minutes)d minutes; that time is over."),
        "late",
        minutes=minutes(),
    )


def _read_kind(row: Annotation, motivation: str, proposed: str, problems: Problems) -> None:
    """Take over kind and proposed wording, noting what is wrong with them."""
    if proposed.strip():
        motivation = Motivation.EDITING
    if motivation not in KINDS:
        problems.add("motivation", _("Please choose what kind of annotation it is."), "invalid")
        return
    row.motivation, row.proposed, row.base_hash = motivation, "", ""
    if motivation == Motivation.EDITING:
        stretch = Stretch(row.start, row.end, row.exact, row.prefix, row.suffix)
        row.proposed = checking.read_proposal(
            proposed, passage=row.passage, stretch=stretch, base_hash="", problems=problems
        )
        row.base_hash = row.passage.text_hash
