"""Identity over many versions: whatever is done to a text, a uid stays with its passage."""

from __future__ import annotations

import random
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.versioning.comparison_cases import paragraph
from versioning.core import lineage

SYLLABLES = ["ba", "do", "fi", "gu", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "wu", "ze"]
STEPS = st.sampled_from(["edit", "move", "split", "merge", "paste", "drop", "add"])


class Story:
    """A text through its versions, and what each passage is known to come from.

    Each passage holds words of its own, so that the words tell which passage it really is.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers = count()
        self.passages = [paragraph(self.words(), block=f"b{at // 3}") for at in range(9)]
        self.uids = self.freeze([])

    def words(self) -> str:
        word = lambda: "".join(self.random.choices(SYLLABLES, k=3))  # noqa: E731  # in one place
        return " ".join(word() for _ in range(24))

    def freeze(self, old) -> list[str]:
        rows = lineage.trace(old, self.passages)
        return lineage.assign_uids(rows, old, self.passages, lambda: f"u{next(self.numbers)}")

    def next_version(self, steps) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Return the words of each uid before and after some steps."""
        old = [
            paragraph(passage.text, block=passage.block, uid=uid)
            for passage, uid in zip(self.passages, self.uids, strict=True)
        ]
        for step in steps:
            getattr(self, step)(self.random.randrange(len(self.passages)))
        self.uids = self.freeze(old)
        assert len(set(self.uids)) == len(self.uids)
        before = {passage.uid: set(passage.text.split()) for passage in old}
        now = zip(self.uids, self.passages, strict=True)
        return before, {uid: set(passage.text.split()) for uid, passage in now}

    def edit(self, at: int) -> None:
        words = self.passages[at].text.split()
        for place in self.random.sample(range(len(words)), max(1, len(words) // 8)):
            words[place] = "neu"
        self.passages[at] = paragraph(" ".join(words), block=self.passages[at].block)

    def move(self, at: int) -> None:
        passage = self.passages.pop(at)
        self.passages.insert(self.random.randrange(len(self.passages) + 1), passage)

    def split(self, at: int) -> None:
        words = self.passages[at].text.split()
        if len(words) >= 16:
            block = self.passages[at].block
            halves = words[: len(words) // 2], words[len(words) // 2 :]
            self.passages[at : at + 1] = [paragraph(" ".join(h), block=block) for h in halves]

    def merge(self, at: int) -> None:
        if at + 1 < len(self.passages):
            text = f"{self.passages[at].text} {self.passages[at + 1].text}"
            self.passages[at : at + 2] = [paragraph(text, block=self.passages[at].block)]

    def paste(self, at: int) -> None:
        """Paste the chapter of a passage anew: the same words in a block of a new name."""
        block = self.passages[at].block
        fresh = f"pasted{next(self.numbers)}"
        self.passages = [
            paragraph(p.text, block=fresh) if p.block == block else p for p in self.passages
        ]

    def drop(self, at: int) -> None:
        if len(self.passages) > 3:
            del self.passages[at]

    def add(self, at: int) -> None:
        self.passages.insert(at, paragraph(self.words(), block=self.passages[at].block))


@given(st.integers(0, 10_000), st.lists(st.lists(STEPS, max_size=2), min_size=1, max_size=4))
@settings(max_examples=150)
def test_a_uid_stays_with_its_words_and_goes_to_no_others(seed, versions):
    story = Story(seed)
    given_before: set[str] = set(story.uids)
    for steps in versions:
        before, now = story.next_version(steps)
        for uid, words in now.items():
            if uid in before:
                assert len(before[uid] & words) >= len(min(before[uid], words, key=len)) / 3
            else:
                assert uid not in given_before, "a uid of an older version was used again"
                lost = [old for old, held in before.items() if held == words]
                assert not lost, "an unchanged passage lost its uid"
        given_before |= set(now)


@pytest.mark.parametrize("step", ["edit", "move", "paste"])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=30)
def test_every_passage_survives_one_step(step, seed):
    story = Story(seed)
    uids = set(story.uids)
    story.next_version([step])
    assert set(story.uids) == uids


@pytest.mark.parametrize(("step", "difference"), [("split", 1), ("merge", -1)])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=30)
def test_a_split_adds_one_uid_and_a_merge_takes_one(step, difference, seed):
    story = Story(seed)
    uids = set(story.uids)
    at = len(uids) - 2
    old = [
        paragraph(passage.text, block=passage.block, uid=uid)
        for passage, uid in zip(story.passages, story.uids, strict=True)
    ]
    getattr(story, step)(at)
    story.uids = story.freeze(old)
    assert len(set(story.uids)) == len(uids) + difference
    assert len(uids - set(story.uids)) == max(0, -difference)


def test_what_returns_gets_its_uid_once():
    missing = {0: ("a", "paragraph"), 1: ("b", "paragraph"), 2: ("b", "paragraph")}
    gone = {("a", "paragraph"): {"old"}, ("b", "paragraph"): {"other"}}
    assert lineage.with_returned(["", "", "", "x"], missing, gone) == ["old", "", "", "x"]


def test_what_two_passages_were_called_returns_to_none():
    gone = {("a", "paragraph"): {"one", "two"}}
    assert lineage.with_returned([""], {0: ("a", "paragraph")}, gone) == [""]


def test_a_uid_that_somebody_has_already_does_not_return():
    gone = {("a", "paragraph"): {"x"}}
    assert lineage.with_returned(["", "x"], {0: ("a", "paragraph")}, gone) == ["", "x"]
