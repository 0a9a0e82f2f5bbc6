"""Finding the passages and changes that the demo's files name by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from versioning.models import Change, Passage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cms_pages.core.documents import DocumentBlock
    from versioning.models import Version

ALONE = frozenset({"table", "image", "quote"})
"""Kinds of blocks that keep their own id in the draft; of others only the words are known."""


class Places:
    """A version with the document that it was made from."""

    def __init__(self, version: Version, document: Sequence[DocumentBlock]) -> None:
        """Read the passages of the version once."""
        self.version = version
        self._blocks = {block.source.key: block for block in document}
        self._passages: list[Passage] = list(version.passages.in_order())

    def has(self, block: str) -> bool:
        """Tell whether the version has a block."""
        return block in self._blocks

    def passages(self, block: str) -> list[Passage]:
        """Return the passages of a block, in reading order."""
        found = self._blocks[block]
        own = [p for p in self._passages if p.block.partition(".")[0] == block]
        if own and (found.source.kind in ALONE or found.fields):
            return own
        return [p for p in self._passages if p.text == found.source.text]

    def passage(self, block: str, ordinal: int) -> Passage:
        """Return one passage of a block."""
        return self.passages(block)[ordinal]


def changes_of(block: str, new: Places, old: Places) -> list[Change]:
    """Return what changed in a block between two consecutive versions.

    A block that is gone names the passages that it had.
    """
    if new.has(block):
        condition = Q(new_passages__in=new.passages(block))
    else:
        condition = Q(old_passages__in=old.passages(block))
    return list(Change.objects.filter(condition, version=new.version).distinct())
