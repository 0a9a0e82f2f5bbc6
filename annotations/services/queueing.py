"""Handing work over to the workers."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import transaction

from annotations.models import News
from versioning.models import Version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotations.models import Annotation


_is_paused: ContextVar[bool] = ContextVar("synopse_sending_paused", default=False)


@contextmanager
def sending_paused() -> Iterator[None]:
    """Wake no worker for each single mail, for imports of history; the clock sends what is due."""
    token = _is_paused.set(True)
    try:
        yield
    finally:
        _is_paused.reset(token)


def enqueue_following(version_id: int) -> None:
    """Ask a worker to place annotations on a version and to see to its dispositions."""
    from annotations.tasks import follow_version  # noqa: PLC0415  # tasks call the services

    follow_version.enqueue(version_id)


def enqueue_sending() -> None:
    """Ask a worker to send what is due; without a worker the clock does it."""
    if _is_paused.get():
        return
    from annotations.tasks import send_outbox  # noqa: PLC0415  # tasks call the services

    send_outbox.enqueue()


def note_news(fact: str) -> None:
    """Write down in the running transaction that followers shall hear of a fact.

    A fact that is known already is told once; imported history is no news.
    """
    if _is_paused.get():
        return
    News.objects.bulk_create([News(fact=fact)], ignore_conflicts=True)
    transaction.on_commit(lambda: enqueue_telling(fact))


def enqueue_telling(fact: str) -> None:
    """Ask a worker to tell followers of a fact; without a worker the clock does it."""
    from annotations.tasks import tell_followers  # noqa: PLC0415  # tasks call the services

    tell_followers.enqueue(fact)


def follow_if_late(annotation: Annotation) -> None:
    """Let an annotation that was confirmed late follow to the versions that are out already."""
    if annotation.is_reply:
        return
    newer = Version.objects.filter(
        page_id=annotation.version.page_id, number__gt=annotation.version.number
    )
    newest = newer.order_by("-number").values_list("pk", flat=True).first()
    if newest is not None:
        transaction.on_commit(lambda: enqueue_following(newest))
