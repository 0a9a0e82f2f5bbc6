"""Our reactions to facts of others, and our answers at versioning's doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations import gate_checks, threads
from annotations.models import Annotation
from annotations.services import integrity
from annotations.services.placement import expect_placing
from annotations.services.queueing import enqueue_following, note_news
from annotations.services.withholding import forget_quotes
from versioning import doors
from versioning.services.integrity import register_integrity_check
from versioning.services.windows import window_history
from versioning.signals import passages_withheld, version_published, window_changed

if TYPE_CHECKING:
    from typing import Any

    from versioning.models import Passage, Version


def connect() -> None:
    """Connect every handler of this app, switch off the comment library's, and register."""
    threads.disconnect_hook(Annotation)
    version_published.connect(follow_published_version, dispatch_uid="synopse_follow")
    window_changed.connect(tell_changed_window, dispatch_uid="synopse_window")
    passages_withheld.connect(forget_withheld_words, dispatch_uid="synopse_withheld")
    doors.register_gate_check(gate_checks.gate_lines)
    doors.register_change_reasons(gate_checks.change_reasons)
    register_integrity_check(integrity.integrity_problems)


def follow_published_version(sender: object, version: Version, **kwargs: Any) -> None:  # noqa: ANN401
    """Have annotations placed on a version that is out; a worker does it."""
    expect_placing(version=version)
    enqueue_following(version.pk)
    note_news(f"version:{version.pk}")


def tell_changed_window(sender: object, version: Version, **kwargs: Any) -> None:  # noqa: ANN401
    """Have followers told that the time for annotations has changed."""
    entry = window_history(version).last()
    if entry is not None:
        note_news(f"window:{entry.pk}")


def forget_withheld_words(
    sender: object,
    passages: list[Passage],
    **kwargs: Any,  # noqa: ANN401  # a receiver
) -> None:
    """Remove the copies of words that had to leave."""
    forget_quotes(passages=passages)
