"""What a document may fetch while it is made: a few static files of ours and its own images.

Documents name them by addresses of a scheme of their own, so an address in somebody's text can
never lead to a file or to another server (TRUST S14).
"""

from __future__ import annotations

import io
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wagtail.images.models import AbstractRendition

    from versioning.models import Passage

SCHEME = "synopse"
STYLES = "versioning/export.css"
_FONTS = "kern/fonts/fira-sans/FiraSans-{}.woff2"
STATIC = frozenset(
    {STYLES, *map(_FONTS.format, ("Regular", "Italic", "SemiBold", "SemiBoldItalic"))}
)
"""Static files that documents use; a site without KERN's fonts has those of its system."""


class RefusedAddress(OSError):  # noqa: N818  # named like what it is
    """Documents may not fetch this address."""


class Resource(NamedTuple):
    """A file with its media type."""

    content: bytes
    media_type: str


class Resources:
    """The files of one document.

    Args:
        passages: Passages whose images it shows; their bodies must be prepared.
    """

    def __init__(self, passages: Iterable[Passage] = ()) -> None:
        self._pictures: dict[str, AbstractRendition] = {
            image_address(passage): picture
            for passage in passages
            if passage.image_id and (picture := getattr(passage, "picture", None))
        }

    def read(self, address: str) -> Resource:
        """Return the file at an address.

        Raises:
            RefusedAddress: It is neither one of our static files nor an image of the document.
            OSError: The file is gone.
        """
        kind, _colon, name = address.removeprefix(f"{SCHEME}:").partition("/")
        if address.startswith(f"{SCHEME}:") and kind == "static" and name in STATIC:
            if name.endswith(".woff2"):
                return Resource(_font(name), "font/ttf")
            return Resource(_static(name), mimetypes.guess_type(name)[0] or "")
        if picture := self._pictures.get(address):
            with picture.file.open("rb") as file:
                content = file.read()
            return Resource(content, mimetypes.guess_type(picture.file.name)[0] or "")
        raise RefusedAddress(address)


def static_address(name: str) -> str:
    """Return the address of a static file within documents."""
    return f"{SCHEME}:static/{name}"


def image_address(passage: Passage) -> str:
    """Return the address of the image of a caption within documents."""
    return f"{SCHEME}:image/{passage.image_id}"


@lru_cache(maxsize=len(STATIC))
def _font(name: str) -> bytes:
    """Return a font unpacked: that takes longer than most documents, so it is done once."""
    from fontTools.ttLib import woff2  # noqa: PLC0415  # comes with WeasyPrint

    unpacked = io.BytesIO()
    woff2.decompress(io.BytesIO(_static(name)), unpacked)
    return unpacked.getvalue()


def _static(name: str) -> bytes:
    """Return a static file, collected or not."""
    if found := finders.find(name):
        return Path(str(found)).read_bytes()
    with staticfiles_storage.open(name) as file:
        content: bytes = file.read()
    return content
