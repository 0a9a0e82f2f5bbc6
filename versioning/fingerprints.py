"""What the hashes of a version cover, for freezing and for verifying alike."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from versioning.core import hashing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wagtail.images.models import AbstractImage

    from versioning.models import Passage, Version

_CHUNK = 1 << 20


def image_hash(image: AbstractImage, alt: str) -> str:
    """Return the hash of an image as a version uses it: id, alternative text and file.

    A file that is missing counts as an empty one, so that publishing does not depend on it.

    Args:
        image: The image.
        alt: The alternative text in this place.
    """
    data = {"alt": alt, "file": file_hash(image.file), "id": image.pk}
    return sha256(hashing.canonical_json(data)).hexdigest()


def file_hash(file: Any) -> str:  # noqa: ANN401  # Django's FieldFile
    """Return the SHA-256 of a stored file, empty where it is missing."""
    digest = sha256()
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except (OSError, ValueError):
        return ""
    return digest.hexdigest()


def passage_entry(passage: Passage, locale: str) -> dict[str, Any]:
    """Return what the hash of a version covers of one passage.

    Words enter as hashes, so that the chain stays valid where words had to be withheld.

    Args:
        passage: The passage, stored or not.
        locale: Language code of its words.
    """
    return {
        "html": passage.html_hash,
        "image": passage.image_hash,
        "kind": passage.kind,
        "level": passage.level,
        "locale": locale,
        "marker": passage.marker,
        "number": passage.number,
        "text": passage.text_hash,
        "uid": str(passage.uid),
    }


def content_hash(version: Version, passages: Iterable[Passage], locales: dict[int, str]) -> str:
    """Return the hash of a version, which chains it to the one before.

    Args:
        version: Number, locale and previous hash count.
        passages: Its passages in reading order.
        locales: Language codes by the id of the locale.
    """
    return sha256(hashed_content(version, passages, locales)).hexdigest()


def hashed_content(version: Version, passages: Iterable[Passage], locales: dict[int, str]) -> bytes:
    """Return the bytes whose SHA-256 is the hash of a version; see ``content_hash``."""
    return hashing.hashed_content(
        number=version.number,
        locale=locales[version.locale_id],
        passages=[passage_entry(passage, locales[passage.locale_id]) for passage in passages],
        previous=version.previous_hash,
    )
