"""The chain of the acts of the gate, which a stranger can compute again."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from versioning.core.hashing import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping


def details_hash(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what is told about an act, as 64 hexadecimal digits.

    Args:
        data: Texts, whole numbers, booleans, null, lists and mappings.
    """
    return sha256(canonical_json(dict(data))).hexdigest()


def record_hash(  # noqa: PLR0913 -- all that it covers
    *, page: int, number: int, action: str, at: str, role: str, details: str, previous: str
) -> str:
    """Return the hash of a record, which chains it to the one before.

    No name is covered, so the chain stays valid where a person is erased; of the details only
    their hash, so that it can be followed where they are not public.

    Args:
        page: Id of the page whose text is meant.
        number: Place in the chain of the page, from 1.
        action: What was done, such as "synopse.submit".
        at: Moment, in UTC and ISO 8601 with microseconds.
        role: In which role, such as the names of the person's groups.
        details: ``details_hash`` of what is told about it.
        previous: Hash of the record before, empty for the first.
    """
    content = {
        "action": action,
        "at": at,
        "details": details,
        "number": number,
        "page": page,
        "previous": previous,
        "role": role,
    }
    return sha256(canonical_json(content)).hexdigest()
