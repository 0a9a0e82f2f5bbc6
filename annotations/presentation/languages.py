"""What was written on a text in other languages, at the same passages here.

``Passage.uid`` is the identity of a passage across versions and languages. An annotation stands
on the newest version of its own language; from there its passage is found again by the uid. Its
range is of the other language's words, so here it is about the whole passage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

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
from versioning.page_cache import kept_value
from versioning.queries import original_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models.expressions import Combinable
    from django.http import HttpRequest

    from versioning.queries import VersionQuerySet


class TextVersions(NamedTuple):
    """The versions of a text by id.

    Attributes:
        own: All of the version's own language.
        others: All of its other languages.
        elsewhere: Those of ``versions_elsewhere``.
    """

    own: list[int]
    others: list[int]
    elsewhere: list[int]

    @classmethod
    def of(cls, version: Version, request: HttpRequest | None = None) -> TextVersions:
        """Return those of a version's text, read once for each version that is shown.

        Args:
            version: The version that is shown.
            request: Where it is given first, they are kept from one request to the next.
        """
        known: TextVersions | None = version.__dict__.get("_text_versions")
        if known is None:
            known = kept_value(
                request,
                f"versions of the text of {version.pk}",
                lambda: cls._read(version),
                topics=lambda _found: [version.page_id],
            )
            version._text_versions = known  # type: ignore[attr-defined]  # kept with the version
        return known

    @classmethod
    def _read(cls, version: Version) -> TextVersions:
        shown = versions_elsewhere(version.page_id, version.number)
        rows = _versions_of_text(version.page_id, shown).only("page_id")
        return cls._sort(rows, version.page_id)

    @classmethod
    def _sort(cls, rows: Iterable[Version], page_id: int) -> TextVersions:
        found = [(row.pk, row.page_id == page_id, row.is_shown) for row in rows]  # type: ignore[attr-defined]  # annotated
        return cls(
            own=sorted(pk for pk, is_own, _shown in found if is_own),
            others=sorted(pk for pk, is_own, _shown in found if not is_own),
            elsewhere=sorted(pk for pk, _own, is_shown in found if is_shown),
        )


def versions_shown_by(page: Page) -> list[Version]:
    """Return the versions that a page shows, newest first.

    The newest knows those of the other languages, so that the reading page need not ask for them.
    """
    page_id = original_id(page)
    rows = _versions_of_text(page_id, versions_elsewhere(page_id))
    found = list(
        rows.select_related("submission", "locale").with_window_changed().with_gate().told_stage()
    )
    own = [row for row in found if row.page_id == page_id]
    if own:
        own[0]._text_versions = TextVersions._sort(found, page_id)  # see TextVersions.of
    return own


def _versions_of_text(page_id: int, shown: QuerySet[Version, Any]) -> VersionQuerySet:
    """Return the versions of a text in all languages, each with ``is_shown``."""
    key = Page.objects.filter(pk=page_id).values("translation_key")[:1]
    rows = Version.objects.filter(page__translation_key=Subquery(key)).order_by("-number")
    return rows.annotate(is_shown=Q(pk__in=shown))


def versions_elsewhere(page_id: int, number: int | None = None) -> QuerySet[Version, Any]:
    """Return the newest versions of a text in its other languages, as far as everybody reads them.

    Pages that are not published, stand on no site or are behind a restriction, also one that this
    reader has passed, tell nothing in another language. An older version shows its own language
    alone. Inside another query this would be planned each time: see ``TextVersions``.

    Args:
        page_id: The page whose versions are shown.
        number: The version that is shown, None for the newest.
    """
    newer = Version.objects.filter(page=OuterRef("page"), number__gt=OuterRef("number"))
    key = Page.objects.filter(pk=page_id).values("translation_key")[:1]
    rows = Version.objects.filter(page__translation_key=Subquery(key), page__live=True)
    if number is not None:
        rows = rows.filter(~Exists(Version.objects.filter(page=page_id, number__gt=number)))
    return (
        rows.exclude(page=page_id)
        .filter(~Exists(newer), _is_on_a_site(), ~_is_restricted())
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
