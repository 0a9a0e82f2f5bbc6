"""Finding what a client means: the version, the passage and the words, or the one replied to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from annotations.api.addresses import NAMESPACE, resolved
from annotations.core import ranges
from annotations.models import Annotation, State
from versioning.models import Passage, Version

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.urls import ResolverMatch
    from wagtail.models import Page

    from annotations.api.reading import Target

_OF_ANNOTATIONS = {f"{NAMESPACE}:annotation", "annotations:annotation", "annotations:reply"}
_OF_VERSIONS = {"versioning:version", "annotations:passage"}


@dataclass(frozen=True, slots=True)
class Place:
    """Words of a passage; start and end are empty for the whole of it."""

    version: Version
    passage: Passage
    start: int | None = None
    end: int | None = None
    quote: str = ""


def find_parent(request: HttpRequest, page: Page, target: Target) -> Annotation | None:
    """Return the annotation that a target names, None where it names something else.

    Raises:
        ValidationError: There is no such annotation on the page.
    """
    found = resolved(request, target.source)
    if found is None or found[0].view_name not in _OF_ANNOTATIONS:
        return None
    match, fragment = found
    uuid = _uuid(fragment.removeprefix("a-")) if fragment.startswith("a-") else None
    rows = Annotation.objects.of_page(page.pk).select_related(
        "version__locale", "passage", "locale", "root"
    )
    seen = rows.exclude(state__in=(State.UNCONFIRMED, State.PENDING))
    parent = seen.filter(uuid=uuid or match.kwargs["uuid"]).first()
    if parent is None:
        raise _refusal("target", _("There is no such annotation on this page."), "unknown_target")
    parent.version.page = page
    return parent


def find_place(request: HttpRequest, page: Page, newest: Version, target: Target) -> Place:
    """Return the words that a target means.

    Args:
        request: For addresses on the same host.
        page: The page of the container.
        newest: Its newest version, which its own address stands for.
        target: What the client says.

    Raises:
        ValidationError: The address, the passage or the words are not found, or not clear.
    """
    version, uid = _version(request, page, newest, target.source)
    version.page = page
    uid = target.uid or uid
    passages = Passage.objects.filter(version=version, withheld_at=None).in_order()
    if uid:
        passage = passages.filter(uid=_uuid(uid) or UUID(int=0)).first()
        if passage is None:
            raise _refusal(
                "target", _("There is no such passage in this version."), "unknown_passage"
            )
        return _within(version, passage, target)
    if not target.exact:
        raise _refusal(
            "target.selector",
            _("Please name the passage by its fragment, or quote words of it."),
            "invalid",
        )
    return _by_quote(version, list(passages), target)


def _version(request: HttpRequest, page: Page, newest: Version, source: str) -> tuple[Version, str]:
    found = resolved(request, source)
    if found is not None and found[0].view_name in _OF_VERSIONS:
        return _named(page, newest, found[0])
    if found is not None and _is_page(request, page, source):
        return newest, ""
    raise _refusal(
        "target", _("The source must be the address of a version of this page."), "invalid"
    )


def _named(page: Page, newest: Version, match: ResolverMatch) -> tuple[Version, str]:
    if match.kwargs["page_id"] != page.pk:
        raise _refusal(
            "target", _("The source belongs to another page than the container."), "invalid"
        )
    number = match.kwargs["number"]
    uid = str(match.kwargs.get("uid", ""))
    if number == newest.number:
        return newest, uid
    version = Version.objects.select_related("locale").filter(page=page, number=number).first()
    if version is None:
        raise _refusal("target", _("There is no such version of this page."), "invalid")
    return version, uid


def _is_page(request: HttpRequest, page: Page, source: str) -> bool:
    own = page.get_url(request) or ""
    return urlsplit(source).path == urlsplit(own).path


def _within(version: Version, passage: Passage, target: Target) -> Place:
    """Return a place in a known passage; the words before and after help where they decide."""
    if target.start is not None or not target.exact:
        return Place(version, passage, target.start, target.end, target.exact)
    words = _single_spaced(target.exact)
    places = ranges.find_quote(passage.text, words, target.prefix, target.suffix)
    if len(places) == 1:
        return Place(version, passage, *places[0], words)
    return Place(version, passage, None, None, words)  # the service says what is wrong


def _by_quote(version: Version, passages: list[Passage], target: Target) -> Place:
    """Return the one place of a quote in the whole text."""
    words = _single_spaced(target.exact)
    found = [
        Place(version, passage, start, end, words)
        for passage in passages
        for start, end in ranges.find_quote(passage.text, words)
    ]
    best = max((_fit(place, target) for place in found), default=0)
    places = [place for place in found if _fit(place, target) == best]
    if len(places) > 1 and target.start is not None:
        places = [place for place in places if place.start == target.start] or places
    if not places:
        raise _refusal("target.selector", _("These words do not stand in this version."), "quote")
    if len(places) > 1:
        raise _refusal(
            "target.selector",
            _("These words stand there %(count)d times. Please name the passage.")
            % {"count": len(places)},
            "quote",
        )
    return places[0]


def _fit(place: Place, target: Target) -> int:
    text = place.passage.text
    return ranges.context_fit(text, place.start or 0, place.end or 0, target.prefix, target.suffix)


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _refusal(field: str, message: str, code: str) -> ValidationError:
    return ValidationError({field: ValidationError(message, code=code)})
