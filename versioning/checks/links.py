"""The line of the gate about links and images: whether they are there. No network is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import CollectionViewRestriction, Page, Site

from versioning.checks.places import Flaw, line_of, passages_to_check
from versioning.core.addresses import is_sound, links_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from versioning.core.addresses import FoundLink
    from versioning.doors import GateLine
    from versioning.models import Passage, Version

_SERVE = "wagtail_serve"


def link_lines(version: Version) -> list[GateLine]:
    """Say which links and images of a version lead nowhere, or not the public.

    Each distinct file is asked for once, and none is opened.
    """
    passages = passages_to_check(version)
    flaws = list(_flaws(passages))
    text = _("All links and images of the text are there.")
    if flaws:
        text = ngettext(
            "%(number)d link or image leads nowhere.",
            "%(number)d links and images lead nowhere.",
            len(flaws),
        ) % {"number": len(flaws)}
    return [line_of(version, flaws, key="links", text=text)]


def _flaws(passages: list[Passage]) -> Iterator[Flaw]:
    links = {passage: links_in(passage.html) for passage in passages}
    every = {link for found in links.values() for link in found}
    sound = _Sound(every, {f"#p-{passage.uid}" for passage in passages})
    images = _images({passage.image_id for passage in passages if passage.image_id})
    for passage in passages:
        if passage.image_id and passage.image_id not in images:
            yield Flaw(passage, "image", _("the file of the image is gone"), passage.alt)
        for link in links[passage]:
            if link.target not in sound.of_kind[link.kind]:
                yield Flaw(passage, f"{link.kind}-{link.target[:40]}", _sentence(link), link.words)


class _Sound:
    """Which targets of links are there, in a fixed number of queries.

    Attributes:
        of_kind: The targets that are sound, by the kind of link.
    """

    def __init__(self, links: Iterable[FoundLink], anchors: set[str]) -> None:
        """Look all targets up at once."""
        wanted: dict[str, set[str]] = {
            kind: set() for kind in ("page", "document", "path", "anchor", "address")
        }
        for link in links:
            wanted[link.kind].add(link.target)
        self.of_kind: dict[str, set[str]] = {
            "page": _pages(wanted["page"]),
            "document": _documents(wanted["document"]),
            "path": _paths(wanted["path"]),
            "anchor": wanted["anchor"] & anchors,
            "address": {address for address in wanted["address"] if is_sound(address)},
        }


def _sentence(link: FoundLink) -> str:
    return {
        "page": _("the link leads to a page that is not public"),
        "document": _("the link leads to a document that is not there or not public"),
        "path": _("the link leads to an address that this site does not have"),
        "anchor": _("the link leads to a place that this text does not have"),
        "address": _("the address of the link can't lead anywhere"),
    }[link.kind]


def _pages(keys: set[str]) -> set[str]:
    """Return the keys of pages that everybody may read."""
    if not keys:
        return set()
    rows = Page.objects.live().public().filter(pk__in={int(key) for key in keys})
    return {str(page.pk) for page in rows.select_related("locale") if page.get_url_parts()}


def _documents(keys: set[str]) -> set[str]:
    """Return the keys of documents whose file is there and that everybody may open."""
    if not keys:
        return set()
    restricted = list(CollectionViewRestriction.objects.values_list("collection__path", flat=True))
    rows = get_document_model().objects.filter(pk__in={int(key) for key in keys})
    return {
        str(row.pk)
        for row in rows.select_related("collection")
        if not row.collection.path.startswith(tuple(restricted)) and _is_stored(row.file)
    }


def _images(keys: set[int]) -> set[int]:
    """Return the keys of images whose file is there."""
    if not keys:
        return set()
    rows = get_image_model().objects.filter(pk__in=keys).only("pk", "file")
    return {row.pk for row in rows if _is_stored(row.file)}


def _is_stored(file: Any) -> bool:  # noqa: ANN401  # Django's FieldFile
    try:
        return bool(file) and bool(file.storage.exists(file.name))
    except (OSError, SuspiciousOperation, ValueError):
        return False


def _paths(paths: set[str]) -> set[str]:
    """Return the paths on this host that lead to a file, a view, or a page that is public."""
    files = {path for path in paths if path.startswith(settings.MEDIA_URL)}
    sound = {path for path in files if _is_file(path)}
    candidates: dict[str, set[str]] = {}
    for path in paths - files:
        found = _resolved(path)
        if found is None:
            sound.add(path)
        else:
            candidates[path] = found
    wanted = set().union(*candidates.values())
    if wanted:
        rows = Page.objects.live().public().filter(url_path__in=wanted)
        known = set(rows.values_list("url_path", flat=True))
        sound |= {path for path, found in candidates.items() if found & known}
    return sound


def _is_file(path: str) -> bool:
    name = unquote(_bare(path).removeprefix(settings.MEDIA_URL))
    try:
        return default_storage.exists(name)
    except (OSError, SuspiciousOperation, ValueError):
        return False


def _resolved(path: str) -> set[str] | None:
    """Return where in the page tree a path leads, nothing where nowhere, None where to a view."""
    found: set[str] = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            try:
                match = resolve(unquote(_bare(path)))
            except Resolver404:
                continue
        if match.url_name != _SERVE:
            return None
        inside = next(iter((*match.args, *match.kwargs.values())), "")
        for root in Site.get_site_root_paths():
            if not settings.WAGTAIL_I18N_ENABLED or root.language_code == code:
                found.add(f"{root.root_path}{inside}")
    return found


def _bare(path: str) -> str:
    return path.partition("#")[0].partition("?")[0]
