"""Lasting identity of translated passages: that of their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from versioning.core import lineage

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from versioning.core.passages import PassageText, Row


def translated_uids(
    rows: Sequence[Row],
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    source: Sequence[PassageText],
    fresh: Callable[[], str],
) -> list[str]:
    """Give each passage of a translation the identity of its source passage.

    An unchanged passage keeps an identity that the source still has. Otherwise the match with the
    source decides, unless that identity already belongs to another passage of the translation;
    then the translation's own lineage; else the identity is new.

    Args:
        rows: Result of ``lineage.trace`` for ``old`` and ``new``.
        old: The translation's version before, with uids; may be empty.
        new: The translation's passages to freeze.
        source: The source's newest version, with uids.
        fresh: Makes a uid that was never given before.

    Returns:
        One uid for each new passage, none twice.
    """
    own = lineage.assign_uids(rows, old, new, lambda: "")
    matched = lineage.match_translation(source, new)
    offers = [
        _unchanged(own, old, new, {passage.uid for passage in source}),
        _from_source(own, matched, source),
        own,
    ]
    uids = [""] * len(new)
    given: set[str] = set()
    for offer in offers:
        for index, uid in enumerate(offer):
            if uid and not uids[index] and uid not in given:
                uids[index] = uid
                given.add(uid)
    return [uid or fresh() for uid in uids]


def untranslated(text: str, source_texts: Container[str]) -> bool:
    """Tell whether a translated passage still has the words of its source.

    Numbers and signs alone are the same in every language.
    """
    return text in source_texts and any(character.isalpha() for character in text)


def _unchanged(
    own: Sequence[str],
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    known: set[str],
) -> list[str]:
    texts = {passage.uid: passage.text for passage in old}
    return [
        uid if uid in known and texts.get(uid) == passage.text else ""
        for uid, passage in zip(own, new, strict=True)
    ]


def _from_source(
    own: Sequence[str], matched: Sequence[int | None], source: Sequence[PassageText]
) -> list[str]:
    """Give the uid of each match, unless the translation's own lineage leads elsewhere with it."""
    successor = {uid: index for index, uid in enumerate(own) if uid}
    offered: list[str] = []
    for index, match in enumerate(matched):
        uid = "" if match is None else source[match].uid
        offered.append(uid if successor.get(uid, index) == index else "")
    return offered
