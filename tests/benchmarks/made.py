"""Texts made from real ones, with moves, splits and merges that are known. Same seed, same text."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import Indel

from tests.benchmarks import metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from versioning.core.passages import PassageText

MOVED_SHARE = 0.05
NEAREST, FARTHEST = 5, 200
MIN_MOVED_WORDS = 5
MIN_CUT_WORDS = 12
MIN_PART_WORDS = 4
DECOY = 0.6


class Made(NamedTuple):
    """A text, another made from it, and what belongs together in a way that must be found."""

    old: list[PassageText]
    new: list[PassageText]
    expected: list[metrics.Link]


def moves(
    passages: Sequence[PassageText], share: float, seed: int, *, decoys: bool = False
) -> Made:
    """Move 5 % of the passages by 5 to 200 places and replace a share of their words.

    Args:
        passages: A real text.
        share: Share of the words of each moved passage that are replaced.
        seed: Starting point of the choices.
        decoys: Move passages that have a decoy, and edit the decoys where they stand.
    """
    source = random.Random(seed)
    vocabulary = [word for passage in passages for word in metrics.words(passage.text)]
    count = max(1, round(MOVED_SHARE * len(passages)))
    movable = _movable(passages)
    alike = _with_decoys(passages, movable, source, count) if decoys else {}
    chosen = list(alike) or source.sample(movable, min(count, len(movable)))
    texts = {at: edited(passages[at], share, source, vocabulary) for at in chosen}
    for at in sorted(set(alike.values()) - set(chosen)):
        texts[at] = edited(passages[at], 0.15, source, vocabulary)
    order = _moved(len(passages), sorted(chosen), source)
    places = {at: place for place, at in enumerate(order)}
    new = [texts.get(at, passages[at]) for at in order]
    return Made(list(passages), new, [((at,), (places[at],)) for at in sorted(chosen)])


def splits(passages: Sequence[PassageText], share: float, seed: int) -> Made:
    """Cut 5 % of the passages into two to four and replace a share of their words."""
    source = random.Random(seed)
    vocabulary = [word for passage in passages for word in metrics.words(passage.text)]
    movable = [at for at, item in enumerate(passages) if _long(item, MIN_CUT_WORDS)]
    count = max(1, round(MOVED_SHARE * len(passages)))
    chosen = set(source.sample(movable, min(count, len(movable))))
    new: list[PassageText] = []
    expected: list[metrics.Link] = []
    for at, passage in enumerate(passages):
        parts = [passage]
        if at in chosen:
            parts = _cut(edited(passage, share, source, vocabulary), source)
            expected.append(((at,), tuple(range(len(new), len(new) + len(parts)))))
        new += parts
    return Made(list(passages), new, expected)


def merges(passages: Sequence[PassageText], share: float, seed: int) -> Made:
    """Join passages: the same as a split, read from the other side."""
    made = splits(passages, share, seed)
    return Made(made.new, made.old, [(after, before) for before, after in made.expected])


def edited(
    passage: PassageText, share: float, source: random.Random, vocabulary: Sequence[str]
) -> PassageText:
    """Replace a share of the words by words of the same document."""
    pieces = passage.text.split(" ")
    for at in source.sample(range(len(pieces)), round(len(pieces) * share)):
        pieces[at] = source.choice(vocabulary)
    return passage._replace(text=" ".join(pieces), html="")


def with_ids(made: Made, links: Iterable[tuple[int, int]]) -> Made:
    """Give linked passages the same id, and each other one its own."""
    shared = {j: i for i, j in links}
    old = [item._replace(uid=f"o{at}", block=f"o{at}") for at, item in enumerate(made.old)]
    keys = [f"o{shared[at]}" if at in shared else f"n{at}" for at in range(len(made.new))]
    new = [item._replace(uid=key, block=key) for item, key in zip(made.new, keys, strict=True)]
    return Made(old, new, made.expected)


def spoilt(passages: Sequence[PassageText], how: str, seed: int) -> list[PassageText]:
    """Drop, duplicate or permute a tenth of the ids."""
    source = random.Random(seed)
    chosen = source.sample(range(len(passages)), len(passages) // 10)
    keys = [passages[at].uid for at in chosen]
    if how == "dropped":
        keys = [""] * len(chosen)
    elif how == "duplicated":
        keys = [passages[source.randrange(len(passages))].uid for _ in chosen]
    else:
        source.shuffle(keys)
    new = list(passages)
    for at, key in zip(chosen, keys, strict=True):
        new[at] = new[at]._replace(uid=key, block=key)
    return new


def _movable(passages: Sequence[PassageText]) -> list[int]:
    """Give the passages of some length whose text stands once: of others nobody could tell."""
    counts = Counter(passage.text for passage in passages)
    return [
        at
        for at, passage in enumerate(passages)
        if counts[passage.text] == 1 and _long(passage, MIN_MOVED_WORDS)
    ]


def _long(passage: PassageText, least: int) -> bool:
    return len(metrics.words(passage.text)) >= least


def _moved(count: int, chosen: Sequence[int], source: random.Random) -> list[int]:
    """Order all indices anew; each chosen one passes 5 to 200 of those that stay."""
    staying = [at for at in range(count) if at not in set(chosen)]
    rank = {at: at - sum(other < at for other in chosen) for at in chosen}
    targets: list[tuple[int, int]] = []
    for at in chosen:
        far = min(FARTHEST, len(staying) - NEAREST)
        step = source.randint(NEAREST, max(NEAREST, far)) * source.choice((-1, 1))
        place = rank[at] + step
        targets.append((place if 0 <= place <= len(staying) else rank[at] - step, at))
    order: list[int] = []
    waiting = sorted(targets)
    for place in range(len(staying) + 1):
        while waiting and (waiting[0][0] <= place or place == len(staying)):
            order.append(waiting.pop(0)[1])
        order += staying[place : place + 1]
    return order


def _cut(passage: PassageText, source: random.Random) -> list[PassageText]:
    pieces = passage.text.split(" ")
    most = min(4, len(pieces) // MIN_PART_WORDS)
    parts = source.randint(2, max(2, most))
    slack = len(pieces) - parts * MIN_PART_WORDS
    borders = sorted(source.randint(0, max(0, slack)) for _ in range(parts - 1))
    at = [0, *(border + MIN_PART_WORDS * (n + 1) for n, border in enumerate(borders)), len(pieces)]
    texts = [" ".join(pieces[at[n] : at[n + 1]]) for n in range(parts)]
    return [passage._replace(text=text, html="") for text in texts]


def _with_decoys(
    passages: Sequence[PassageText], movable: Sequence[int], source: random.Random, count: int
) -> dict[int, int]:
    """Choose passages with another of similarity over .6, and give that one for each."""
    coded = {at: metrics.words(passages[at].text) for at in movable}
    found: dict[int, int] = {}
    for at in source.sample(list(movable), len(movable)):
        rest = (other for other in movable if other != at and other not in found)
        alike = (
            other
            for other in rest
            if passages[other].text != passages[at].text
            and Indel.normalized_similarity(coded[at], coded[other], score_cutoff=DECOY) > DECOY
        )
        decoy = next(alike, None)
        if decoy is not None and at not in found.values():
            found[at] = decoy
        if len(found) == count:
            break
    return found
