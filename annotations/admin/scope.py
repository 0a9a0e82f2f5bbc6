"""What somebody sees of the annotations in the admin, in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from wagtail.models import Page, PageViewRestriction
from wagtail.permissions import policy_registry

from annotations import permissions
from annotations.models import Annotation, Disposition, Placement, State
from versioning.models import Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from annotations.queries import AnnotationQuerySet
    from versioning.queries import VersionQuerySet

OPENING = ("view_annotation", "dispose_annotation", "moderate_annotation")
"""Permissions of which each opens the listing."""


@dataclass(frozen=True)
class Scope:
    """The pages whose annotations somebody sees.

    Attributes:
        full: Pages of which hidden and waiting annotations are visible, too.
        readable: Pages of which the public annotations are visible.
        disposable: Pages on which the annotations may be answered.
        can_moderate: Whether annotations may be hidden and shown.
    """

    full: frozenset[int]
    readable: frozenset[int]
    disposable: frozenset[int]
    can_moderate: bool

    @property
    def pages(self) -> frozenset[int]:
        """All pages of which something is visible."""
        return self.full | self.readable

    @property
    def can_act(self) -> bool:
        """Whether anything may be done at all."""
        return self.can_moderate or bool(self.disposable)

    def rows(self) -> AnnotationQuerySet:
        """Return the visible annotations and replies; never those that nobody has confirmed."""
        public = Q(version__page__in=self.readable, state=State.PUBLIC)
        return Annotation.objects.confirmed().filter(Q(version__page__in=self.full) | public)


def may_open(user: Any) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody sees annotations in the admin at all."""
    return permissions.is_person(user) and any(
        user.has_perm(f"synopse_annotations.{name}") for name in OPENING
    )


def may_moderate(user: Any) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody is a moderator."""
    return permissions.is_person(user) and user.has_perm("synopse_annotations.moderate_annotation")


def scope_of(request: HttpRequest) -> Scope:
    """Return what the person of a request sees, found once for each request."""
    known: Scope | None = getattr(request, "synopse_scope", None)
    if known is None:
        known = request.synopse_scope = _scope(request.user)  # type: ignore[attr-defined]  # ours
    return known


def newest_versions() -> VersionQuerySet:
    """Return the newest version of every page."""
    newer = Version.objects.filter(page=OuterRef("page"), number__gt=OuterRef("number"))
    return Version.objects.filter(~Exists(newer))


def visible_annotation(request: HttpRequest, pk: int) -> Annotation:
    """Return an annotation or reply that the person of a request may see.

    Raises:
        Http404: There is none.
    """
    rows = scope_of(request).rows().select_related("version__page", "passage", "locale", "root")
    found: Annotation | None = _by_key(rows, pk)
    if found is None:
        raise Http404
    return found


def visible_disposition(request: HttpRequest, pk: int) -> Disposition:
    """Return a disposition on a page where the person of a request may answer.

    Raises:
        Http404: There is none.
    """
    rows = Disposition.objects.filter(page__in=scope_of(request).pages).select_related("page")
    found: Disposition | None = _by_key(rows, pk)
    if found is None:
        raise Http404
    return found


def visible_placement(request: HttpRequest, pk: int) -> Placement:
    """Return a place of an annotation that the person of a request may see.

    Raises:
        Http404: There is none.
    """
    rows = Placement.objects.filter(annotation__in=scope_of(request).rows())
    found: Placement | None = _by_key(
        rows.select_related("annotation__passage", "annotation__version", "version__page"), pk
    )
    if found is None:
        raise Http404
    return found


def _by_key(rows: QuerySet[Any], pk: int) -> Any:  # noqa: ANN401  # a row of any of our models
    """Return one row; a number that no database can hold finds nothing."""
    try:
        return rows.filter(pk=pk).first()
    except OverflowError:
        return None


def _scope(user: Any) -> Scope:  # noqa: ANN401  # any user model
    if not may_open(user):
        return Scope(frozenset(), frozenset(), frozenset(), can_moderate=False)
    pages = list(Page.objects.filter(Exists(Version.objects.filter(page=OuterRef("pk")))))
    can_moderate = may_moderate(user)
    disposable = frozenset[int]()
    if user.has_perm("synopse_annotations.dispose_annotation"):
        disposable = _editable(user, pages)
    full = frozenset(page.pk for page in pages) if can_moderate else disposable
    return Scope(full, _readable(user, pages), disposable, can_moderate)


def _editable(user: Any, pages: Iterable[Page]) -> frozenset[int]:  # noqa: ANN401
    editable = policy_registry.get_by_type(Page).instances_user_has_any_permission_for(
        user, {"change"}
    )
    keys = [page.pk for page in pages]
    return frozenset(editable.filter(pk__in=keys).values_list("pk", flat=True))


def _readable(user: Any, pages: Iterable[Page]) -> frozenset[int]:  # noqa: ANN401
    """Return the live pages that no restriction keeps somebody from."""
    restrictions = PageViewRestriction.objects.select_related("page").prefetch_related("groups")
    groups = set(user.groups.values_list("pk", flat=True))
    closed = tuple(
        restriction.page.path
        for restriction in restrictions
        if not _lets_in(user, groups, restriction)
    )
    return frozenset(page.pk for page in pages if page.live and not page.path.startswith(closed))


def _lets_in(user: Any, groups: set[int], restriction: PageViewRestriction) -> bool:  # noqa: ANN401
    if user.is_superuser or restriction.restriction_type == PageViewRestriction.LOGIN:
        return True
    if restriction.restriction_type == PageViewRestriction.GROUPS:
        return bool(groups & {group.pk for group in restriction.groups.all()})
    return False
