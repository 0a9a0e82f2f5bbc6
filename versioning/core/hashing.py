"""Hashes that a stranger can compute again from what is published."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from versioning.core.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def canonical_json(data: object) -> bytes:
    """Return the one JSON form of strings, whole numbers, booleans, null, lists and mappings.

    Raises:
        TypeError: The data hold another type, such as a fraction, a date or a key that is no text.
        ValueError: A number is too large for other languages, or a text holds half a character.

    Source:
        RFC 8785 (JSON Canonicalization Scheme), without fractions.
    """
    _refuse_fractions(data)
    return canonical(data)


def version_hash(
    *, number: int, locale: str, passages: Sequence[Mapping[str, Any]], previous: str
) -> str:
    """Return the hash of a version, which chains it to the version before.

    Args:
        number: Number of the version, from 1.
        locale: Language code of the version.
        passages: One mapping per passage, in reading order; all of it is hashed.
        previous: Hash of the version before, empty for the first.
    """
    hashed = hashed_content(number=number, locale=locale, passages=passages, previous=previous)
    return sha256(hashed).hexdigest()


def hashed_content(
    *, number: int, locale: str, passages: Sequence[Mapping[str, Any]], previous: str
) -> bytes:
    """Return the bytes whose SHA-256 is the hash of a version; see ``version_hash``."""
    content = {
        "locale": locale,
        "number": number,
        "passages": [dict(passage) for passage in passages],
        "previous": previous,
    }
    return canonical_json(content)


def _refuse_fractions(data: object) -> None:
    """Let only data in whose form no two languages write differently."""
    if isinstance(data, dict):
        if not all(isinstance(key, str) for key in data):
            raise TypeError("Keys must be text.")
        for item in data.values():
            _refuse_fractions(item)
    elif isinstance(data, list | tuple):
        for item in data:
            _refuse_fractions(item)
    elif data is not None and not isinstance(data, str | int):
        raise TypeError(f"{type(data).__name__} has no canonical form.")
