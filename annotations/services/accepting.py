"""Accepting suggested edits: their words go into the newest draft, and may be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations import permissions
from annotations.core.applying import CannotApply
from annotations.core.merging import meet, narrowed
from annotations.models import Annotation, AppliedSuggestion, Motivation, Outcome
from annotations.services import moments
from annotations.services.disposing import change_disposition, dispose_annotations
from annotations.services.linking import LINKED_OUTCOMES
from annotations.services.states import locked
from annotations.suggestions import DraftText, Plan, PlanState, is_translated, placed_on_newest
from versioning.core.markup import UnreadableText
from versioning.core.normalizing import normal_text

if TYPE_CHECKING:
    from typing import Any

    from django.db.models import QuerySet
    from wagtail.models import Revision

    from annotations.models import Disposition


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of a suggested edit that was taken back.

    Attributes:
        applied: The record.
        revision: The draft that says again what it said before; None where the words no longer
            stood there, or had stood there before.
    """

    applied: AppliedSuggestion
    revision: Revision | None


@transaction.atomic
def accept_suggestion(  # noqa: PLR0913  # a disposition has as many parts
    *,
    annotation: Annotation,
    actor: Any,  # noqa: ANN401  # any user model
    wording: str | None = None,
    outcome: str = Outcome.ADOPTED,
    reason: str = "",
    seen: str = "",
) -> AppliedSuggestion:
    """Take the words of a suggested edit over into the newest draft, and answer it.

    The draft gets a new revision by the editor. The answer is adopted, or partly adopted, and
    only intended until the version with the words is out. One that has such an answer already
    keeps it.

    Args:
        annotation: A suggested edit that is public.
        actor: An editor of the page.
        wording: What the whole passage shall say instead; None for the suggestion as it is.
        outcome: Adopted or partly adopted.
        reason: Public reason; required with another wording, or where it is partly adopted.
        seen: ``Plan.seen`` of what the editor was shown; refused where the draft differs since.

    Returns:
        The record of what was taken over.

    Raises:
        PermissionDenied: ``actor`` may not dispose on the page.
        ValidationError: The page is locked, the draft has changed (code ``stale``), the words
            changed in the draft (``conflict``), are gone (``gone``) or stand where nothing can be
            put (``by_hand``), the suggestion is in the draft already (``applied``), or see
            ``dispose_annotations``.
    """
    page = _locked_page(annotation, actor)
    row = locked(annotation)
    _check(row, outcome)
    text = DraftText(page)
    plan = _plan(text, row)
    if seen and seen != plan.seen:
        message = _("The draft has changed meanwhile. Please look at it once more.")
        raise ValidationError(message, code="stale")
    after = _after(plan, wording)
    is_same = after == plan.result
    if not is_same and not reason.strip():
        message = _("Please give a reason that everybody can read.")
        raise ValidationError({"reason": ValidationError(message, code="empty")})
    revision = _saved(text, plan, after, actor)
    disposition, is_new = _answered(
        row,
        outcome=outcome,
        reason=reason,
        actor=actor,
        is_intended=revision is not None or not text.is_published(plan),
    )
    _open_records(row).update(taken_back_at=moments.now(), taken_back_by=actor)
    applied = AppliedSuggestion.objects.create(
        annotation=row,
        disposition=disposition,
        revision=revision,
        block=plan.block,
        before=plan.text,
        after=after,
        with_changes=not is_same,
        made_disposition=is_new,
        at=moments.now(),
        by=actor,
    )
    _note(applied, "annotations.accept", actor, revision)
    return applied


@transaction.atomic
def take_back(*, annotation: Annotation, actor: Any) -> TakenBack:  # noqa: ANN401  # any user model
    """Undo the acceptance of a suggested edit while its answer is not public.

    The old words return to the draft if the new ones still stand there; else the draft stays as it
    is, and the editor has to look at it. Where accepting was the answer, the annotation is open
    again; what was decided stays in the history.

    Args:
        annotation: A suggested edit that was accepted.
        actor: An editor of the page.

    Raises:
        PermissionDenied: ``actor`` may not dispose on the page.
        ValidationError: The page is locked, nothing was accepted (code ``nothing``), or the answer
            is public already (``public``).
    """
    page = _locked_page(annotation, actor)
    row = locked(annotation)
    applied = _active(row)
    revision = _returned(DraftText(page), applied, actor)
    applied.taken_back_at, applied.taken_back_by = moments.now(), actor
    applied.words_returned = revision is not None
    applied.save()
    if applied.made_disposition and row.disposition_id == applied.disposition_id:
        row.disposition = None
        row.save(update_fields=["disposition"])
    _note(applied, "annotations.take_back", actor, revision)
    return TakenBack(applied, revision)


def _locked_page(annotation: Annotation, actor: Any) -> Any:  # noqa: ANN401  # a page of any type
    """Return the page as stored, locked until the transaction ends, if somebody may change it.

    Raises:
        PermissionDenied: They may not dispose on it.
        ValidationError: It is locked, in a workflow of others, or follows another page.
    """
    specific = annotation.version.page.specific_class
    page = specific._base_manager.select_for_update().get(pk=annotation.version.page_id)
    permissions.require(actor, "dispose", page)
    if page.alias_of_id:
        raise ValidationError(_("This page follows another one: change it there."), code="alias")
    lock = page.get_lock()
    if lock is not None and lock.for_user(actor):
        raise ValidationError(_("This page is locked: it cannot be changed now."), code="locked")
    return page


def _check(row: Annotation, outcome: str) -> None:
    if row.motivation != Motivation.EDITING or row.is_reply or not row.proposed:
        raise ValidationError(_("This is no suggested edit."), code="kind")
    if _open_records(row).filter(disposition__missing=False).exists():
        raise ValidationError(_("This suggestion is in the draft already."), code="applied")
    if outcome not in LINKED_OUTCOMES:
        message = _("What goes into the draft is adopted or partly adopted.")
        raise ValidationError({"outcome": ValidationError(message, code="invalid")})


def _plan(text: DraftText, row: Annotation) -> Plan:
    """Return what accepting means now.

    Raises:
        ValidationError: The draft cannot be read.
    """
    try:
        lineage = text.lineage
        if lineage is None:
            return Plan(row, PlanState.GONE)
        placed = placed_on_newest(row, lineage.version.pk)
        return text.plan(row, placed=placed)
    except UnreadableText as error:
        raise ValidationError(_("The text is nested too deeply."), code="by_hand") from error


def _after(plan: Plan, wording: str | None) -> str:
    """Return what the passage shall say.

    Raises:
        ValidationError: Nothing can be put there, or an editor has to choose the words.
    """
    if plan.index is None:
        message = _("The passage is no longer in the draft. Please change the draft by hand.")
        raise ValidationError(message, code="gone")
    if wording is None and plan.state == PlanState.CONFLICT:
        message = _("These words have changed in the draft. Please choose the wording.")
        raise ValidationError(message, code="conflict")
    after = plan.result if wording is None else normal_text(wording)
    if not after:
        message = _("Please write what the passage shall say.")
        raise ValidationError({"wording": ValidationError(message, code="empty")})
    return after


def _saved(text: DraftText, plan: Plan, after: str, actor: Any) -> Revision | None:  # noqa: ANN401
    """Store a draft in which the passage says something else; None where it says so already.

    Raises:
        ValidationError: No stored value can hold just these words.
    """
    if plan.index is None or after == plan.text:
        return None
    if is_translated(text.page):
        message = _("This page is a translation: change the words in the translation.")
        raise ValidationError(message, code="by_hand")
    try:
        changed = text.with_passage(plan.index, after)
    except (CannotApply, UnreadableText) as error:
        message = _("These words can only be changed in the page editor.")
        raise ValidationError(message, code="by_hand") from error
    return _stored(changed, actor)


def _stored(draft: Any, actor: Any) -> Revision:  # noqa: ANN401  # a page and a user of any model
    """Store a draft as the page editor does: a used plan of the next version is not kept."""
    draft.drop_used_plan()
    revision: Revision = draft.save_revision(user=actor, log_action=True, clean=False)
    return revision


def _answered(
    row: Annotation,
    *,
    outcome: str,
    reason: str,
    actor: Any,  # noqa: ANN401  # any user model
    is_intended: bool,
) -> tuple[Disposition, bool]:
    """Return the answer, and whether it is a new one.

    An answer that stands and says the same stays; another one of this annotation alone changes.

    Raises:
        ValidationError: See ``dispose_annotations`` and ``change_disposition``.
    """
    standing = row.disposition
    if standing is None or standing.missing:
        disposition = dispose_annotations(
            annotations=[row],
            outcome=outcome,
            reason=reason,
            actor=actor,
            is_intended=is_intended,
        )
        return disposition, True
    is_same = standing.outcome == outcome and reason.strip() in {"", standing.reason}
    if is_same:
        return standing, False
    if standing.annotations.count() > 1:
        message = _("This is answered together with others. Please change that answer first.")
        raise ValidationError(message, code="group")
    return (
        change_disposition(
            disposition=standing,
            outcome=outcome,
            reason=reason,
            actor=actor,
            due_on=standing.due_on,
            changes=(),
            is_intended=is_intended,
        ),
        False,
    )


def _open_records(row: Annotation) -> QuerySet[AppliedSuggestion]:
    """Return what was accepted and not taken back, at most one.

    Where the version came out without the words, the record stays until the suggestion is accepted
    once more.
    """
    return AppliedSuggestion.objects.filter(annotation=row, taken_back_at=None)


def _active(row: Annotation) -> AppliedSuggestion:
    """Return what was accepted and may be taken back.

    Raises:
        ValidationError: There is nothing, or its answer is public.
    """
    applied = _open_records(row).select_related("disposition").first()
    if applied is None:
        raise ValidationError(_("Nothing was taken over here."), code="nothing")
    if applied.disposition.public_at is not None:
        message = _("The answer is public already. Please change the answer and the draft by hand.")
        raise ValidationError(message, code="public")
    return applied


def _returned(text: DraftText, applied: AppliedSuggestion, actor: Any) -> Revision | None:  # noqa: ANN401
    """Put the old words back where the new ones still stand; None where they do not."""
    if applied.before == applied.after or is_translated(text.page):
        return None
    back = narrowed(applied.after, applied.before)
    try:
        for index in _candidates(text, applied):
            now = text.passages[index].text
            meeting = meet(applied.after, back, now)
            if meeting.state in {"clean", "merged"}:
                changed = text.with_passage(index, meeting.text)
                revision: Revision = changed.save_revision(user=actor, log_action=True, clean=False)
                return revision
    except (CannotApply, UnreadableText):
        return None
    return None


def _candidates(text: DraftText, applied: AppliedSuggestion) -> list[int]:
    """Return where the words may stand: just as they were put, in their block, in their passage."""
    passages = list(enumerate(text.passages))
    same = [index for index, one in passages if one.text == applied.after]
    here = [index for index in same if passages[index][1].block == applied.block]
    row = applied.annotation
    lineage = text.lineage
    placed = placed_on_newest(row, lineage.version.pk) if lineage else None
    return list(dict.fromkeys([*here, *same, *text.places_of(row, placed)]))


def _note(
    applied: AppliedSuggestion,
    action: str,
    actor: Any,  # noqa: ANN401  # any user model
    revision: Revision | None,
) -> None:
    """Write it into the history of the page."""
    log(
        instance=applied.disposition.page.specific,
        action=action,
        user=actor,
        revision=revision,
        data={"annotation": str(applied.annotation.uuid), "with_changes": applied.with_changes},
    )
