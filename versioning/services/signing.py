"""Co-signing: departments sign exactly one version, sign it with remarks, or refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page, PageLogEntry

from versioning import permissions
from versioning.doors import GateLine
from versioning.models import Signature, Submission, Verdict, Version
from versioning.services import progress
from versioning.services.records import keep_record
from versioning.services.route import departments_of
from versioning.services.signing_state import ASK_ACTION, Standing, asked_of, signing_state
from versioning.signals import signatures_asked, version_signed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from versioning.doors import RouteBody
    from versioning.services.signing_state import DepartmentState

SIGN_ACTION = "synopse.sign"
MAX_REMARKS = 5_000
"""Characters of remarks."""


@transaction.atomic
def sign_version(  # noqa: PLR0913  # the fields of a signature
    *,
    version: Version,
    department: str,
    verdict: str,
    actor: User,
    content_hash: str,
    remarks: str = "",
    now: datetime | None = None,
) -> Signature:
    """Store what a department says about a version; a change of mind is another signature.

    Whoever says the same a second time, as with a second click, gets the signature that is there.

    Args:
        version: The newest version of its page.
        department: As the route of the page names it.
        verdict: One of ``Verdict``.
        actor: A member of the department's group who may see versions. No other right signs for a
            department.
        content_hash: Hash of the version that ``actor`` has seen.
        remarks: Internal words, needed with remarks and with a refusal; a bare signature has none.
        now: Moment of the signature, for records of the past; None for this moment.

    Returns:
        The signature, which counts until the department says something else.

    Raises:
        PermissionDenied: ``actor`` does not belong to the department or may not see versions.
        ValidationError: The department does not co-sign this text, a newer version is out, another
            text was seen, the version was handed over or the text is final, an unknown verdict, or
            remarks are missing or too many.
    """
    page = Page.objects.select_for_update().get(pk=version.page_id)
    permissions.require(actor, "view_versions", page)
    body = _department(page, department)
    if body.group is None or not actor.groups.filter(pk=body.group).exists():
        message = _("Only members of %(department)s sign for it.") % {"department": body.body}
        raise PermissionDenied(message)
    version = Version.objects.select_related("page").get(pk=version.pk)
    refuse_to_sign(version)
    if content_hash != version.content_hash:
        raise ValidationError(
            _("You have seen another text than this one. Please read it again."), code="hash"
        )
    remarks = remarks.strip()
    _validate(verdict, remarks)
    newest = _last_word(version, body.body)
    said = (verdict, remarks, actor.pk)
    if newest is not None and (newest.verdict, newest.remarks, newest.signed_by_id) == said:
        return newest
    signature = Signature.objects.create(
        version=version,
        content_hash=content_hash,
        department=body.body,
        group_id=body.group,
        ordinal=1 if newest is None else newest.ordinal + 1,
        verdict=verdict,
        remarks=remarks,
        signed_at=now or timezone.now(),
        signed_by=actor,
    )
    data = {"signature": signature.pk, **record_of(signature)}
    keep_record(page=page, action=SIGN_ACTION, actor=actor, data=data, version=version)
    transaction.on_commit(lambda: version_signed.send(Signature, signature=signature))
    return signature


@transaction.atomic
def ask_for_signatures(*, version: Version, actor: User) -> list[str]:
    """Tell the departments that a version waits for them, each once for each version.

    Args:
        version: The newest version of its page.
        actor: Who asks.

    Returns:
        The departments that are told now: those that have not signed, were not asked before and
        have members.

    Raises:
        PermissionDenied: ``actor`` may neither edit the page nor hand versions over.
        ValidationError: Nobody is left to be asked, a newer version is out, or the version was
            handed over.
    """
    page = Page.objects.select_for_update().get(pk=version.page_id)
    permissions.require(actor, "ask_for_signatures", page)
    version = Version.objects.select_related("page").get(pk=version.pk)
    refuse_to_sign(version)
    states = signing_state(version)
    asked = asked_departments(version)
    names = to_be_asked(states, asked)
    if not names:
        raise ValidationError(_nobody_left(states, asked), code="asked")
    data = {"version": version.number, "departments": names, "hash": version.content_hash}
    keep_record(page=page, action=ASK_ACTION, actor=actor, data=data, version=version)
    transaction.on_commit(
        lambda: signatures_asked.send(Version, version=version, departments=names)
    )
    return names


def to_be_asked(states: Sequence[DepartmentState], asked: Collection[str]) -> list[str]:
    """Return the departments that have said nothing, were not asked, and have members.

    Args:
        states: Where the departments stand.
        asked: The names of those that were asked.
    """
    return [one.name for one in states if one.waits and one.members and one.name not in asked]


def refuse_to_sign(version: Version) -> None:
    """Stop whoever would sign what can't be signed any more.

    Raises:
        ValidationError: A newer version is out, it was handed over, or the text is final.
    """
    newest = Version.objects.filter(page=version.page_id).order_by("-number").first()
    if newest is not None and newest.pk != version.pk:
        message = _(
            "Meanwhile version %(new)d is out, and only the newest version is signed. You have "
            "seen version %(old)d: please look at what has changed since."
        ) % {"new": newest.number, "old": version.number}
        raise ValidationError(message, code="superseded")
    if Submission.objects.filter(version=version).exists():
        message = _("This version has been handed over. What was signed before stays as it is.")
        raise ValidationError(message, code="handed_over")
    if progress.is_final(version.page_id):
        message = _("The text was resolved and is final. There is nothing left to sign.")
        raise ValidationError(message, code="final")


def asked_entries(version: Version) -> QuerySet[PageLogEntry]:
    """Return the log entries of asking for signatures of a version, oldest first."""
    entries = PageLogEntry.objects.filter(
        page=version.page_id, action=ASK_ACTION, data__version=version.number
    )
    return entries.order_by("timestamp", "pk")


def asked_departments(version: Version) -> dict[str, datetime]:
    """Return the departments that were asked to sign a version, and when."""
    return asked_of([version]).get(version.pk, {})


def is_complete(version: Version) -> bool:
    """Tell whether every department of the route has signed exactly this version."""
    return all(state.is_signed for state in signing_state(version))


def completes(signature: Signature) -> bool:
    """Tell whether it is the signature with which all departments have signed.

    One that follows another signature of the same department on the same version completes
    nothing.
    """
    before = Signature.objects.filter(
        version=signature.version_id,
        department=signature.department,
        ordinal=signature.ordinal - 1,
    ).first()
    again = before is not None and before.is_consent
    return signature.is_consent and not again and is_complete(signature.version)


def signing_lines(version: Version) -> list[GateLine]:
    """Return the line of the checklist about co-signing; none where nobody co-signs."""
    states = signing_state(version)
    if not states:
        return []
    url = reverse("synopse_versions:signatures", args=[version.pk])
    missing = [state for state in states if not state.is_signed]
    if not missing:
        return [GateLine("signatures", _("All departments have signed."), done=True, url=url)]
    text = ngettext(
        "%(number)d department has not signed this version.",
        "%(number)d departments have not signed this version.",
        len(missing),
    ) % {"number": len(missing)}
    named = tuple((sentence_of(state), f"{url}#{state.anchor}") for state in missing)
    return [GateLine("signatures", text, done=False, url=url, missing=named, waivable=True)]


def sentence_of(state: DepartmentState) -> str:
    """Say where a department stands with a version, without its remarks, which are internal."""
    words = {"department": state.name}
    if state.signature is not None and state.standing == Standing.REFUSED:
        return _("%(department)s refuses to sign.") % words
    if state.signature is not None:
        return f"{state.name}: {state.standing.label}"
    if not state.members:
        return _("%(department)s: nobody can sign for it, since its group has no members.") % words
    if state.before is not None:
        number = {"number": state.before.version.number}
        return _(
            "%(department)s has seen version %(number)d and is asked again for what changed."
        ) % {**words, **number}
    return _("%(department)s has not signed yet.") % words


def record_of(signature: Signature) -> dict[str, object]:
    """Return what is kept of a signature on record, without the remarks, which are internal.

    ``check_integrity`` compares it with the log.
    """
    return {
        "version": signature.version.number,
        "department": signature.department,
        "verdict": signature.verdict,
        "hash": signature.content_hash,
    }


def _department(page: Page, name: str) -> RouteBody:
    found = next((body for body in departments_of(page) if body.body == name), None)
    if found is None:
        message = _("%(department)s does not co-sign this text, or no longer.")
        raise ValidationError(message % {"department": name}, code="department")
    return found


def _validate(verdict: str, remarks: str) -> None:
    errors: dict[str, ValidationError] = {}
    if verdict not in Verdict.values:
        errors["verdict"] = ValidationError(_("Choose what your department says."), code="unknown")
    elif verdict == Verdict.SIGNED and remarks:
        message = _("You have written remarks. Choose “Sign with remarks”, or delete them.")
        errors["verdict"] = ValidationError(message, code="words")
    elif verdict != Verdict.SIGNED and not remarks:
        message = _("Write what your department remarks, or why it refuses.")
        errors["remarks"] = ValidationError(message, code="empty")
    if len(remarks) > MAX_REMARKS or "\0" in remarks:
        message = _("At most %(number)d characters, please.") % {"number": MAX_REMARKS}
        errors["remarks"] = ValidationError(message, code="long")
    if errors:
        raise ValidationError(errors)


def _last_word(version: Version, department: str) -> Signature | None:
    said = Signature.objects.filter(version=version, department=department)
    return said.order_by("-ordinal").first()


def _nobody_left(states: Sequence[DepartmentState], asked: dict[str, datetime]) -> str:
    if not states:
        return _("No department co-signs this text. The route of the process names them.")
    waiting = [state for state in states if state.waits]
    if not waiting:
        return _("Every department has said something about this version.")
    if all(state.name in asked for state in waiting):
        return _("All departments that have not signed were asked already.")
    return _("Nobody can be asked: the groups of these departments have no members.")
