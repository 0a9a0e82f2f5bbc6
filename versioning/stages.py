"""What comes before a version: on its page, or at the end of the stage before.

In the addresses of a page that continues another text, number 0 is the version it goes on from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from versioning.models import Continuation, Version
from versioning.queries import original_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from django.http import HttpRequest
    from wagtail.models import Page

BEFORE_FIRST = 0
"""The number that stands for the final version of the stage before."""


def numbered(request: HttpRequest, page: Page, versions: Iterable[Version]) -> dict[int, Version]:
    """Return the versions of a page by number, with 0 for the one that it goes on from.

    Args:
        request: Who asks; the stage before is left out where they may not read it.
        page: The page that is shown, which may be an alias.
        versions: What ``with_stage_before`` found.
    """
    from versioning.access import get_public_page  # noqa: PLC0415 -- it knows the models

    found: dict[int, Version] = {}
    for version in versions:
        if version.page_id == original_id(page):
            found[version.number] = version
            continue
        try:
            get_public_page(request, version.page_id)
        except Http404:
            continue
        version.own_number = version.number
        version.number = BEFORE_FIRST  # as the addresses of this page call it; it is not stored
        found[BEFORE_FIRST] = version
    return dict(sorted(found.items(), reverse=True))


def stage_before(page: int) -> Version | None:
    """Return the version that the first version of a page follows; None where it begins anew.

    Args:
        page: Id of the page that holds the versions, no alias.
    """
    rows = Version.objects.filter(continuations__page=page)
    return rows.select_related("page", "locale").first()


def readable_stage_before(request: HttpRequest, page: Page) -> Version | None:
    """Return the version that a text goes on from, where the visitor may read it.

    Args:
        request: Who asks.
        page: The page that is shown, which may be an alias.
    """
    from versioning.access import get_public_page  # noqa: PLC0415 -- it knows the models

    found = stage_before(original_id(page))
    if found is None:
        return None
    try:
        get_public_page(request, found.page_id)
    except Http404:
        return None
    return found


def version_before(version: Version) -> Version | None:
    """Return the version that one follows, also across the border of a stage."""
    if version.number == 1:
        return stage_before(version.page_id)
    rows = Version.objects.filter(page=version.page_id, number=version.number - 1)
    return rows.select_related("page", "locale").first()


def number_on(old: Version, new: Version) -> int:
    """Return the number that a version has in the chain of another one: 0 for another stage's."""
    return old.number if old.page_id == new.page_id else BEFORE_FIRST


def follows(old: Version, new: Version) -> bool:
    """Tell whether a version comes directly after another that it can be compared with."""
    return new.number == number_on(old, new) + 1


def goes_on_from(old: Version, new: Version) -> bool:
    """Tell whether a page goes on from a version of another page."""
    return Continuation.objects.filter(page=new.page_id, version=old.pk).exists()


def keys_of_stages(page: Page) -> set[UUID]:
    """Return the translation keys of a text and of all stages before and after it."""
    keys = {page.translation_key}
    links = list(
        Continuation.objects.values_list("page__translation_key", "version__page__translation_key")
    )
    while True:
        more = {key for link in links if keys.intersection(link) for key in link} - keys
        if not more:
            return keys
        keys |= more


def continued_pages(pages: Collection[int]) -> dict[int, Version]:
    """Return the version that each of some pages goes on from, where one does; one query."""
    rows = Continuation.objects.filter(page__in=pages).select_related("version__page")
    return {row.page_id: row.version for row in rows}
