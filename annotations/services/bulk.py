"""Taking over many contributions at once, for imports of history and demonstrations."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from annotations import threads
from annotations.models import Annotation, Motivation, State, Support
from annotations.services import checking
from annotations.services.checking import Problems
from annotations.services.persons import keys_of_addresses
from versioning import stamps

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from wagtail.models import Page

    from versioning.models import Passage, Version

BATCH = 500


@dataclass(slots=True)
class Voice:
    """One contribution that was confirmed where it comes from.

    Attributes:
        passage: The passage that is meant, of the version of the import.
        body: Plain text.
        name: Name or pseudonym of its author.
        email: Address of its author, never shown.
        at: When it was written and confirmed.
        start: Begin of the words that are meant, None for the whole passage.
        end: Their end, exclusive.
        answers: The contribution that is answered, which stands earlier in the same import.
        annotation: What was stored.
    """

    passage: Passage
    body: str
    name: str
    email: str
    at: datetime
    start: int | None = None
    end: int | None = None
    answers: Voice | None = None
    annotation: Annotation | None = None

    @property
    def depth(self) -> int:
        """How many contributions stand above it."""
        return self.answers.depth + 1 if self.answers else 0


@transaction.atomic
def import_voices(*, version: Version, page: Page, voices: Sequence[Voice]) -> list[Annotation]:
    """Store confirmed contributions as public ones; nobody gets a mail.

    Whoever calls this answers for consent and moderation, as for any import; texts, ranges and
    threads are checked as everywhere. The window is not: history was written when it was open.

    Args:
        version: The version on which all of them were written.
        page: Its page.
        voices: The contributions; each answers only what stands before it.

    Returns:
        The stored annotations and replies, those without parent first, then level by level.

    Raises:
        ValidationError: One of them does not fit; then none is stored.
    """
    stored: list[Annotation] = []
    for _depth, level in groupby(sorted(voices, key=lambda voice: voice.depth), _depth_of):
        rows = [_row(version, voice) for voice in level]
        threads.add_rows(rows, page=page)
        stored += rows
    stamps.touch(version.page_id)
    return stored


def import_supports(*, pairs: Iterable[tuple[int, str]], at: datetime) -> int:
    """Store who supports which annotation, each person once, and count them anew.

    Args:
        pairs: Key of a public annotation and the confirmed address of a person.
        at: When they did so.

    Returns:
        How many were stored.
    """
    wanted = list(dict.fromkeys(pairs))
    persons = keys_of_addresses(email for _key, email in wanted)
    rows = [
        Support(annotation_id=key, person_key=persons[email], confirmed_at=at)
        for key, email in wanted
    ]
    with transaction.atomic():
        Support.objects.bulk_create(rows, batch_size=4 * BATCH, ignore_conflicts=True)
        keys = {row.annotation_id for row in rows}
        _count_supports(keys)
        stamps.touch(*_pages_of(keys))
    return len(rows)


def _pages_of(keys: Iterable[int]) -> list[int]:
    found = Annotation.objects.filter(pk__in=list(keys)).order_by()
    return list(found.values_list("version__page_id", flat=True).distinct())


def _count_supports(keys: Iterable[int]) -> None:
    confirmed = Support.objects.filter(annotation=OuterRef("pk"), confirmed_at__isnull=False)
    number = confirmed.order_by().values("annotation").annotate(number=Count("pk"))
    known = list(keys)
    for first in range(0, len(known), BATCH):
        rows = Annotation.objects.filter(pk__in=known[first : first + BATCH])
        rows.update(support_count=Coalesce(Subquery(number.values("number")), 0))


def _depth_of(voice: Voice) -> int:
    return voice.depth


def _row(version: Version, voice: Voice) -> Annotation:
    """Return a contribution ready to be stored, and keep it with the voice."""
    problems = Problems()
    author = checking.read_author(user=None, name=voice.name, email=voice.email, problems=problems)
    limit = checking.body_limit()
    row = Annotation(
        version=version,
        locale_id=version.locale_id,
        comment=checking.read_text(voice.body, name="body", limit=limit, problems=problems),
        user_name=author.name,
        user_email=author.email,
        created_at=voice.at,
        confirmed_at=voice.at,
        state=State.PUBLIC,
    )
    parent = voice.answers.annotation if voice.answers else None
    if parent is None:
        checking.check_passage(version, voice.passage)
        row.passage = voice.passage
        stretch = checking.read_stretch(
            voice.passage, start=voice.start, end=voice.end, quote="", problems=problems
        )
        for name, value in stretch._asdict().items():
            setattr(row, name, value)
    else:
        checking.check_parent(parent)
        row.motivation = Motivation.REPLYING
        row.reply_to, row.root, row.passage = parent, parent.root or parent, parent.passage
    problems.stop()
    voice.annotation = row
    return row
