"""Who has signed which version, and for whom it waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.models import PageLogEntry

from versioning import permissions
from versioning.models import Signature, Verdict, Version
from versioning.services import progress
from versioning.services.route import departments_of, departments_of_pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from wagtail.models import Page

    from versioning.doors import RouteBody

ASK_ACTION = "synopse.ask_signatures"


class Standing(models.TextChoices):
    """Where a department stands with a version."""

    SIGNED = "signed", _("Signed")
    REMARKS = "remarks", _("Signed with remarks")
    REFUSED = "refused", _("Refused to sign")
    AGAIN = "again", _("Asked again: the text has changed")
    OPEN = "open", _("Not signed yet")


@dataclass(frozen=True, slots=True)
class DepartmentState:
    """Where one department of the route stands with one version.

    Attributes:
        department: As the route names it.
        version: The version that is to be signed.
        signature: Its last word on this version.
        before: Its last word on an earlier version: it has to look only at what changed since.
        members: How many active accounts can sign for it.
    """

    department: RouteBody
    version: Version
    signature: Signature | None = None
    before: Signature | None = None
    members: int = 0

    @property
    def name(self) -> str:
        """The department."""
        return self.department.body

    @property
    def standing(self) -> Standing:
        """What it said about this version, else whether it has to look at all of it."""
        if self.signature is not None:
            return Standing(self.signature.verdict)
        return Standing.OPEN if self.before is None else Standing.AGAIN

    @property
    def is_signed(self) -> bool:
        """Whether its last word on exactly this version is a signature."""
        return self.signature is not None and self.signature.is_consent

    @property
    def waits(self) -> bool:
        """Whether it has not said anything about this version."""
        return self.signature is None

    @property
    def anchor(self) -> str:
        """Where it stands on the page of the signatures; another one once it has refused."""
        if self.signature is not None and self.signature.verdict == Verdict.REFUSED:
            return f"signature-{self.signature.pk}"
        return f"department-{slugify(self.name)}"

    @property
    def comparison_url(self) -> str:
        """The comparison with the version about which it last said something, if there is one."""
        if self.before is None:
            return ""
        numbers = [self.version.page_id, self.before.version.number, self.version.number]
        return reverse("versioning:comparison", args=numbers)


def signing_state(version: Version) -> list[DepartmentState]:
    """Return where each department of the route stands with a version, in the route's order.

    The number of queries depends neither on that of departments nor on that of versions.
    """
    return signing_states([version])[version.pk]


def signing_states(versions: Sequence[Version]) -> dict[int, list[DepartmentState]]:
    """Return ``signing_state`` of versions of different pages by the id of the version."""
    departments = departments_of_pages([version.page for version in versions])
    members = _members(body.group for route in departments.values() for body in route)
    said = _said([page for page, route in departments.items() if route])
    found = {}
    for version in versions:
        named = {body.body: body for body in reversed(departments[version.page_id])}
        found[version.pk] = [
            DepartmentState(
                department=body,
                version=version,
                signature=said.get((version.page_id, name), {}).get(version.number),
                before=_before(said.get((version.page_id, name), {}), version.number),
                members=members.get(body.group, 0),
            )
            for name, body in reversed(named.items())
        ]
    return found


def departments_of_member(user: Any, page: Page) -> list[RouteBody]:  # noqa: ANN401  # any user model
    """Return the departments of a route for which somebody signs: those of their groups.

    A right that is not a membership, such as an editor's or an administrator's, signs for nobody.
    """
    groups = groups_of(user)
    if not groups or not permissions.can(user, "view_versions", page):
        return []
    return [body for body in departments_of(page) if body.group in groups]


def own_states(user: Any, version: Version) -> list[DepartmentState]:  # noqa: ANN401  # any user model
    """Return where the departments for which somebody signs stand with a version."""
    groups = groups_of(user)
    if not groups or not permissions.can(user, "view_versions", version.page):
        return []
    return [state for state in signing_state(version) if state.department.group in groups]


def can_be_signed(version: Version) -> bool:
    """Tell whether a version is the newest of its page, and neither handed over nor final."""
    newest = Version.objects.awaiting_submission().filter(page=version.page_id, pk=version.pk)
    return newest.exists() and not progress.is_final(version.page_id)


def waiting_for(user: Any) -> list[DepartmentState]:  # noqa: ANN401  # any user model
    """Return what waits for somebody's departments: newest versions that are not handed over.

    The oldest comes first. A text that is final waits for nobody, and one that still takes
    annotations only for those departments that were asked.
    """
    groups = groups_of(user)
    if not groups:
        return []
    versions = list(
        Version.objects.awaiting_submission()
        .select_related("page", "locale")
        .order_by("published_at", "pk")
    )
    final = progress.final_among([version.page_id for version in versions])
    versions = [version for version in versions if version.page_id not in final]
    asked = asked_of(versions)
    return [
        state
        for states in signing_states(versions).values()
        for state in states
        if state.waits
        and state.department.group in groups
        and (not state.version.is_open() or state.name in asked.get(state.version.pk, ()))
        and permissions.can(user, "view_versions", state.version.page)
    ]


def asked_of(versions: Sequence[Version]) -> dict[int, dict[str, datetime]]:
    """Return which departments were asked and when, by the id of the version; in one query."""
    places = {(version.page_id, version.number): version.pk for version in versions}
    entries = PageLogEntry.objects.filter(
        page__in={page for page, _number in places}, action=ASK_ACTION
    )
    found: dict[int, dict[str, datetime]] = {}
    for entry in entries.order_by("-timestamp", "-pk"):
        key = places.get((entry.page_id, entry.data.get("version")))
        if key is not None:
            named = dict.fromkeys(entry.data.get("departments", ()), entry.timestamp)
            found[key] = found.get(key, {}) | named
    return found


def groups_of(user: Any) -> set[int]:  # noqa: ANN401  # any user model
    """Return the ids of the groups of an account, read once for each object."""
    if user is None or not user.is_active or not user.is_authenticated:
        return set()
    kept: set[int] | None = getattr(user, "_synopse_groups", None)
    if kept is None:
        kept = set(user.groups.values_list("pk", flat=True))
        user._synopse_groups = kept
    return kept


def _said(pages: Sequence[int]) -> dict[tuple[int, str], dict[int, Signature]]:
    """Return the last words by page and department, and then by the number of the version."""
    found: dict[tuple[int, str], dict[int, Signature]] = {}
    if not pages:
        return found
    rows = Signature.objects.that_count().filter(version__page__in=pages)
    for row in rows.select_related("version", "signed_by").order_by("version__number"):
        found.setdefault((row.version.page_id, row.department), {})[row.version.number] = row
    return found


def _before(said: dict[int, Signature], number: int) -> Signature | None:
    earlier = [one for one in said if one < number]
    return said[max(earlier)] if earlier else None


def _members(groups: Iterable[int | None]) -> dict[int | None, int]:
    keys = {group for group in groups if group is not None}
    if not keys:
        return {}
    active = Count("user", filter=Q(user__is_active=True))
    rows = Group.objects.filter(pk__in=keys).annotate(members=active)
    return dict(rows.values_list("pk", "members"))
