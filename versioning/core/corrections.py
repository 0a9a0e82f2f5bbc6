"""What editors say about the lineage of a draft: which passage continues which.

A correction speaks about one version and one state of the draft. It names the old passage by its
uid and the new one by a key, which finds the passage again while the draft is being edited.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from versioning.core.hashing import text_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from versioning.core.passages import PassageText

MAX_CORRECTIONS = 200
_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEY = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})\.([0-9a-f]{16})\.([^\x00\ud800-\udfff]{0,255})")
"""Without what PostgreSQL cannot store: NUL and halves of surrogate pairs."""


class MalformedCorrections(ValueError):  # noqa: N818  # it says what the data are
    """The data are no list of corrections."""


class ContradictoryCorrections(ValueError):  # noqa: N818  # it says what the data are
    """Two corrections cannot both be true."""


class Correction(NamedTuple):
    """What an editor has said about one passage of the draft.

    Attributes:
        version: Number of the version that the old passage stands in.
        old: Uid of the old passage; empty for all of them, which only ``same=False`` may say.
        new: Key of the passage of the draft, as ``keys_of`` gives it.
        same: Whether the new passage continues the old one.
    """

    version: int
    old: str
    new: str
    same: bool

    def as_data(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return dict(self._asdict())


class Known(NamedTuple):
    """What corrections mean for two lists of passages.

    Attributes:
        lineage: Pairs of indices that belong together.
        apart: Pairs of indices that do not.
        places: Index of the new passage of each correction that counts.
        lost: Corrections that no longer find their passages.
    """

    lineage: list[tuple[int, int]]
    apart: set[tuple[int, int]]
    places: dict[Correction, int]
    lost: list[Correction]

    @property
    def settled(self) -> set[int]:
        """Indices of new passages about which somebody has decided."""
        return set(self.places.values())


def read_corrections(data: object) -> list[Correction]:
    """Read what was stored or sent.

    Args:
        data: A list of mappings with the attributes of ``Correction``.

    Returns:
        The corrections, none twice.

    Raises:
        MalformedCorrections: It is something else.
        ContradictoryCorrections: They cannot all be true.
    """
    if not isinstance(data, list) or len(data) > MAX_CORRECTIONS:
        raise MalformedCorrections
    found = list(dict.fromkeys(_read(item) for item in data))
    _refuse_contradictions(found)
    return found


def keys_of(passages: Sequence[PassageText]) -> list[str]:
    """Give each passage of a draft a key: where it stands in its block, and a hash of its words.

    Args:
        passages: Passages in reading order, with their blocks.

    Returns:
        Keys made of ordinal in the block, number of passages in the block, hash, and block.
    """
    blocks: defaultdict[str, int] = defaultdict(int)
    ordinals: list[int] = []
    for passage in passages:
        ordinals.append(blocks[passage.block])
        blocks[passage.block] += 1
    return [
        f"{ordinal}.{blocks[passage.block]}.{_short_hash(passage)}.{passage.block[:255]}"
        for ordinal, passage in zip(ordinals, passages, strict=True)
    ]


def resolve(
    corrections: Iterable[Correction], old: Sequence[PassageText], new: Sequence[PassageText]
) -> Known:
    """Find the passages that corrections speak about.

    A key finds the passage with the same words at the same place; else the only one with these
    words, in its block before elsewhere; else the one at the same place of a block that has as
    many passages as before, since its words may have been edited.

    Args:
        corrections: Corrections about the version that ``old`` are the passages of.
        old: Passages of that version, with uids.
        new: Passages of the draft.

    Returns:
        Pairs for ``lineage.trace``, and what was not found.
    """
    known = Known([], set(), {}, [])
    find = _Finder(new)
    olds = {passage.uid: index for index, passage in enumerate(old)}
    for correction in corrections:
        i, j = olds.get(correction.old, -1), find.place(correction.new)
        if j is None or (i < 0 and correction.old):
            known.lost.append(correction)
            continue
        known.places[correction] = j
        if correction.same:
            known.lineage.append((i, j))
        elif correction.old:
            known.apart.add((i, j))
        else:
            known.apart.update((index, j) for index in range(len(old)))
    return known


class _Finder:
    """Finds passages of a draft by their keys."""

    def __init__(self, passages: Sequence[PassageText]) -> None:
        self.exact: dict[str, int] = {}
        self.words: defaultdict[str, list[int]] = defaultdict(list)
        self.words_in_block: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self.at_place: dict[tuple[str, str, str], int] = {}
        for index, key in enumerate(keys_of(passages)):
            ordinal, count, words, block = _parts(key)
            self.exact[key] = index
            self.words[words].append(index)
            self.words_in_block[words, block].append(index)
            self.at_place[ordinal, count, block] = index

    def place(self, key: str) -> int | None:
        """Return the index of a passage, or nothing."""
        if key in self.exact:
            return self.exact[key]
        ordinal, count, words, block = _parts(key)
        for found in (self.words_in_block[words, block], self.words[words]):
            if len(found) == 1:
                return found[0]
        return self.at_place.get((ordinal, count, block))


def _short_hash(passage: PassageText) -> str:
    return text_hash(passage.text)[:16]


def _parts(key: str) -> tuple[str, str, str, str]:
    ordinal, count, words, block = key.split(".", 3)
    return ordinal, count, words, block


def _read(item: object) -> Correction:
    if not isinstance(item, dict) or item.keys() != set(Correction._fields):
        raise MalformedCorrections
    found = Correction(**item)
    is_said = isinstance(found.same, bool) and type(found.version) is int and found.version > 0
    if not is_said or not isinstance(found.old, str) or not isinstance(found.new, str):
        raise MalformedCorrections
    is_known = bool(_UID.fullmatch(found.old)) or (not found.old and not found.same)
    if not is_known or not _KEY.fullmatch(found.new):
        raise MalformedCorrections
    return found


def _refuse_contradictions(corrections: Sequence[Correction]) -> None:
    """Refuse pairs that are said to be both, and parts of a split that are merged as well.

    Raises:
        ContradictoryCorrections: They cannot all be true.
    """
    together = {(item.version, item.old, item.new) for item in corrections if item.same}
    origins: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    parts: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    for version, old, new in together:
        origins[version, new].add(old)
        parts[version, old].add(new)
    for version, old, new in together:
        if len(origins[version, new]) > 1 and len(parts[version, old]) > 1:
            raise ContradictoryCorrections
    for item in corrections:
        if not item.same and (
            (item.version, item.old, item.new) in together
            or (not item.old and origins[item.version, item.new])
        ):
            raise ContradictoryCorrections
