"""Freezing: publishing makes the next version."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from versioning.models import Version, VersionedPageMixin


def freeze_if_published(
    *, page: VersionedPageMixin, live_revision_before: int | None
) -> Version | None:
    """Freeze the next version where a save has published the page."""
    return None
