"""Handing work over to the workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from versioning.models import Version

if TYPE_CHECKING:
    from annotations.models import Annotation


def enqueue_following(version_id: int) -> None:
    """Ask a worker to place annotations on a version and to see to its dispositions."""
    from annotations.tasks import follow_version  # noqa: PLC0415  # tasks call the services

    follow_version.enqueue(version_id)


def enqueue_sending() -> None:
    """Ask a worker to send what is due; without a worker the clock does it."""
    from annotations.tasks import send_outbox  # noqa: PLC0415  # tasks call the services

    send_outbox.enqueue()


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
