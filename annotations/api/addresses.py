"""Addresses of the interface, with host and port of the request."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import translation

from annotations.responses import base_url

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest
    from django.urls import ResolverMatch

    from annotations.models import Annotation
    from versioning.models import Version

NAMESPACE = "synopse_api"


class Addresses:
    """Makes absolute addresses; those of pages are in the text's own language.

    Args:
        request: For its host and port.
        base: Begin of the addresses, where there is no request.
    """

    def __init__(self, request: HttpRequest | None, *, base: str = "") -> None:
        self.base = base_url(request) if request is not None else base.rstrip("/")
        self._versions: dict[int, str] = {}

    def container(self, page_id: int) -> str:
        """Return the address of a page's container."""
        return self.base + reverse(f"{NAMESPACE}:container", args=[page_id])

    def collection(self, page_id: int, *, iris: bool) -> str:
        """Return the address of a container with addresses or with whole annotations in it."""
        return f"{self.container(page_id)}?iris={int(iris)}"

    def page(self, page_id: int, number: int, *, iris: bool) -> str:
        """Return the address of one page of a container, counted from 0."""
        return f"{self.collection(page_id, iris=iris)}&page={number}"

    def annotation(self, page_id: int, uuid: UUID) -> str:
        """Return the address of an annotation."""
        return self.base + reverse(f"{NAMESPACE}:annotation", args=[page_id, uuid])

    def version(self, version: Version) -> str:
        """Return the permalink of a version; ask for its locale before."""
        if version.pk not in self._versions:
            with translation.override(_supported(version.locale.language_code)):
                self._versions[version.pk] = self.base + version.get_absolute_url()
        return self._versions[version.pk]

    def permalink(self, annotation: Annotation) -> str:
        """Return the public page of an annotation, in the language of its text."""
        with translation.override(_supported(annotation.locale.language_code)):
            return self.base + annotation.get_absolute_url()

    def absolute(self, path: str) -> str:
        """Return a whole address."""
        return self.base + path

    def balance(self, page_id: int) -> str:
        """Return the address of a balance sheet, in the language that is spoken."""
        return self.absolute(reverse("annotations:balance", args=[page_id]))


def container_link(request: HttpRequest, page_id: int) -> str:
    """Return the value of a ``Link`` header to a container, empty where it is not mounted."""
    try:
        address = Addresses(request).container(page_id)
    except NoReverseMatch:
        return ""
    return f'<{address}>; rel="http://www.w3.org/ns/oa#annotationService"'


def resolved(request: HttpRequest, address: str) -> tuple[ResolverMatch, str] | None:
    """Return the view behind an address of this host and its fragment, None for foreign ones."""
    try:
        parts = urlsplit(address)
        own = not parts.scheme and not parts.netloc and parts.path.startswith("/")
        is_here = parts.scheme in {"http", "https"} and parts.netloc.lower() == request.get_host()
        if not (own or is_here):
            return None
        with translation.override(translation.get_language_from_path(parts.path)):
            return resolve(parts.path), parts.fragment
    except (ValueError, Resolver404):
        return None


def _supported(code: str) -> str:
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
