"""Departments that co-sign, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, Permission

from tests.factories import make_user
from versioning import doors
from versioning.doors import RouteBody
from versioning.models import BodyRole
from versioning.services.signing import sign_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest
    from django.contrib.auth.models import User

    from versioning.models import Signature, Version

CITY = RouteBody("Senat", BodyRole.RESOLVES)


def make_department(name: str) -> RouteBody:
    """Return a department with a group of the same name, whose members open the admin."""
    group, _is_new = Group.objects.get_or_create(name=f"Gruppe {name}")
    rights = ["access_admin", "view_version"]
    group.permissions.set(Permission.objects.filter(codename__in=rights))
    return RouteBody(name, BodyRole.COSIGNS, group=group.pk)


def member_of(*departments: RouteBody, **fields: Any) -> User:
    """Return a person who signs for departments."""
    user = make_user(**fields)
    user.groups.set([department.group for department in departments])
    return user


def set_route(monkeypatch: pytest.MonkeyPatch, departments: Sequence[RouteBody]) -> list[RouteBody]:
    """Send every text through departments and the Senate; the list may be changed meanwhile."""
    route = [*departments, CITY]

    def of_page(_page: object) -> list[RouteBody]:
        return route

    def of_pages(pages: Sequence[Any]) -> dict[int, list[RouteBody]]:
        return {page.pk: route for page in pages}

    monkeypatch.setattr(doors, "_route_sources", [])
    monkeypatch.setattr(doors, "_routes_sources", {})
    doors.register_route(of_page, of_pages=of_pages)
    return route


def sign(version: Version, department: RouteBody, actor: User, **said: Any) -> Signature:
    """Return a signature of who has seen this version; a bare one without more words."""
    values = {"verdict": "signed", "content_hash": version.content_hash, **said}
    return sign_version(version=version, department=department.body, actor=actor, **values)
