"""How much a passage is talked about, in a few steps."""

from __future__ import annotations

STEPS = 4
"""Steps above none at all; the style sheet has a width for each."""


def heat(count: int, hottest: int) -> int:
    """Give the step of a passage, from 0 for no annotation to 4 for as many as the hottest has.

    Laws: none gives 0, and any gives at least 1; more annotations never give a lower step; a step
    is never higher than the number of annotations, so that few voices don't look like a crowd.

    Args:
        count: Annotations of the passage.
        hottest: Annotations of the passage that has most.
    """
    if count <= 0:
        return 0
    return min(count, STEPS, -(-STEPS * count // max(hottest, 1)))
