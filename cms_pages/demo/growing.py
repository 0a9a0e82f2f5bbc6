"""A draft with many voices, to see how the site behaves at the size of a large process."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from annotations.services import bulk, following
from annotations.services.bulk import Voice
from annotations.services.moments import happening_at
from cms_pages.core.documents import read_document
from cms_pages.demo.fixture import Fixture
from cms_pages.models import ParticipationProcessPage, StrategyDraftPage
from cms_pages.services.importing import VersionDetails, import_draft
from versioning.services.freezing import published_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from versioning.models import Passage, Version

    Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a demo is, beside the model case.

    Attributes:
        passages: Passages of the text.
        voices: Annotations and replies.
        hottest: Annotations at the passage that most people talk about.
        supports: How often somebody supports an annotation.
        people: People who wrote or supported.
        versions: Versions of the text.
    """

    passages: int
    voices: int
    hottest: int
    supports: int
    people: int
    versions: int


SIZES: dict[str, Size | None] = {
    "s": None,
    "m": Size(passages=300, voices=6_000, hottest=250, supports=20_000, people=5_000, versions=6),
    "l": Size(
        passages=300, voices=12_000, hottest=500, supports=150_000, people=25_000, versions=6
    ),
}

TITLE = "Viele Stimmen: der lange Entwurf"
CHAPTER = 25
"""Passages in a chapter."""
REWRITTEN = 0.05
"""Which part of the passages a new version changes."""
REPLIES = 0.25
"""Which part of the voices answers another one."""
ROUND = timedelta(days=5)


def grow(*, size: Size, folder: Path, say: Say) -> None:
    """Load a long draft with many voices, unless it is there.

    Args:
        size: How many of everything.
        folder: Where the demo's files lie.
        say: Takes a line about what is being done.
    """
    if StrategyDraftPage.objects.filter(title=TITLE).exists():
        say("   The long draft is there already.")
        return
    _Crowd(size, Fixture(folder, timezone.now()), say).gather()


class _Crowd:
    """Many people who annotate a text while it is being written.

    They come by the import of histories: writing 12,000 forms and opening as many links from mails
    takes half an hour, and shows nothing more.
    """

    def __init__(self, size: Size, fixture: Fixture, say: Say) -> None:
        self.size = size
        self.fixture = fixture
        self.say = say
        self.chance = random.Random(size.voices)  # noqa: S311  # the same voices each time
        self.texts = self._texts()
        self.bodies = [entry["body"] for entry in fixture.read("annotations")]
        self.page: StrategyDraftPage | None = None
        self.roots: list[int] = []
        self.written = 0

    def gather(self) -> None:
        """Publish version after version and collect what people say."""
        begin = self.fixture.now - ROUND * self.size.versions
        for number in range(self.size.versions):
            moment = begin + ROUND * number
            version = self._publish(number, moment)
            self._collect(version, number, moment)
        self._support()

    def _is_last(self, number: int) -> bool:
        return number == self.size.versions - 1

    def _share(self, whole: int, number: int) -> int:
        """Return the part of a number that falls on one round; the last takes what is left."""
        each = whole // self.size.versions
        return whole - each * number if self._is_last(number) else each

    def _texts(self) -> list[str]:
        blocks = self.fixture.read("stage2.v3")
        sentences = [block["text"] for block in blocks if block["type"] == "paragraph"]
        return [
            f"{self.chance.choice(sentences)} {self.chance.choice(sentences)} ({place + 1})"
            for place in range(self.size.passages)
        ]

    def _document(self) -> list[dict[str, Any]]:
        blocks: list[dict[str, Any]] = []
        for place, text in enumerate(self.texts):
            if place % CHAPTER == 0:
                chapter = place // CHAPTER + 1
                blocks.append({"type": "heading", "level": 1, "text": f"Kapitel {chapter}"})
            elif place % 5 == 0:
                blocks.append({"type": "heading", "level": 2, "text": f"Abschnitt {place}"})
            else:
                blocks.append({"type": "paragraph", "text": text})
        return blocks

    def _publish(self, number: int, moment: datetime) -> Version:
        rewritten = max(2, int(len(self.texts) * REWRITTEN))
        for place in self.chance.sample(range(len(self.texts)), rewritten):
            self.texts[place] = f"Neu gefasst: {self.texts[place]}"
        process = ParticipationProcessPage.objects.filter(locale__language_code="de").first()
        closes = self.fixture.now + timedelta(days=28) if self._is_last(number) else moment + ROUND
        with published_at(moment), happening_at(moment):
            done = import_draft(
                document=read_document(("text.json", json.dumps(self._document()).encode())),
                actor=None,
                page=self.page,
                parent=None if self.page else process,
                title=TITLE,
                publish=VersionDetails(label=f"Runde {number + 1}", opens=moment, closes=closes),
            )
            assert done.version is not None  # noqa: S101  # each round rewrites something
            following.follow(version_id=done.version.pk)
        self.page = done.page
        self.say(f"   {TITLE}, {done.version.name}")
        return done.version

    def _collect(self, version: Version, number: int, moment: datetime) -> None:
        """Let people speak about one version: some at its hottest passage, the others anywhere."""
        passages = [p for p in version.passages.in_order() if p.kind == "paragraph"]
        wanted = self._share(self.size.voices, number)
        hot = self._share(self.size.hottest, number)
        step = ROUND / (wanted + 1)
        roots: list[Voice] = []
        voices: list[Voice] = []
        for place in range(wanted):
            answers = self.chance.choice(roots) if place > hot and self._seldom() else None
            passage = passages[0] if place < hot else self.chance.choice(passages[1:])
            voice = self._voice(passage, moment + step * (place + 1), answers)
            voices.append(voice)
            if answers is None:
                roots.append(voice)
        stored = bulk.import_voices(version=version, page=self.page, voices=voices)
        self.roots += [row.pk for row in stored if row.reply_to_id is None]
        self.written += len(stored)
        self.say(f"     {self.written:,} of {self.size.voices:,} voices")

    def _seldom(self) -> bool:
        return self.chance.random() < REPLIES

    def _voice(self, passage: Passage, at: datetime, answers: Voice | None) -> Voice:
        """Return what one person says, about some words or about the whole passage."""
        person = self.chance.randrange(self.size.people)
        start = self.chance.randrange(max(1, len(passage.text) - 40))
        is_whole = answers is not None or self._seldom()
        return Voice(
            passage=passage,
            body=self.chance.choice(self.bodies),
            name=f"Stimme {person}",
            email=_address(person),
            at=at,
            start=None if is_whole else start,
            end=None if is_whole else min(len(passage.text), start + self.chance.randrange(8, 40)),
            answers=answers,
        )

    def _support(self) -> None:
        """Let people support what others wrote; a few annotations get most of it."""
        pairs: dict[tuple[int, str], None] = {}
        while len(pairs) < self.size.supports:
            root = self.roots[int(len(self.roots) * self.chance.random() ** 3)]
            pairs[root, _address(self.chance.randrange(self.size.people))] = None
        number = bulk.import_supports(pairs=pairs, at=self.fixture.now)
        self.say(f"     {number:,} supports")


def _address(person: int) -> str:
    return f"stimme{person}@viele.example"
