"""Hashes that a stranger can compute again from what is published."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

MAX_SAFE_INTEGER = 2**53 - 1


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
    text = json.dumps(_ordered(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


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


def _ordered(data: object) -> object:
    if isinstance(data, Mapping):
        return {key: _ordered(data[key]) for key in sorted(data, key=_utf16)}
    if isinstance(data, list | tuple):
        return [_ordered(item) for item in data]
    if isinstance(data, int) and not isinstance(data, bool) and abs(data) > MAX_SAFE_INTEGER:
        raise ValueError(f"The number {data} is too large to be hashed.")
    if data is None or isinstance(data, str | int):
        return data
    raise TypeError(f"{type(data).__name__} has no canonical form.")


def _utf16(key: object) -> bytes:
    """Sort keys by UTF-16 code units, as the standard demands."""
    if not isinstance(key, str):
        raise TypeError("Keys must be text.")
    return key.encode("utf-16-be", "surrogatepass")
