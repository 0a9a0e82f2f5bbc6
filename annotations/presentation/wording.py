"""Words then and now, compared."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from versioning.core.comparing import diff_words

if TYPE_CHECKING:
    from versioning.core.passages import Run


class Spot(NamedTuple):
    """A range of a text; code points, end exclusive."""

    start: int
    end: int


@lru_cache(maxsize=2048)
def runs_between(old: str, new: str) -> tuple[Run, ...]:
    """Compare two wordings; frozen texts are compared once."""
    return diff_words(old, new)[0]


def successor(old: str, new: str, spot: Spot) -> Spot | None:
    """Return where the words of a range stand in the new text, with those that replaced some.

    Placement keeps what survived; a reader also wants the words that came in its stead.

    Args:
        old: The passage then.
        new: The passage now.
        spot: A range of the old text.
    """
    parts: list[Spot] = []
    then = now = 0
    replaces = False
    for run in runs_between(old, new):
        length = len(run.text)
        if run.operation == "equal":
            begin, end = max(spot.start, then), min(spot.end, then + length)
            if begin < end:
                parts.append(Spot(now + begin - then, now + end - then))
            then, now, replaces = then + length, now + length, False
        elif run.operation == "delete":
            replaces = then < spot.end and then + length > spot.start
            then += length
        else:
            if replaces or spot.start < then < spot.end:
                parts.append(Spot(now, now + length))
            now += length
    return Spot(parts[0].start, parts[-1].end) if parts else None
