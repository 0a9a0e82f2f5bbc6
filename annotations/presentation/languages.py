"""What was written on a text in other languages, at the same passages here.

``Passage.uid`` is the identity of a passage across versions and languages. An annotation stands
on the newest version of its own language; from there its passage is found again by the uid. Its
range is of the other language's words, so here it is about the whole passage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from wagtail.models import Page, PageViewRestriction, Site

from versioning.models import Passage, Version

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable


def versions_elsewhere(version: Version) -> QuerySet[Version, Any]:
    """Return the newest versions of a text in its other languages, as far as everybody reads them.

    Pages that are not published, stand on no site or are behind a restriction, also one that this
    reader has passed, tell nothing in another language. An older version shows its own language
    alone. It is one subquery, for use within another query.
    """
    newer = Version.objects.filter(page=OuterRef("page"), number__gt=OuterRef("number"))
    succeeded = Version.objects.filter(page=version.page_id, number__gt=version.number)
    key = Page.objects.filter(pk=version.page_id).values("translation_key")[:1]
    rows = Version.objects.filter(page__translation_key=Subquery(key), page__live=True)
    return (
        rows.exclude(page=version.page_id)
        .filter(~Exists(newer), ~Exists(succeeded), _is_on_a_site(), ~_is_restricted())
        .order_by()
        .values("pk")
    )


def passage_here(version: Version) -> Combinable:
    """Return the passage of a version that an annotation of another language is about.

    The query has ``uid_there``, see ``uid_there``.
    """
    same = Passage.objects.filter(version=version, uid=OuterRef("uid_there"))
    return Subquery(same.values("pk")[:1])


def uid_there() -> Combinable:
    """Return the identity of the passage on the newest version of an annotation's language.

    The query has ``place``, the place on that version, empty where it was written on it.
    """
    return Case(When(place__isnull=True, then=F("passage__uid")), default=F("place__passage__uid"))


def _is_restricted() -> Exists:
    rows = PageViewRestriction.objects.alias(below=_path())
    return Exists(rows.filter(below__startswith=F("page__path")))


def _path() -> ExpressionWrapper:
    """Return the path of the page of a version outside, to be compared with another's."""
    return ExpressionWrapper(OuterRef("page__path"), output_field=CharField())


def _is_on_a_site() -> Q:
    roots = Page.objects.alias(below=_path()).filter(
        translation_key__in=Site.objects.values("root_page__translation_key"),
        below__startswith=F("path"),
    )
    return Q(Exists(roots))
