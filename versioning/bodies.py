"""Bodies of passages as they are shown: frozen html with Wagtail's internal links resolved.

The text content never changes (law 9): only opening tags of links are replaced.
"""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.models import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.http import HttpRequest
    from wagtail.images.models import AbstractRendition

    from versioning.models import Passage

PICTURE = "max-1200x1200"
"""How large images are shown."""

_kept: ContextVar[Mapping[tuple[str, int], str] | None] = ContextVar("kept_addresses", default=None)
_INTERNAL = re.compile(r'<a linktype="(page|document)" id="([0-9]{1,18})">')


def prepare_bodies(passages: Iterable[Passage], request: HttpRequest | None = None) -> None:
    """Resolve the links of many passages at once and keep each result as ``passage.body``.

    The number of queries does not grow with the passages. A link whose target is gone or not
    public keeps its words and leads nowhere. ``passage.picture`` is the image of a caption.

    Args:
        passages: Frozen passages.
        request: The request that shows them, for addresses on the same host.
    """
    passages = list(passages)
    kept = _kept.get()
    urls = _urls(_targets(passages), request) if kept is None else kept
    pictures = _pictures({passage.image_id for passage in passages if passage.image_id})
    for passage in passages:
        passage.body = _resolved(passage, urls)  # type: ignore[attr-defined]  # read by the tag
        passage.picture = pictures.get(passage.image_id or 0)  # type: ignore[attr-defined]  # see above


def addresses_in(passages: Iterable[Passage]) -> dict[tuple[str, int], str]:
    """Return where the internal links of passages lead now, by kind and id of their targets."""
    return _urls(_targets(passages), None)


@contextmanager
def leading_to(addresses: Mapping[tuple[str, int], str]) -> Iterator[None]:
    """Let internal links lead where they led when somebody kept ``addresses_in``."""
    token = _kept.set(addresses)
    try:
        yield
    finally:
        _kept.reset(token)


def body_of(passage: Passage) -> SafeString:
    """Return the safe html of one passage, prepared or not."""
    if not hasattr(passage, "body"):
        prepare_bodies([passage])
    return passage.body  # type: ignore[attr-defined]  # set by prepare_bodies


def _resolved(passage: Passage, urls: Mapping[tuple[str, int], str]) -> SafeString:
    def opening(match: re.Match[str]) -> str:
        url = urls.get((match[1], int(match[2])))
        return format_html('<a href="{}">', url) if url else "<a>"

    return mark_safe(_INTERNAL.sub(opening, passage.html))  # noqa: S308  # sanitised when frozen


def _targets(passages: Iterable[Passage]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for passage in passages:
        for kind, key in _INTERNAL.findall(passage.html):
            found[kind].add(int(key))
    return found


def _urls(
    targets: Mapping[str, set[int]], request: HttpRequest | None
) -> dict[tuple[str, int], str]:
    urls: dict[tuple[str, int], str] = {}
    if pages := targets.get("page"):
        for page in Page.objects.live().filter(pk__in=pages).select_related("locale"):
            urls["page", page.pk] = page.get_url(request) or ""
    if documents := targets.get("document"):
        for document in get_document_model().objects.filter(pk__in=documents):
            urls["document", document.pk] = document.url
    return urls


def _pictures(images: set[int]) -> dict[int, AbstractRendition]:
    """Return a rendition of each image; a file that is gone has none."""
    if not images:
        return {}
    found: dict[int, AbstractRendition] = {}
    for image in get_image_model().objects.filter(pk__in=images).prefetch_renditions(PICTURE):
        try:
            found[image.pk] = image.get_rendition(PICTURE)
        except (OSError, InvalidFilterSpecError):
            continue
    return found
