"""What the public may read of annotations: what stands on pages that it may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, Q, Subquery
from django.http import Http404
from wagtail.models import Page

from annotations.models import AnnotatedPageMixin, Annotation, State
from annotations.permissions import is_own
from versioning.access import get_public_page, restrictions
from versioning.models import Passage, Version

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest


def may_read(request: HttpRequest, page: Page) -> bool:
    """Tell whether a page is public and its restrictions let this visitor in."""
    return page.live and all(
        restriction.accept_request(request)
        for restriction in restrictions(request)
        if page.path.startswith(restriction.page.path)
    )


def readable_version(request: HttpRequest, page_id: int, number: int) -> Version:
    """Return a version that somebody may read, and with it the newest one of its page.

    Raises:
        Http404: There is no such version, or it is not for this reader.
    """
    page = get_public_page(request, page_id)
    newest = Version.objects.of_page(page).values("number")[:1]
    rows = Version.objects.select_related("locale").filter(page_id=page_id)
    found = {row.number: row for row in rows.filter(Q(number=number) | Q(number=Subquery(newest)))}
    if number not in found:
        raise Http404
    for row in found.values():
        row.page = page
    version = found[number]
    version.newest = found[max(found)]  # type: ignore[attr-defined]  # see newest_for
    return version


def newest_for(version: Version) -> Version:
    """Return the newest version of the same page, which was read with a readable one."""
    known: Version | None = getattr(version, "newest", None)
    return known or Version.objects.newest_of(version.page) or version


def newest_version(request: HttpRequest, page_id: int) -> Version:
    """Return the newest version of a page that takes annotations and may be read here.

    Raises:
        Http404: The page is not public, or takes no annotations.
    """
    page = get_public_page(request, page_id).specific
    newest = Version.objects.newest_of(page) if isinstance(page, AnnotatedPageMixin) else None
    if newest is None or newest.page_id != page.pk:
        raise Http404
    newest.page = page
    return newest


def newest_shown(request: HttpRequest, page_id: int) -> Version:
    """Return the newest version that a page shows; an alias shows those of its original.

    It has ``is_translated``: whether the text is public in another language, too.

    Raises:
        Http404: The page is not public, or takes no annotations.
    """
    page = get_public_page(request, page_id)
    annotated = issubclass(page.specific_class or object, AnnotatedPageMixin)
    if not annotated:
        raise Http404
    others = Page.objects.live().filter(translation_key=page.translation_key).exclude(pk=page.pk)
    rows = Version.objects.of_page(page).select_related("locale")
    newest = rows.annotate(is_translated=Exists(others)).first()
    if newest is None:
        raise Http404
    newest.page = page
    return newest


def newest_passage(newest: Version, uid: UUID) -> Passage:
    """Return a passage by its lasting identity, on the newest version that has it.

    Raises:
        Http404: No version of the page has it.
    """
    rows = Passage.objects.select_related("version__locale", "locale")
    rows = rows.filter(version__page_id=newest.page_id, uid=uid)
    found = rows.order_by("-version__number").first()
    if found is None:
        raise Http404
    found.version.page = newest.page
    return found


def readable_passage(version: Version, uid: UUID) -> Passage:
    """Return a passage of a version by its lasting identity.

    Raises:
        Http404: The version has no such passage.
    """
    rows = Passage.objects.select_related("locale").filter(version=version, uid=uid)
    if (found := rows.first()) is None:
        raise Http404
    return found


def readable_annotation(request: HttpRequest, uuid: UUID) -> Annotation:
    """Return a confirmed annotation or reply on a page that somebody may read.

    What waits for moderation is there for its author alone.

    Raises:
        Http404: There is none, or its author has not confirmed it, or it waits for moderation.
    """
    rows = Annotation.objects.select_related(
        "version__locale", "passage", "locale", "disposition", "root"
    ).prefetch_related("disposition__changes__version", "disposition__events")
    found = rows.filter(uuid=uuid).exclude(state=State.UNCONFIRMED).first()
    if found is None or (found.state == State.PENDING and not is_own(request.user, found)):
        raise Http404
    found.version.page = get_public_page(request, found.version.page_id)
    return found
