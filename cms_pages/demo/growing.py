"""A draft with many voices, to see how the site behaves at the size of a large process."""

from __future__ import annotations

SIZES = {"s": 0, "m": 6_000, "l": 12_000}


def grow(*, size: str, folder: object, say: object) -> None:
    """Nothing yet."""
