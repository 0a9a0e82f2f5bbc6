"""The route: the bodies through which a text goes, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from versioning.doors import RouteBody, registered_route, registered_routes
from versioning.models.gate import BodyRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wagtail.models import Page


def route_of(page: Page) -> list[RouteBody]:
    """Return the bodies through which the versions of a page go, in their order.

    These are the ones that an app above has registered (``register_route``), else those of the
    setting ``SYNOPSE_GATE_BODIES``. There, each is a name, or a pair of a name and one of
    ``BodyRole``, or both and the name of the group that co-signs; where none resolves, the last
    of the plain names does.
    """
    return registered_route(page) or _from_settings()


def departments_of(page: Page) -> list[RouteBody]:
    """Return who co-signs the versions of a page before they are handed over."""
    return [body for body in route_of(page) if body.role == BodyRole.COSIGNS]


def departments_of_pages(pages: Sequence[Page]) -> dict[int, list[RouteBody]]:
    """Return ``departments_of`` of many pages by their ids.

    The number of queries does not depend on that of the pages, as long as that holds for what the
    apps above have registered.
    """
    routes = registered_routes(pages)
    if not all(routes.values()):
        usual = _from_settings()
        routes = {page: route or usual for page, route in routes.items()}
    return {
        page: [body for body in route if body.role == BodyRole.COSIGNS]
        for page, route in routes.items()
    }


def bodies_of(page: Page) -> list[RouteBody]:
    """Return the bodies to which a version is handed over."""
    return [body for body in route_of(page) if body.role != BodyRole.COSIGNS]


def _from_settings() -> list[RouteBody]:
    entries = list(getattr(settings, "SYNOPSE_GATE_BODIES", None) or [str(_("Senate"))])
    plain = [place for place, entry in enumerate(entries) if isinstance(entry, str)]
    roles = [BodyRole.HEARD if isinstance(e, str) else BodyRole(e[1]) for e in entries]
    if BodyRole.RESOLVES not in roles and plain:
        roles[plain[-1]] = BodyRole.RESOLVES
    groups = _groups_by_name(entries)
    return [
        RouteBody(str(entry if isinstance(entry, str) else entry[0]), role, groups.get(place))
        for place, (entry, role) in enumerate(zip(entries, roles, strict=True))
    ]


def _groups_by_name(entries: Sequence[Any]) -> dict[int, int]:
    """Return the id of the group by the place of each entry that names one which is there."""
    names = {
        place: entry[2]
        for place, entry in enumerate(entries)
        if not isinstance(entry, str) and len(entry) > 2
    }
    if not names:
        return {}
    known = dict(Group.objects.filter(name__in=names.values()).values_list("name", "pk"))
    return {place: known[name] for place, name in names.items() if name in known}
