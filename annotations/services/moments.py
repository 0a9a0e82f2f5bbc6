"""The time at which something happens: now, or for imports of history a moment of the past."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_moment: ContextVar[datetime | None] = ContextVar("synopse_happening_at", default=None)


def now() -> datetime:
    """Return the time at which what is written happens."""
    return _moment.get() or timezone.now()


def is_history() -> bool:
    """Tell whether what is written is dated to a moment of the past."""
    return _moment.get() is not None


@contextmanager
def happening_at(moment: datetime) -> Iterator[None]:
    """Date what the services write inside to a moment of the past; windows are those of then.

    Args:
        moment: When it really happened.
    """
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
