"""Quotes on real texts whose place on the next text is known without the code under test.

Two sources of truth. Of a real revision: a quote that stands, with sixty characters on both sides,
exactly once in the old and exactly once in the new text was not touched. Of a made revision: every
word of the old text is followed through edits, moves, splits, merges and deletions made here.
Same seed, same quotes.
"""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import Indel

from annotations.core.placing import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from annotations.core.placing import Place
    from versioning.core.passages import PassageText

BESIDE = 60
"""Characters beside a quote of a real revision that must be untouched, too."""
LENGTHS = {"short": (1, 3), "clause": (4, 9), "sentence": (10, 25)}
"""Words of a quote by its kind."""
ENOUGH, STRETCHED = 0.5, 2
"""Share of a quote's characters that must be left, in a span of so many times its length."""


EDITED, SHARE = 1 / 3, 0.05
"""Share of the passages that are edited; and of those moved, split, joined, deleted, new."""
ALIKE = 0.75
"""Similarity from which a new passage counts as the same one, changed."""
MOVED_FROM, CUT_FROM, PART = 5, 12, 4
"""Words from which a passage is moved or joined, cut, and of each part."""


class Span(NamedTuple):
    """A place in the new text; code points of the passage, end exclusive."""

    passage: int
    start: int
    end: int


class Quote(NamedTuple):
    """A mark and what is known of it.

    Attributes:
        mark: What is placed.
        kind: short, clause, sentence or passage.
        fate: untouched, edited, torn (less than half of it is left) or removed.
        span: Where it has to stand; nothing if it was removed.
    """

    mark: Mark
    kind: str
    fate: str
    span: Span | None


class Word(NamedTuple):
    """A word of a made text and where it came from: old passage and word, or nothing."""

    text: str
    origin: tuple[int, int] | None


class Revision(NamedTuple):
    """An old text, one made of it, and quotes on the old one with what became of them."""

    old: list[PassageText]
    new: list[PassageText]
    quotes: list[Quote]


# Real revisions


def untouched(
    old: Sequence[PassageText], new: Sequence[PassageText], seed: int, *, most: int
) -> list[Quote]:
    """Give quotes that a real revision did not touch, spread over at most so many passages."""
    source = random.Random(seed)
    before, after = (_Joined(side) for side in (old, new))
    indices = [index for index, passage in enumerate(old) if passage.text]
    found: list[Quote] = []
    for index in sorted(source.sample(indices, min(most, len(indices)))):
        for kind, start, end in _ranges(old[index].text, source):
            span = after.place(before.window(index, start, end), before, end - start)
            if span is not None:
                found.append(Quote(_mark(index, kind, start, end), kind, "untouched", span))
    return found


def without(
    old: Sequence[PassageText], new: Sequence[PassageText], seed: int, *, most: int
) -> Revision:
    """Take passages that a real revision left alone out of its new text, and quote them.

    Only texts that stand once are taken, and only those that nothing new in the text is much like:
    of these anybody would say that they had changed. All else stays, what is new there, too.
    """
    source = random.Random(seed)
    before, after = (Counter(passage.text for passage in side) for side in (old, new))
    alone = [
        index
        for index, passage in enumerate(old)
        if passage.text and before[passage.text] == after[passage.text] == 1
    ]
    brought = [passage.text for passage in new if passage.text not in before]
    chosen = sorted(source.sample(alone, min(most, len(alone) // 10)))
    taken = [index for index in chosen if not _is_like_any(old[index].text, brought)]
    words = {old[index].text for index in taken}
    quotes = [
        Quote(_mark(index, kind, start, end), kind, "removed", None)
        for index in taken
        for kind, start, end in _ranges(old[index].text, source)
    ]
    return Revision(list(old), [passage for passage in new if passage.text not in words], quotes)


def _is_like_any(text: str, others: Sequence[str]) -> bool:
    return (
        process.extractOne(text, others, scorer=Indel.normalized_similarity, score_cutoff=ALIKE)
        is not None
    )


class _Window(NamedTuple):
    """A quote with its surroundings, and how many characters stand before it."""

    text: str
    lead: int


class _Joined:
    """Passages as one text, between two line feeds each."""

    def __init__(self, passages: Sequence[PassageText]) -> None:
        self.text = "\n" + "\n".join(passage.text for passage in passages) + "\n"
        self.starts: list[int] = []
        at = 1
        for passage in passages:
            self.starts.append(at)
            at += len(passage.text) + 1

    def window(self, passage: int, start: int, end: int) -> _Window:
        base = self.starts[passage]
        first = max(0, base + start - BESIDE)
        return _Window(self.text[first : base + end + BESIDE], base + start - first)

    def once(self, words: str) -> int | None:
        """Give where words stand, if they stand once."""
        first = self.text.find(words)
        return None if first < 0 or self.text.find(words, first + 1) >= 0 else first

    def place(self, window: _Window, before: _Joined, length: int) -> Span | None:
        """Find a quote of another text in this one, if it stands once in both."""
        at = self.once(window.text)
        if at is None or before.once(window.text) is None:
            return None
        at += window.lead
        passage = next(
            index
            for index, (here, there) in enumerate(pairwise([*self.starts, len(self.text) + 1]))
            if here <= at < there
        )
        start = at - self.starts[passage]
        return Span(passage, start, start + length)


def _ranges(text: str, source: random.Random) -> Iterator[tuple[str, int, int]]:
    """Give one range of each length that fits, and the whole passage."""
    places = _places(text.split(" "))
    for kind, (least, most) in LENGTHS.items():
        if len(places) > least:
            count = min(source.randint(least, most), len(places) - 1)
            first = source.randrange(len(places) - count + 1)
            yield kind, places[first][0], places[first + count - 1][1]
    yield "passage", 0, len(text)


def _places(words: Sequence[str]) -> list[tuple[int, int]]:
    """Give where each word begins and ends when all are joined with spaces."""
    found, at = [], 0
    for word in words:
        found.append((at, at + len(word)))
        at += len(word) + 1
    return found


# Made revisions


def made(
    passages: Sequence[PassageText], foreign: Sequence[PassageText], seed: int, *, most: int
) -> Revision:
    """Revise a text and follow its words.

    A third of the passages is edited in one to four places; about one in twenty each is moved,
    split, joined with the one before, deleted, or gets a foreign passage behind it.

    Args:
        passages: A real text.
        foreign: Passages of other texts, to be inserted.
        seed: Starting point of the choices.
        most: Passages that get quotes, at most.
    """
    source = random.Random(seed)
    old = [passage for passage in passages if passage.text]
    texts = [
        [Word(text, (index, at)) for at, text in enumerate(passage.text.split(" "))]
        for index, passage in enumerate(old)
    ]
    vocabulary = [word.text for words in texts for word in words]
    edited = [
        _edited(words, source, vocabulary) if source.random() < EDITED else words for words in texts
    ]
    counts = Counter(passage.text for passage in old)
    alone = [counts[passage.text] == 1 for passage in old]
    revised = _arranged(edited, alone, foreign, source)
    new = [
        old[kind]._replace(text=" ".join(word.text for word in words), html="")
        for kind, words in revised
    ]
    return Revision(old, new, _followed(old, [words for _, words in revised], source, most))


def _edited(words: Sequence[Word], source: random.Random, vocabulary: Sequence[str]) -> list[Word]:
    """Replace, insert or delete a few words at one to four places."""
    found = list(words)
    for _ in range(source.randint(1, min(4, 1 + len(words) // 12))):
        if len(found) < 3:  # nothing would be left of it
            break
        at = source.randrange(len(found))
        gone = source.choice((0, 1, 1, 2, 3)) if len(found) > 8 else source.choice((0, 1))
        come = source.randint(0 if gone else 1, 3)
        before = {word.text for word in found[at : at + gone]}
        fresh = [Word(source.choice(vocabulary), None) for _ in range(come)]
        found[at : at + gone] = [word for word in fresh if word.text not in before]
    return found


def _arranged(
    texts: Sequence[list[Word]],
    alone: Sequence[bool],
    foreign: Sequence[PassageText],
    source: random.Random,
) -> list[tuple[int, list[Word]]]:
    """Move, split, merge, delete and insert passages; each comes with the index of its kind.

    A text that stood several times, such as "(repealed)", stays: nobody could tell which one
    went.
    """
    found: list[tuple[int, list[Word]]] = []
    moved: list[tuple[int, list[Word]]] = []
    for index, words in enumerate(texts):
        fate = source.random() if alone[index] else 1
        if fate < SHARE:
            continue  # deleted
        if fate < 2 * SHARE and len(words) >= MOVED_FROM:
            moved.append((index, words))
        elif fate < 3 * SHARE and len(words) >= CUT_FROM:
            cut = source.randint(PART, len(words) - PART)
            found += [(index, words[:cut]), (index, words[cut:])]
        elif fate < 4 * SHARE and found and min(len(words), len(found[-1][1])) >= MOVED_FROM:
            found[-1] = (found[-1][0], [*found[-1][1], *words])
        else:
            found.append((index, words))
        if foreign and source.random() < SHARE:
            text = source.choice(foreign).text
            found.append((index, [Word(word, None) for word in text.split(" ")]))
    for each in moved:
        found.insert(source.randrange(len(found) + 1), each)
    return [(index, words) for index, words in found if words]


def _followed(
    old: Sequence[PassageText], new: Sequence[list[Word]], source: random.Random, most: int
) -> list[Quote]:
    """Give quotes on the old text, each with the place to which its words were followed."""
    where: dict[tuple[int, int], Span] = {}
    for passage, words in enumerate(new):
        for word, (start, end) in zip(words, _places([each.text for each in words]), strict=True):
            if word.origin is not None:
                where[word.origin] = Span(passage, start, end)
    quotes: list[Quote] = []
    for index in sorted(source.sample(range(len(old)), min(most, len(old)))):
        places = _places(old[index].text.split(" "))
        for kind, start, end in _ranges(old[index].text, source):
            inside = [at for at, (a, b) in enumerate(places) if start <= a and b <= end]
            fate, span = _fate([(places[at], where.get((index, at))) for at in inside])
            quotes.append(Quote(_mark(index, kind, start, end), kind, fate, span))
    return quotes


def _fate(words: Sequence[tuple[tuple[int, int], Span | None]]) -> tuple[str, Span | None]:
    """Tell what became of words: where each stood, and where it stands now."""
    left = [(end - start, span) for (start, end), span in words if span is not None]
    if not left:
        return "removed", None
    weights: dict[int, int] = {}
    for weight, span in left:
        weights[span.passage] = weights.get(span.passage, 0) + weight
    passage = max(weights, key=lambda key: weights[key])
    spans = [span for _, span in left if span.passage == passage]
    whole = Span(passage, spans[0].start, spans[-1].end)
    together = all(one.end + 1 == other.start for one, other in pairwise(spans))
    if len(spans) == len(words) and together:
        return "untouched", whole
    length = words[-1][0][1] - words[0][0][0]
    share = weights[passage] / sum(end - start for (start, end), _ in words)
    found = share >= ENOUGH and whole.end - whole.start <= STRETCHED * length
    return ("edited" if found else "torn"), whole


def _mark(index: int, kind: str, start: int, end: int) -> Mark:
    whole = kind == "passage"
    return Mark(f"{index}-{kind}", index, None if whole else start, None if whole else end)


# How good a place is


class Score(NamedTuple):
    """What was counted; scores add up.

    Attributes:
        untouched: Quotes of which no word changed.
        kept: How many of them stand exactly where they have to.
        expected: Quotes that have a place, untouched or edited.
        placed: Quotes that got a place.
        right: How many of them stand there, edited ones by half of the joint range.
        removed: Quotes of which no word is left.
        pinned: How many of them got a place all the same.
    """

    untouched: int = 0
    kept: int = 0
    expected: int = 0
    placed: int = 0
    right: int = 0
    removed: int = 0
    pinned: int = 0

    def __add__(self, other: tuple) -> Score:
        return Score(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def precision(self) -> float:
        """Give the share of the places that are right."""
        return self.right / self.placed if self.placed else 1.0

    @property
    def recall(self) -> float:
        """Give the share of the quotes with a place that got the right one."""
        return self.right / self.expected if self.expected else 1.0


def score(quote: Quote, place: Place, new: Sequence[PassageText]) -> Score:
    """Hold a place against what is known of the quote."""
    span = _found(place, new)
    is_right = span is not None and quote.span is not None and _agree(span, quote)
    if quote.fate == "torn":  # half of it may be shown or not, but nowhere else
        return Score(placed=int(span is not None and not is_right))
    is_removed, is_untouched = quote.fate == "removed", quote.fate == "untouched"
    return Score(
        untouched=int(is_untouched),
        kept=int(is_untouched and is_right),
        expected=int(not is_removed),
        placed=int(span is not None),
        right=int(is_right),
        removed=int(is_removed),
        pinned=int(is_removed and span is not None),
    )


def _found(place: Place, new: Sequence[PassageText]) -> Span | None:
    if place.passage is None:
        return None
    if place.start is None or place.end is None:
        return Span(place.passage, 0, len(new[place.passage].text))
    return Span(place.passage, place.start, place.end)


def _agree(found: Span, quote: Quote) -> bool:
    """Tell whether a place is right: exact for untouched words, touching for torn ones."""
    wanted = quote.span
    if wanted is None or found.passage != wanted.passage:
        return False
    if quote.fate == "untouched" and quote.kind != "passage":
        return found == wanted
    common = min(found.end, wanted.end) - max(found.start, wanted.start)
    if quote.fate == "torn":
        return common > 0
    is_short = quote.kind == "passage" or found.end - found.start <= STRETCHED * _length(quote)
    return is_short and common >= (wanted.end - wanted.start) / 2


def _length(quote: Quote) -> int:
    return (quote.mark.end or 0) - (quote.mark.start or 0)
