"""Reasons of changes: which are missing, and giving them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from versioning import permissions, stamps
from versioning.doors import is_explained, reasons_of
from versioning.models import Change, Submission, Version
from versioning.services.progress import asking_steps
from versioning.services.records import keep_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.contrib.auth.models import User

    from versioning.models import GateStep
    from versioning.queries import ChangeQuerySet

MAX_REASON = 2_000
_BATCH = 500


def unexplained(version: Version) -> ChangeQuerySet:
    """Return the changes that stand in the way of a submission of a version.

    Counted are all versions since the last submission, in every language (law 4).
    """
    return unexplained_in(Version.objects.counted_for(version))


def unexplained_in(versions: Iterable[Version]) -> ChangeQuerySet:
    """Return the changes of versions for which nobody has given a reason."""
    open_changes = list(Change.objects.filter(version__in=versions).without_editorial_reason())
    reasons = reasons_of(open_changes)
    missing = [change.pk for change in open_changes if not is_explained(reasons[change.pk])]
    return Change.objects.filter(pk__in=missing).order_by("version", "position")


@transaction.atomic
def explain_changes(
    *, changes: Sequence[Change], reason: str, actor: User, step: GateStep | None = None
) -> int:
    """Give one editorial reason to many changes, or name the body that asked for them.

    Args:
        changes: At least one, of versions that are not handed over yet.
        reason: Public words, at most ``MAX_REASON`` characters; with a body, what it asked for
            where they are empty.
        actor: The editor who answers for it.
        step: The body that asked for these changes, one of ``progress.asking_steps``.

    Returns:
        How many changes now have this reason.

    Raises:
        PermissionDenied: ``actor`` may not edit one of the pages.
        ValidationError: No change, no reason, too long a reason, a version already handed over, or
            a body that did not ask for changes.
    """
    by_version = _by_version(changes)
    for version in by_version:
        permissions.require(actor, "explain_changes", version.page)
        _refuse_silent_body(version, step)
    words = reason or (step.note[:MAX_REASON] if step else "")
    reason = valid_reason(words, missing=_("Write a reason."))
    _refuse_if_handed_over(by_version)
    now = timezone.now()
    for version, ids in by_version.items():
        for begin in range(0, len(ids), _BATCH):
            Change.objects.filter(pk__in=ids[begin : begin + _BATCH]).update(
                reason=reason, reason_by=actor, reason_at=now, step=step
            )
        stamps.touch(version.page_id)
        data = {"version": version.number, "changes": len(ids), "reason": reason}
        if step is not None:
            data |= {"body": step.body, "submission": step.submission_id}
        keep_record(
            page=version.page, action="synopse.explain", actor=actor, data=data, version=version
        )
    return sum(len(ids) for ids in by_version.values())


def _by_version(changes: Sequence[Change]) -> dict[Version, list[int]]:
    if not changes:
        raise ValidationError(_("Choose at least one change."), code="empty")
    ids = defaultdict(list)
    for change in changes:
        ids[change.version_id].append(change.pk)
    versions = Version.objects.select_related("page").in_bulk(list(ids))
    return {versions[pk]: numbers for pk, numbers in ids.items()}


def valid_reason(reason: str, *, missing: str) -> str:
    """Return a public reason as it is stored.

    Args:
        reason: What somebody wrote.
        missing: What to say where that is nothing.

    Raises:
        ValidationError: By field: nothing, or more than ``MAX_REASON`` characters.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": ValidationError(missing, code="empty")})
    if len(reason) > MAX_REASON:
        message = _("The reason may have at most %(limit)d characters.") % {"limit": MAX_REASON}
        raise ValidationError({"reason": ValidationError(message, code="too_long")})
    return reason


def _refuse_silent_body(version: Version, step: GateStep | None) -> None:
    """Let a body stand for changes only where it asked for some, on this text."""
    if step is not None and step not in asking_steps(version.page):
        message = _("%(body)s did not ask for changes to this text.") % {"body": step.body}
        raise ValidationError(message, code="silent")


def _refuse_if_handed_over(versions: Iterable[Version]) -> None:
    for version in versions:
        if Submission.objects.filter(
            version__page=version.page_id, version__number__gte=version.number
        ).exists():
            message = _(
                "%(version)s has been handed over. The reasons of its changes stay as they are."
            )
            raise ValidationError(message % {"version": version.name}, code="handed_over")
