"""The route: the bodies through which a text goes, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from versioning.doors import RouteBody, registered_route
from versioning.models.gate import BodyRole

if TYPE_CHECKING:
    from wagtail.models import Page


def route_of(page: Page) -> list[RouteBody]:
    """Return the bodies through which the versions of a page go, in their order.

    These are the ones that an app above has registered (``register_route``), else those of the
    setting ``SYNOPSE_GATE_BODIES``. There, each is a name, or a pair of a name and one of
    ``BodyRole``; where none resolves, the last of the plain names does.
    """
    return registered_route(page) or _from_settings()


def departments_of(page: Page) -> list[RouteBody]:
    """Return who co-signs the versions of a page before they are handed over."""
    return [body for body in route_of(page) if body.role == BodyRole.COSIGNS]


def bodies_of(page: Page) -> list[RouteBody]:
    """Return the bodies to which a version is handed over."""
    return [body for body in route_of(page) if body.role != BodyRole.COSIGNS]


def _from_settings() -> list[RouteBody]:
    entries = list(getattr(settings, "SYNOPSE_GATE_BODIES", None) or [str(_("Senate"))])
    plain = [place for place, entry in enumerate(entries) if isinstance(entry, str)]
    roles = [BodyRole.HEARD if isinstance(e, str) else BodyRole(e[1]) for e in entries]
    if BodyRole.RESOLVES not in roles and plain:
        roles[plain[-1]] = BodyRole.RESOLVES
    return [
        RouteBody(str(entry if isinstance(entry, str) else entry[0]), role)
        for entry, role in zip(entries, roles, strict=True)
    ]
