"""The route: the bodies through which a text goes, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from versioning.doors import RouteBody, registered_route, registered_routes
from versioning.models.gate import BodyRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wagtail.models import Page


class RouteProblem(NamedTuple):
    """Why a list of bodies is no route.

    Attributes:
        place: Index of the body in the list; None for the list as a whole.
        field: What has to be changed: "body", "role" or "group".
        message: A whole sentence.
    """

    place: int | None
    field: str
    message: str


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


def problems_of(bodies: Sequence[RouteBody]) -> list[RouteProblem]:
    """Return why a list of bodies is no route, one problem for each mistake; no body is one.

    Args:
        bodies: In their order.
    """
    found = [*_same_names(bodies), *_without_group(bodies), *_after_resolution(bodies)]
    if bodies and all(body.role == BodyRole.COSIGNS for body in bodies):
        message = _(
            "Name at least one body to which the text is handed over: one that is heard, resolves "
            "or takes note."
        )
        found.append(RouteProblem(None, "role", message))
    return found


def _same_names(bodies: Sequence[RouteBody]) -> Iterator[RouteProblem]:
    known: set[str] = set()
    for place, body in enumerate(bodies):
        name = " ".join(body.body.split()).casefold()
        if name in known:
            message = _(
                "%(body)s stands here twice. Where a body decides twice, say which time, such as "
                "“first reading”."
            )
            yield RouteProblem(place, "body", message % {"body": body.body})
        known.add(name)


def _without_group(bodies: Sequence[RouteBody]) -> Iterator[RouteProblem]:
    for place, body in enumerate(bodies):
        if body.role == BodyRole.COSIGNS and body.group is None:
            message = _("Choose the group whose members sign for %(body)s.")
            yield RouteProblem(place, "group", message % {"body": body.body})


def _after_resolution(bodies: Sequence[RouteBody]) -> Iterator[RouteProblem]:
    resolving = ""
    for place, body in enumerate(bodies):
        if resolving and body.role == BodyRole.RESOLVES:
            message = _("%(body)s resolves already. Only one body resolves.")
            yield RouteProblem(place, "role", message % {"body": resolving})
        elif resolving and body.role == BodyRole.HEARD:
            message = _(
                "%(body)s resolves before: then the text is final. Who is heard stands before it, "
                "who takes note after it."
            )
            yield RouteProblem(place, "role", message % {"body": resolving})
        elif body.role == BodyRole.RESOLVES:
            resolving = body.body


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
