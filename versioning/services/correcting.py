"""What editors correct in the lineage of a draft, before it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from versioning.core.corrections import Known, read_corrections, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from versioning.core.passages import PassageText
    from versioning.models import Version, VersionedPageMixin


def known_pairs(
    *,
    page: VersionedPageMixin,
    version: Version | None,
    old: Sequence[PassageText],
    new: Sequence[PassageText],
) -> Known:
    """Return what the corrections of a draft say about its passages.

    Corrections that cannot be read, or that speak about an older version, count for nothing: a
    publication never fails for them, since the editor has refused them long before.

    Args:
        page: The draft.
        version: The newest version, None before the first.
        old: Its passages.
        new: The passages of the draft.
    """
    if version is None or not page.version_corrections:
        return Known([], set(), {}, [])
    try:
        corrections = read_corrections(page.version_corrections)
    except ValueError:
        return Known([], set(), {}, [])
    return resolve([item for item in corrections if item.version == version.number], old, new)
