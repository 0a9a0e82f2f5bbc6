"""A draft with many voices, to see how the site behaves at the size of a large process."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from annotations.models import OutboxMail
from annotations.services import confirming, following, submitting
from annotations.services.moments import happening_at
from annotations.services.outbox import record_sent
from cms_pages.core.documents import read_document
from cms_pages.demo.fixture import Fixture
from cms_pages.demo.story import token_of
from cms_pages.models import ParticipationProcessPage, StrategyDraftPage
from cms_pages.services.importing import VersionDetails, import_draft
from versioning.services.freezing import published_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from annotations.models import Annotation
    from versioning.models import Passage, Version

    Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a demo is, beside the model case.

    Attributes:
        passages: Passages of the text.
        voices: Annotations and replies.
        people: People who wrote them.
        versions: Versions of the text.
    """

    passages: int
    voices: int
    people: int
    versions: int


SIZES: dict[str, Size | None] = {
    "s": None,
    "m": Size(passages=300, voices=6_000, people=5_000, versions=6),
    "l": Size(passages=300, voices=12_000, people=25_000, versions=6),
}

TITLE = "Viele Stimmen: der lange Entwurf"
CHAPTER = 25
"""Passages in a chapter."""
REWRITTEN = 0.05
"""Which part of the passages a new version changes."""
REPLIES = 0.25
"""Which part of the voices answers another one."""
HOTTEST = 0.05
"""Which part of the voices gathers at one passage."""
BATCH = 200
ROUND = timedelta(days=5)


def grow(*, size: Size, folder: Path, base_url: str, say: Say) -> None:
    """Load a long draft with many voices, unless it is there.

    Args:
        size: How many of everything.
        folder: Where the demo's files lie.
        base_url: Begin of the links in mails.
        say: Takes a line about what is being done.
    """
    if StrategyDraftPage.objects.filter(title=TITLE).exists():
        say("   The long draft is there already.")
        return
    _Crowd(size, Fixture(folder, timezone.now()), base_url, say).gather()


class _Crowd:
    """Many people who annotate a text while it is being written."""

    def __init__(self, size: Size, fixture: Fixture, base_url: str, say: Say) -> None:
        self.size = size
        self.fixture = fixture
        self.base_url = base_url
        self.say = say
        self.chance = random.Random(size.voices)  # noqa: S311  # the same voices each time
        self.texts = self._texts()
        self.bodies = [entry["body"] for entry in fixture.read("annotations")]
        self.page: StrategyDraftPage | None = None
        self.written = 0

    def gather(self) -> None:
        """Publish version after version and collect what people say."""
        share = self.size.voices // self.size.versions
        begin = self.fixture.now - ROUND * self.size.versions
        for number in range(self.size.versions):
            moment = begin + ROUND * number
            version = self._publish(number, moment)
            wanted = self.size.voices - self.written if self._is_last(number) else share
            self._collect(version, wanted, moment)
        record_sent(at=self.fixture.now, keep=self._waiting())

    def _is_last(self, number: int) -> bool:
        return number == self.size.versions - 1

    def _waiting(self) -> list[int]:
        """Return mails that were waiting before."""
        return list(
            OutboxMail.objects.filter(sent_at=None)
            .exclude(to__endswith="@viele.example")
            .values_list("pk", flat=True)
        )

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
        for place in self.chance.sample(range(len(self.texts)), int(len(self.texts) * REWRITTEN)):
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

    def _collect(self, version: Version, wanted: int, moment: datetime) -> None:
        passages = [p for p in version.passages.in_order() if p.kind == "paragraph"]
        roots: list[Annotation] = []
        step = ROUND / (wanted + 1)
        for first in range(0, wanted, BATCH):
            with transaction.atomic():
                for place in range(first, min(first + BATCH, wanted)):
                    self._speak(version, passages, roots, moment + step * (place + 1))
            self.say(f"     {self.written} of {self.size.voices} voices")

    def _speak(
        self, version: Version, passages: list[Passage], roots: list[Annotation], at: datetime
    ) -> None:
        """Let one person say something and confirm it."""
        self.written += 1
        person = self.chance.randrange(self.size.people)
        common = {
            "body": self.chance.choice(self.bodies),
            "name": f"Stimme {person}",
            "email": f"stimme{person}@viele.example",
            "idempotency_key": f"grown-{self.size.voices}-{self.written}",
            "base_url": self.base_url,
        }
        with happening_at(at):
            if roots and self.chance.random() < REPLIES:
                said = submitting.submit_reply(parent=self.chance.choice(roots), **common)
            else:
                said = self._annotate(version, passages, common)
                roots.append(said)
            mail = OutboxMail.objects.filter(annotation=said).latest("pk")
            confirmed = confirming.confirm_annotation(token=token_of(mail))
        if said in roots:
            roots[-1] = confirmed

    def _annotate(
        self, version: Version, passages: list[Passage], common: dict[str, Any]
    ) -> Annotation:
        hot = self.chance.random() < HOTTEST
        passage = passages[0] if hot else self.chance.choice(passages)
        start = self.chance.randrange(max(1, len(passage.text) - 40))
        is_whole = self.chance.random() < REPLIES
        return submitting.submit_annotation(
            version=version,
            passage=passage,
            start=None if is_whole else start,
            end=None if is_whole else min(len(passage.text), start + self.chance.randrange(8, 40)),
            **common,
        )
