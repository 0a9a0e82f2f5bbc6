"""Containers and annotations that a caller may see, and what may be done with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext as _

from annotations import permissions
from annotations.api.problems import Problem
from annotations.models import AnnotatedPageMixin, Annotation, State
from annotations.presentation.cards import tombstone_of
from annotations.presentation.records import records_of
from annotations.services import editing
from annotations.services.states import TRANSITIONS
from versioning.access import get_public_page
from versioning.models import Version

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest
    from wagtail.models import Page

READ = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Container:
    """The annotations of a page, on all its versions."""

    page: Page
    newest: Version


def container_for(request: HttpRequest, page_id: int) -> Container:
    """Return the container of a page that the caller may read.

    Raises:
        Http404: There is no such page for this caller, or it takes no annotations.
    """
    page = get_public_page(request, page_id).specific
    newest = Version.objects.newest_of(page) if isinstance(page, AnnotatedPageMixin) else None
    if newest is None or newest.page_id != page.pk:  # an alias shows the versions of its original
        raise Http404
    newest.page = page
    return Container(page, newest)


def annotation_for(request: HttpRequest, container: Container, uuid: UUID) -> Annotation:
    """Return an annotation that the caller may see: a public one, or one's own that waits.

    Raises:
        Http404: There is none, or it is not for this caller.
        Problem: 410, it is withdrawn or hidden.
    """
    found = records_of(container.newest).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    found.version.page = container.page
    if found.state == State.PUBLIC or _waits_for(request, found):
        return found
    if found.state in {State.PENDING, State.UNCONFIRMED}:
        raise Http404
    raise Problem(410, tombstone_of(found) or _("This is not public any more."))


def _waits_for(request: HttpRequest, found: Annotation) -> bool:
    return found.state == State.PENDING and permissions.is_own(request.user, found)


def methods_of_container(request: HttpRequest, container: Container) -> list[str]:
    """Return the methods that are open to the caller here."""
    user = request.user
    may_write = permissions.is_person(user) and permissions.can(user, "annotate", container.page)
    return [*READ, *(["POST"] if may_write and container.newest.is_open() else [])]


def methods_of_annotation(request: HttpRequest, found: Annotation) -> list[str]:
    """Return the methods that are open to the caller here."""
    if not permissions.is_own(request.user, found):
        return list(READ)
    may_edit = editing.can_edit(request.user, found)
    may_withdraw = State.WITHDRAWN in TRANSITIONS[found.state]
    return [*READ, *(["PUT"] if may_edit else []), *(["DELETE"] if may_withdraw else [])]
