"""Mails about co-signing: to the departments that are asked, and to the editors who wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import PageLogEntry

from annotations.services.staff import Notice, tell_people, who_can_dispose
from versioning import permissions
from versioning.models import Signature, Verdict, Version
from versioning.services.signing import is_complete
from versioning.services.signing_state import ASK_ACTION, can_be_signed, signing_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from versioning.services.signing_state import DepartmentState


def _tell_asked(fact: str, key: str) -> int | None:
    """Tell members of departments that were asked and have not signed since, but who asked."""
    entry = PageLogEntry.objects.filter(pk=key, action=ASK_ACTION).first()
    if entry is None:
        return None
    version = (
        Version.objects.select_related("page")
        .filter(page=entry.page_id, number=entry.data["version"])
        .first()
    )
    if version is None or not can_be_signed(version):
        return None
    asked = set(entry.data["departments"])
    states = [one for one in signing_state(version) if one.name in asked and one.waits]
    users = get_user_model()._default_manager.filter(
        is_active=True, groups__in=[one.department.group for one in states]
    )
    users = users.exclude(pk=entry.user_id).distinct().prefetch_related("groups").order_by("pk")
    members = [user for user in users if permissions.can(user, "view_versions", version.page)]

    def notice(user: Any) -> Notice:  # noqa: ANN401  # any user model
        groups = {group.pk for group in user.groups.all()}
        mine = [one for one in states if one.department.group in groups]
        title = {"title": version.title, "number": version.number}
        subject = _("Please co-sign: “%(title)s”, version %(number)d") % title
        url = reverse("synopse_versions:sign", args=[version.pk])
        return Notice(subject, [_line_of(one) for one in mine], url, _("Read and sign"))

    return tell_people("staff_signing", fact, members, notice)


def _line_of(state: DepartmentState) -> str:
    if state.before is None:
        return _("%(department)s has not said anything about this text yet.") % {
            "department": state.name
        }
    return _(
        "%(department)s has seen version %(number)d: only what has changed since has to be looked "
        "at."
    ) % {"department": state.name, "number": state.before.version.number}


def _tell_signed(fact: str, key: str) -> int | None:
    """Tell editors of a refusal that still counts, and that nobody's signature is missing."""
    signature = Signature.objects.that_count().filter(pk=key).first()
    if signature is None:
        return None
    version = Version.objects.select_related("page").get(pk=signature.version_id)
    if not can_be_signed(version):
        return None
    refused = signature.verdict == Verdict.REFUSED
    if not refused and not is_complete(version):
        return None
    words = {
        "department": signature.department,
        "title": version.title,
        "number": version.number,
    }

    def notice(_user: Any) -> Notice:  # noqa: ANN401  # any user model
        url = reverse("synopse_versions:signatures", args=[version.pk])
        if refused:
            subject = _("%(department)s refuses to sign “%(title)s”, version %(number)d") % words
            lines = [_("The reason stands on the page about co-signing.")]
            return Notice(subject, lines, url, _("Read the reason"))
        subject = _("All departments have signed “%(title)s”, version %(number)d") % words
        lines = [_("The last one was: %(department)s.") % words]
        return Notice(subject, lines, url, _("Open co-signing"))

    editors = [one for one in who_can_dispose(version.page) if one.pk != signature.signed_by_id]
    return tell_people("staff_signed", fact, editors, notice)


TELLERS: dict[str, Callable[[str, str], int | None]] = {
    "asked": _tell_asked,
    "signed": _tell_signed,
}
"""Kind of a fact to what tells of it."""
