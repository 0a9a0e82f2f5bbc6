"""Waiving lines of the checklist: with a reason that everybody can read, and back again."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from versioning import permissions
from versioning.core.hashing import canonical_json
from versioning.exports.files import language_of
from versioning.models import Submission, Version, Waiver
from versioning.services.changes import valid_reason
from versioning.services.checklist import checklist, facts_of
from versioning.services.records import keep_record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from versioning.doors import GateLine


@transaction.atomic
def waive_line(  # noqa: PLR0913 -- keyword-only: what a waiver says
    *,
    version: Version,
    key: str,
    reason: str,
    actor: User,
    seen: str | None = None,
    now: datetime | None = None,
) -> Waiver:
    """Let a line of the checklist stay open, with a public reason.

    Args:
        version: The newest version of its page, not handed over yet.
        key: The line.
        reason: Public words, at most ``MAX_REASON`` characters.
        actor: Who answers for it.
        seen: ``digest_of`` what was missing when the person looked at it; None to waive whatever
            is missing now.
        now: Moment of the waiver, for records of the past; None for this moment.

    Returns:
        The waiver. It holds until anything is missing that is not missing now.

    Raises:
        PermissionDenied: ``actor`` may not hand versions over.
        ValidationError: No such line (``unknown``), one that can't be waived (``not_waivable``),
            that is done (``done``) or waived already (``waived``), another state than was seen
            (``changed``), a version that is superseded (``superseded``) or handed over
            (``handed_over``), or by field.
    """
    version = _locked(version)
    permissions.require(actor, "submit_version", version.page)
    _refuse_late(version)
    reason = valid_reason(reason, missing=_("Write a reason; it is shown in public."))
    with language_of(version):  # in which the public reads what stayed open
        lines = checklist(version)
    line = _open_line(lines, key)
    facts = facts_of(lines, key)
    if seen is not None and seen != digest_of(facts):
        raise ValidationError(
            _("Meanwhile something else is missing. Please look at the line again."),
            code="changed",
        )
    if line.lapsed is not None:
        _take_back(line.lapsed, actor, "lapsed")
    waiver = Waiver.objects.create(
        version=version,
        key=key,
        text=line.text,
        reason=reason,
        missing=sorted(facts),
        waived_at=now or timezone.now(),
        waived_by=actor,
    )
    _keep("synopse.waive", actor, waiver, reason=waiver.reason)
    return waiver


@transaction.atomic
def take_back_waiver(*, version: Version, key: str, actor: User) -> Waiver:
    """Take a waiver back: the line stops the submission again.

    Args:
        version: Not handed over yet.
        key: The line.
        actor: Who does it.

    Returns:
        The waiver; the row stays.

    Raises:
        PermissionDenied: ``actor`` may not hand versions over.
        ValidationError: The line is not waived (``unknown``), or the version is handed over
            (``handed_over``).
    """
    version = _locked(version)
    permissions.require(actor, "submit_version", version.page)
    _refuse_handed_over(version)
    waiver = Waiver.objects.filter(version=version, key=key, taken_back_at=None).first()
    if waiver is None:
        raise ValidationError(_("This line is not waived."), code="unknown")
    _take_back(waiver, actor, "asked")
    return waiver


def drop_needless_waivers(*, version: Version, lines: Iterable[GateLine], actor: User) -> None:
    """Take back the waivers of lines that are done now, right before a version is handed over.

    What is left is what stayed open, and that alone is shown in public.

    Args:
        version: Its page is locked.
        lines: Its checklist.
        actor: Who hands it over.
    """
    holding = {line.key for line in lines if line.waiver is not None}
    for waiver in waivers_of(version).select_related("version__page"):
        if waiver.key not in holding:
            _take_back(waiver, actor, "done")


def waivers_of(version: Version) -> QuerySet[Waiver]:
    """Return the waivers of a version that were not taken back, oldest first."""
    return Waiver.objects.filter(version=version, taken_back_at=None).order_by("waived_at", "pk")


def digest_of(facts: Iterable[str]) -> str:
    """Return the SHA-256 of what is missing."""
    return sha256(canonical_json(sorted(facts))).hexdigest()


def _locked(version: Version) -> Version:
    """Lock the page as handing over does, so that one happens after the other."""
    page = Page.objects.select_for_update().get(pk=version.page_id)
    found = Version.objects.select_related("page", "locale").get(pk=version.pk)
    found.page = page
    return found


def _refuse_late(version: Version) -> None:
    _refuse_handed_over(version)
    if Version.objects.filter(page=version.page_id, number__gt=version.number).exists():
        raise ValidationError(
            _("A newer version is out: only the newest one can be handed over."),
            code="superseded",
        )


def _refuse_handed_over(version: Version) -> None:
    if Submission.objects.filter(version=version).exists():
        raise ValidationError(
            _("This version has been handed over. What was waived stays as it is."),
            code="handed_over",
        )


def _open_line(lines: Iterable[GateLine], key: str) -> GateLine:
    """Return the line that is to be waived.

    Raises:
        ValidationError: See ``waive_line``.
    """
    found = [line for line in lines if line.key == key]
    if not found:
        raise ValidationError(_("The checklist has no such line."), code="unknown")
    possible = [line for line in found if line.may_be_waived]
    if possible and all(line in possible or not line.blocks for line in found):
        return possible[0]
    state = found[0].state
    if state == "done":
        raise ValidationError(_("This is done, so there is nothing to waive."), code="done")
    if state == "waived":
        raise ValidationError(
            _("This line is waived already. Take the waiver back to write another reason."),
            code="waived",
        )
    raise ValidationError(
        _("This line can't be waived. Do what is missing first."), code="not_waivable"
    )


def _take_back(waiver: Waiver, actor: User, because: str) -> None:
    """Take a waiver back: "asked" for, "lapsed" since more is missing, or "done" what was."""
    waiver.taken_back_at, waiver.taken_back_by = timezone.now(), actor
    waiver.save(update_fields=["taken_back_at", "taken_back_by"])
    _keep("synopse.take_back_waiver", actor, waiver, because=because)


def _keep(action: str, actor: User, waiver: Waiver, **more: str) -> None:
    data = {
        "waiver": waiver.pk,
        "version": waiver.version.number,
        "line": waiver.key,
        "missing": digest_of(waiver.missing),
        **more,
    }
    version = waiver.version
    keep_record(page=version.page, action=action, actor=actor, data=data, version=version)
