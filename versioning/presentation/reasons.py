"""Which words of a row a reason belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import Truncator
from django.utils.translation import pgettext

if TYPE_CHECKING:
    from versioning.comparisons import ComparedRow
    from versioning.doors import ChangeReason
    from versioning.models import Change

MOST_PLACES = 3
"""Changes that a reason names."""
MOST_SIGNS = 60
"""Characters of each side of a change that are shown."""


def words_of_reason(row: ComparedRow, reason: ChangeReason) -> list[str]:
    """Return the changed words that a reason explains, shortened.

    Args:
        row: A row of a comparison.
        reason: One of its reasons.

    Returns:
        Nothing where the reason stands behind everything that changed in the row, or where words
        are withheld.
    """
    changes = row.explained_by.get(reason, [])
    if len(changes) == len(row.changes) or row.is_withheld:
        return []
    said = [words for change in changes if (words := words_of_change(change))]
    return [*said[:MOST_PLACES], *(["…"] if len(said) > MOST_PLACES else [])]


def words_of_change(change: Change) -> str:
    """Say what was replaced by what, both shortened; nothing where no words are kept."""
    names = {"old": _short(change.old_words), "new": _short(change.new_words)}
    if names["old"] and names["new"]:
        return pgettext("changed words", "“%(old)s” → “%(new)s”") % names
    if names["old"]:
        return pgettext("changed words", "“%(old)s” deleted") % names
    return pgettext("changed words", "“%(new)s” inserted") % names if names["new"] else ""


def _short(words: str) -> str:
    return Truncator(" ".join(words.split())).chars(MOST_SIGNS, truncate=" …")
