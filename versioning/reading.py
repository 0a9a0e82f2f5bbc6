"""The passages of a version as a reading page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from versioning.bodies import prepare_bodies
from versioning.presentation import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from versioning.models import Passage, Version
    from versioning.presentation import Group


def version_groups(version: Version, request: HttpRequest) -> list[Group]:
    """Return the passages of a version, neighbouring list items together."""
    return shown_groups(version.passages.in_order().select_related("locale"), request)


def shown_groups(passages: Iterable[Passage], request: HttpRequest) -> list[Group]:
    """Return passages with resolved links, neighbouring list items together."""
    shown = list(passages)
    prepare_bodies(shown, request)
    return groups_of(shown)
