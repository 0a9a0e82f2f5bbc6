"""Lasting identity of passages across versions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from versioning.core import aligning

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from versioning.core.passages import PassageText, Row

KEEPING = ("kept", "changed", "moved", "moved_changed")


def trace(
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    *,
    lineage: Sequence[tuple[int, int]] = (),
    apart: Collection[tuple[int, int]] = (),
) -> list[Row]:
    """Find what became of each passage when a version is frozen.

    The same block with similar text counts first, then equal text anywhere, then the best
    similarity in order, then similarity out of order, then splits and merges.

    Args:
        old: Passages of the version before, with block and uid.
        new: Passages of the version to freeze, with their blocks.
        lineage: Pairs of old and new index of which an editor has said that they belong together.
        apart: Pairs of which an editor has said that they do not.

    Returns:
        Rows without word runs; every passage stands in exactly one.
    """
    return aligning.align(old, new, lineage=lineage, apart=apart, blocks_first=True)


def assign_uids(
    rows: Sequence[Row],
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    fresh: Callable[[], str],
) -> list[str]:
    """Give each new passage its lasting identity.

    Args:
        rows: Result of ``trace`` for the same passages.
        old: Passages of the version before, each with its uid.
        new: Passages of the version to freeze.
        fresh: Makes a uid that was never given before.

    Returns:
        One uid for each new passage, none twice. A split leaves the uid with the most similar
        part; a merged passage takes that of the most similar old one.
    """
    uids = [""] * len(new)
    given: set[str] = set()
    for row in rows:
        if not row.old or not row.new:
            continue
        pairs = [(before, after) for before in row.old for after in row.new]
        before, after = max(
            pairs, key=lambda pair: aligning.similarity(old[pair[0]].text, new[pair[1]].text)
        )
        uid = old[before].uid
        if uid and uid not in given:
            uids[after] = uid
            given.add(uid)
    return [uid or fresh() for uid in uids]


def with_returned(
    uids: Sequence[str],
    missing: Mapping[int, tuple[str, str]],
    gone: Mapping[tuple[str, str], Collection[str]],
) -> list[str]:
    """Give passages that come back the identity that they had before they went.

    Args:
        uids: Uid of each new passage, empty where it has none yet.
        missing: Words and kind of each passage without a uid, by its index.
        gone: Uids of passages that only older versions hold, by the same words and kind.

    Returns:
        The uids; one is given back only where a single passage can have it and a single one had it.
    """
    counts = Counter(missing.values())
    given = set(uids)
    found = list(uids)
    for index, words in missing.items():
        (uid, *others) = sorted(gone.get(words, ())) or [""]
        if uid and not others and counts[words] == 1 and uid not in given:
            found[index] = uid
            given.add(uid)
    return found


def match_translation(
    source: Sequence[PassageText], translation: Sequence[PassageText]
) -> list[int | None]:
    """Find the source of each translated passage.

    Args:
        source: Passages of the source language.
        translation: Passages of the translation; its blocks keep the source's keys.

    Returns:
        For each translated passage the index of its source, or nothing. Within a block the
        ordinal decides where counts and kinds agree, otherwise the block's first passages
        belong together.
    """
    sources, translations = _by_block(source), _by_block(translation)
    found: list[int | None] = [None] * len(translation)
    for block, here in translations.items():
        there = sources.get(block, [])
        kinds_agree = [source[i].kind for i in there] == [translation[i].kind for i in here]
        for index, origin in zip(here, there if kinds_agree else there[:1], strict=False):
            found[index] = origin
    return found


def _by_block(passages: Sequence[PassageText]) -> dict[str, list[int]]:
    blocks: dict[str, list[int]] = {}
    for index, passage in enumerate(passages):
        if passage.block:
            blocks.setdefault(passage.block, []).append(index)
    return blocks
