"""Measure a thread of 6,000 replies: its pages, and hiding in it.

``python -m tests.benchmarks.threads`` makes the thread in a database of its own, opens its first
and its last page as a stranger, and lets an editor hide a reply and the root. Nothing is asserted.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from tests.benchmarks import tables, web

if TYPE_CHECKING:
    from collections.abc import Callable

    from annotations.models import Annotation

REPLIES = 6_000
DEEPEST = 3


def main() -> None:
    """Make, open, hide, print."""
    import django

    with tempfile.TemporaryDirectory(prefix="synopse-threads-") as folder:
        web.prepare(folder)
        django.setup()
        sys.stdout.write(tables.as_markdown(table_of(thread())))


def thread() -> list[Annotation]:
    """Return an annotation and its replies, which answer it or one another."""
    from django.utils import timezone

    from annotations.services.bulk import Voice, import_voices
    from tests.factories import make_draft, publish

    chance = random.Random(REPLIES)  # the same thread each time
    version = publish(make_draft())
    passage = version.passages.first()
    voices: list[Voice] = []
    for place in range(REPLIES + 1):
        free = [voice for voice in voices[-20:] if voice.depth < DEEPEST]
        person = {"name": f"Stimme {place}", "email": f"stimme{place}@example.org"}
        answers = chance.choice([voices[0], *free]) if voices else None
        body = f"Das ist Beitrag {place}."
        voice = Voice(passage, body, at=timezone.now(), answers=answers, **person)
        voices.append(voice)
    import_voices(version=version, page=version.page, voices=voices)
    return [voice.annotation for voice in voices if voice.annotation]


def table_of(rows: list[Annotation]) -> tables.Table:
    """Return queries and seconds of reading and of hiding."""
    from django.test import Client

    from annotations.admin.links import annotation_url, moderation_url
    from tests.factories import make_user

    client, editor = Client(HTTP_HOST="127.0.0.1"), Client(HTTP_HOST="127.0.0.1")
    editor.force_login(make_user("superuser"))
    form = {"state": "hidden", "basis": "house_rules", "ground": "Streit"}
    root, reply = rows[0], rows[REPLIES // 2]
    url = root.get_absolute_url()
    pages = REPLIES // 100
    steps: dict[str, Callable[[], Any]] = {
        "first page": lambda: client.get(url),
        f"page {pages}": lambda: client.get(url, {"page": pages}),
        "reading page of the text": lambda: client.get(root.version.page.get_url()),
        "hiding a reply": lambda: editor.post(moderation_url("hide", reply.pk), form),
        "hiding the root": lambda: editor.post(moderation_url("hide", root.pk), form),
        "the thread in the admin": lambda: editor.get(annotation_url(root.pk)),
        "first page after that": lambda: client.get(url),
    }
    client.get(url)
    return [["what", "queries", "seconds"], *([name, *_cost(do)] for name, do in steps.items())]


def _cost(do: Callable[[], Any]) -> list[str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        begun = time.perf_counter()
        do()
        seconds = time.perf_counter() - begun
    return [str(len(captured)), f"{seconds:.3f}"]


if __name__ == "__main__":
    main()
