"""Removing copies of words that had to leave a version by law."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations.models import Annotation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from versioning.models import Passage


def forget_quotes(*, passages: Iterable[Passage]) -> int:
    """Remove the quotes of annotations on withheld passages; what citizens wrote stays.

    Permission was asked where the passages were withheld.

    Returns:
        How many annotations quoted them.
    """
    quoting = Annotation.objects.filter(passage__in=[passage.pk for passage in passages])
    return int(quoting.update(exact="", prefix="", suffix=""))
