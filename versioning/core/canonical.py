"""Canonical JSON: one form for the same data, in every language. The only door to ``rfc8785``."""

from __future__ import annotations

import json
from typing import Any

import rfc8785


class NotCanonical(ValueError):  # noqa: N818  # named like what it is
    """These bytes are not the canonical form of any data."""


def canonical(data: Any) -> bytes:  # noqa: ANN401  # any JSON
    """Return the canonical form of data.

    Raises:
        ValueError: Something in it has none: a date, a number that is too large, half a character.

    Source:
        RFC 8785 (JSON Canonicalization Scheme).
    """
    return rfc8785.dumps(data)


def read_canonical(content: bytes) -> Any:  # noqa: ANN401  # any JSON
    """Return the data behind canonical JSON.

    Raises:
        NotCanonical: The bytes are not exactly what ``canonical`` gives for them, so a name may
            stand there twice, a number may be written in another way, or it is no JSON at all.
    """
    try:
        data = json.loads(content.decode("utf-8"), parse_constant=_refuse)
        is_canonical = rfc8785.dumps(data) == content
    except (ValueError, RecursionError) as error:
        raise NotCanonical(str(error)) from error
    if not is_canonical:
        raise NotCanonical("not in canonical form")
    return data


def _refuse(name: str) -> None:
    raise NotCanonical(name)
