"""Recognising blocks of a draft in a new text, so that they keep their ids."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cms_pages.core.drafting import DraftBlock

MINIMUM = 55.0
"""How similar two texts must be, from 0 to 100, to be the same block."""

_COMPARED = 600
_MAX_PAIRS = 400_000
_VALID_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class KnownBlock:
    """A block that a draft has now.

    Attributes:
        kind: Its type in the stream.
        key: Its id.
        text: Its words.
        heading: Its first words where they are a heading.
    """

    kind: str
    key: str
    text: str
    heading: str = ""


def keys_for(
    blocks: Sequence[DraftBlock],
    known: Sequence[KnownBlock] = (),
    *,
    fresh: Callable[[int], str] = lambda _index: str(uuid.uuid4()),
) -> list[str]:
    """Return an id for each block: that of the block it was, its own, or a new one.

    A block is recognised by its own id, by equal text, by its heading, then by similar text.

    Args:
        blocks: The new text.
        known: What the draft holds now.
        fresh: Makes the id of a block that is new, of its index.

    Returns:
        As many ids as blocks, each only once.
    """
    matching = _Matching(blocks, known)
    matching.by(lambda new: new.key, lambda old: old.key)
    matching.by(lambda new: new.text, lambda old: old.text)
    matching.by(lambda new: new.heading, lambda old: old.heading)
    matching.by_similarity()
    taken = {block.key for block in known}
    return list(_filled(blocks, matching.keys, taken, fresh))


def _filled(
    blocks: Sequence[DraftBlock],
    keys: Sequence[str],
    taken: set[str],
    fresh: Callable[[int], str],
) -> Iterable[str]:
    for index, (block, key) in enumerate(zip(blocks, keys, strict=True)):
        if not key:
            is_usable = bool(_VALID_KEY.match(block.key)) and block.key not in taken
            key = block.key if is_usable else fresh(index)  # noqa: PLW2901  # the id it gets
        taken.add(key)
        yield key


class _Matching:
    """Which new block is which known one."""

    def __init__(self, blocks: Sequence[DraftBlock], known: Sequence[KnownBlock]) -> None:
        self.keys = [""] * len(blocks)
        self._blocks = blocks
        self._known = known
        self._free = list(range(len(known)))

    def by(
        self, sign: Callable[[DraftBlock], str], known_sign: Callable[[KnownBlock], str]
    ) -> None:
        """Match blocks of one kind with the same sign, in order."""
        places: dict[tuple[str, str], list[int]] = {}
        for place in self._free:
            old = self._known[place]
            if known_sign(old):
                places.setdefault((old.kind, known_sign(old)), []).append(place)
        for index, block in enumerate(self._blocks):
            waiting = places.get((block.kind, sign(block)))
            if not self.keys[index] and sign(block) and waiting:
                self._match(index, waiting.pop(0))

    def by_similarity(self) -> None:
        """Match what is left with the most similar block of its kind."""
        left = [index for index, key in enumerate(self.keys) if not key]
        if len(left) * len(self._free) > _MAX_PAIRS:
            return
        for index in left:
            block = self._blocks[index]
            choices = {
                place: self._known[place].text[:_COMPARED]
                for place in self._free
                if self._known[place].kind == block.kind
            }
            best = process.extractOne(
                block.text[:_COMPARED], choices, scorer=fuzz.ratio, score_cutoff=MINIMUM
            )
            if best is not None:
                self._match(index, best[2])

    def _match(self, index: int, place: int) -> None:
        self.keys[index] = self._known[place].key
        self._free.remove(place)
