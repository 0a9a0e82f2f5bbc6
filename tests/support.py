"""Help for tests: where shared material lies."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.cache import caches
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(__file__).resolve().parents[2] / "shared"


class MissingData(LookupError):  # noqa: N818 -- it names what is missing
    """The folder ``shared`` beside the repository lacks what a test needs."""


def shared_path(name: str) -> Path:
    """Return a path in the folder ``shared`` beside the repository.

    Raises:
        MissingData: It does not exist; a test skips and gives this as its reason.
    """
    path = SHARED / name
    if not path.exists():
        raise MissingData(f"no {name} in the folder 'shared' beside the repository")
    return path


def forget() -> None:
    """Empty what outlives a test: Wagtail's caches, and the language of the last request."""
    for cache in caches.all(initialized_only=True):
        cache.clear()
    translation.deactivate()


@contextmanager
def no_hang(seconds: int = 120) -> Iterator[None]:
    """Fail instead of hanging: a generous limit that says nothing about speed."""

    def fail(signum: int, frame: object) -> None:
        message = f"still at work after {seconds} seconds"
        raise TimeoutError(message)

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
