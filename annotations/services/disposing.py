"""Disposing: the editors answer annotations, in public and with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from annotations import permissions
from annotations.models import Annotation, Disposition, DispositionEvent, Outcome
from annotations.models.dispositions import REASON_REQUIRED
from annotations.models.pages import DispositionsPublic
from annotations.queries import NOT_COUNTED
from annotations.services import linking, moments, reacting
from annotations.services.mails import mail_disposition
from annotations.signals import annotations_disposed
from versioning import stamps
from versioning.core.sanitizing import TextTooLong, plain_text
from versioning.models import Change, Version

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from typing import Any

REASON_LIMIT = 10_000
OFFICE_LIMIT = 120


@transaction.atomic
def dispose_annotations(  # noqa: PLR0913  # a disposition has as many parts
    *,
    annotations: Sequence[Annotation],
    outcome: str,
    reason: str,
    actor: Any,  # noqa: ANN401  # any user model
    internal_note: str = "",
    office: str = "",
    due_on: date | None = None,
    changes: Iterable[Change] = (),
    is_intended: bool = False,
) -> Disposition:
    """Answer annotations with one disposition.

    It becomes public with the next version, or at once where the page says so or the version
    after the annotations is out already; then its changes are looked for at once.

    Args:
        annotations: Confirmed annotations of one page, at least one; no replies.
        outcome: What the editors decide.
        reason: Public reason; required unless the outcome is adopted or noted.
        actor: The editor who answers for it.
        internal_note: Never public.
        office: Who is responsible.
        due_on: Until when something will be done.
        changes: Changes that it explains, of any version of the page; without them those are
            taken that touch the annotated words.
        is_intended: The words are still to come, so that no change of a version that is out
            already is taken.

    Returns:
        The stored disposition, linked to every annotation.

    Raises:
        PermissionDenied: ``actor`` may not dispose on the page.
        ValidationError: A reason is missing, or an annotation is pending, answered already, or
            of another page.
    """
    rows = _locked(annotations)
    page = rows[0].version.page
    permissions.require(actor, "dispose", page)
    _check_annotations(rows)
    disposition = Disposition(
        page=page,
        decided_by=actor,
        decided_at=moments.now(),
        **_checked_words(outcome, reason, internal_note, office),
        due_on=due_on,
    )
    disposition.full_clean(exclude=["page", "decided_by"])
    disposition.save()
    Annotation.objects.filter(pk__in=[row.pk for row in rows]).update(disposition=disposition)
    _settle(disposition, changes=changes, is_intended=is_intended)
    _record(disposition, actor=actor, verb="dispose")
    return disposition


@transaction.atomic
def change_disposition(  # noqa: PLR0913  # see dispose_annotations
    *,
    disposition: Disposition,
    outcome: str,
    reason: str,
    actor: Any,  # noqa: ANN401  # any user model
    internal_note: str | None = None,
    office: str | None = None,
    due_on: date | None = None,
    changes: Iterable[Change] | None = None,
    is_intended: bool = False,
    seen: str | None = None,
) -> Disposition:
    """Answer the same annotations otherwise; what was said before stays in the history.

    Args:
        disposition: The one that is changed; it stays public if it was.
        outcome: What the editors decide now.
        reason: Public reason.
        actor: The editor who answers for it.
        internal_note: Nothing keeps the old one.
        office: Nothing keeps the old one.
        due_on: Until when something will be done.
        changes: Changes that it explains; nothing keeps those it has.
        is_intended: The words are still to come, see ``dispose_annotations``.
        seen: The ``state_of`` the answer that ``actor`` has read; nothing asks for no check.

    Raises:
        PermissionDenied: ``actor`` may not dispose on the page.
        ValidationError: A reason is missing, or a change is of another page; or with the code
            "stale", somebody else has changed the answer meanwhile.
    """
    row = Disposition.objects.select_for_update(of=("self",)).get(pk=disposition.pk)
    permissions.require(actor, "dispose", row.page)
    if seen is not None and seen != state_of(row):
        message = _("Somebody else has changed this answer meanwhile. Nothing is saved yet.")
        raise ValidationError(message, code="stale")
    words = _checked_words(
        outcome,
        reason,
        row.internal_note if internal_note is None else internal_note,
        row.office if office is None else office,
    )
    for name, value in words.items():
        setattr(row, name, value)
    row.due_on, row.decided_by, row.decided_at = due_on, actor, moments.now()
    row.missing = False
    row.full_clean(exclude=["page", "decided_by"])
    row.save()
    chosen = row.changes.all() if changes is None else changes
    _settle(row, changes=chosen, is_intended=is_intended)
    _record(row, actor=actor, verb="change_disposition")
    return row


def state_of(disposition: Disposition) -> str:
    """Return which state an answer has; every change makes another one."""
    newest = disposition.events.order_by("-pk").values_list("pk", flat=True).first()
    return str(newest or "")


def publish_dispositions(*, version: Version) -> int:
    """Make public what was decided about the versions before; never half of a group.

    A disposition whose announced words are missing stays back, since it is open again; so does
    one that also answers annotations of this very version.

    Returns:
        How many became public.
    """
    waiting = (
        Disposition.objects.filter(
            page_id=version.page_id,
            public_at=None,
            missing=False,
            annotations__version__number__lt=version.number,
        )
        .exclude(annotations__version__number__gte=version.number)
        .distinct()
    )
    return sum(_publish(disposition.pk) for disposition in waiting)


def _locked(annotations: Sequence[Annotation]) -> list[Annotation]:
    """Return the stored annotations, locked in the order of their keys.

    Their dispositions are read behind the lock: a joined row would be that of before it.
    """
    if not annotations:
        raise ValidationError(_("Please choose at least one annotation."), code="empty")
    return list(
        Annotation.objects.select_for_update(of=("self",))
        .filter(pk__in={annotation.pk for annotation in annotations})
        .select_related("version__page")
        .order_by("pk")
    )


def _check_annotations(rows: Collection[Annotation]) -> None:
    if len({row.version.page_id for row in rows}) > 1:
        raise ValidationError(_("All annotations must be of one page."), code="other_page")
    for row in rows:
        if row.is_reply:
            message = _("Replies need no disposition; please choose what they answer.")
            raise ValidationError(message, code="reply")
        if row.state == "pending":
            message = _("An annotation waits for moderation; it must be released or hidden first.")
            raise ValidationError(message, code="pending")
        if row.state in NOT_COUNTED:
            message = _("An annotation is in the state “%(state)s” and gets no disposition.")
            params = {"state": row.get_state_display()}
            raise ValidationError(message, code="state", params=params)
        if row.disposition is not None and not row.disposition.missing:
            message = _("An annotation has a disposition already; please change that one.")
            raise ValidationError(message, code="disposed")


def _checked_words(outcome: str, reason: str, internal_note: str, office: str) -> dict[str, str]:
    """Return the cleaned words of a disposition by field.

    Raises:
        ValidationError: By field.
    """
    if outcome not in Outcome.values:
        message = _("Please choose an outcome.")
        raise ValidationError({"outcome": ValidationError(message, code="invalid")})
    words = {
        "outcome": outcome,
        "reason": _clean("reason", reason, REASON_LIMIT),
        "internal_note": _clean("internal_note", internal_note, REASON_LIMIT),
        "office": " ".join(_clean("office", office, OFFICE_LIMIT).split()),
    }
    if not words["reason"] and outcome in REASON_REQUIRED:
        message = _("Please give a reason that everybody can read.")
        raise ValidationError({"reason": ValidationError(message, code="empty")})
    return words


def _clean(name: str, text: str, limit: int) -> str:
    try:
        return plain_text(text, limit=limit)
    except TextTooLong as error:
        message = _("The text has %(length)d characters; %(limit)d are possible.") % {
            "length": error.length,
            "limit": error.limit,
        }
        raise ValidationError({name: ValidationError(message, code="too_long")}) from error


def _settle(
    disposition: Disposition, *, changes: Iterable[Change], is_intended: bool = False
) -> None:
    """Link a disposition to its changes, and publish it if nothing is left to wait for."""
    chosen = list(changes)
    if any(change.version.page_id != disposition.page_id for change in chosen):
        raise ValidationError(_("A change belongs to another page."), code="other_page")
    is_linked = disposition.outcome in linking.LINKED_OUTCOMES and not is_intended
    if not is_linked and not chosen:
        disposition.changes.clear()
    else:
        disposition.changes.set(chosen or linking.changes_for(disposition))
    if disposition.public_at is None and _is_public_at_once(disposition):
        _publish(disposition.pk)
        disposition.refresh_from_db(fields=["public_at"])


def _is_public_at_once(disposition: Disposition) -> bool:
    page = disposition.page.specific
    if getattr(page, "dispositions_public", "") == DispositionsPublic.AT_ONCE:
        return True
    newest = Version.objects.filter(page_id=disposition.page_id).order_by("-number").first()
    if newest is None:
        return False
    return not disposition.annotations.filter(version__number__gte=newest.number).exists()


@transaction.atomic
def _publish(pk: int) -> int:
    """Make one disposition public and tell the authors; once, however often it is called."""
    published = Disposition.objects.filter(pk=pk, public_at=None).update(public_at=moments.now())
    if published:
        stamps.touch(*Disposition.objects.filter(pk=pk).values_list("page_id", flat=True))
        answered = Annotation.objects.filter(disposition_id=pk).exclude(state__in=NOT_COUNTED)
        for annotation in answered.select_related("disposition", "version__page", "locale", "user"):
            mail_disposition(annotation=annotation, token=reacting.token_of(annotation))
    return published


def _record(disposition: Disposition, *, actor: Any, verb: str) -> None:  # noqa: ANN401
    """Add to the history and tell strangers after the commit."""
    DispositionEvent.objects.create(
        disposition=disposition,
        at=disposition.decided_at,
        by=actor,
        outcome=disposition.outcome,
        reason=disposition.reason,
    )
    log(
        instance=disposition,
        action=f"annotations.{verb}",
        user=actor,
        title=str(disposition.get_outcome_display()),
        data={"outcome": disposition.outcome, "count": disposition.annotations.count()},
    )
    transaction.on_commit(lambda: annotations_disposed.send(Disposition, disposition=disposition))
