"""Removing copies of words that had to leave a version by law."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from annotations.models import Annotation
from versioning import stamps
from versioning.models import Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from versioning.models import Passage


def forget_quotes(*, passages: Iterable[Passage]) -> int:
    """Remove the quotes of annotations on withheld passages; what citizens wrote stays.

    Permission was asked where the passages were withheld.

    Returns:
        How many annotations quoted them.
    """
    keys = [passage.pk for passage in passages]
    quoting = Annotation.objects.filter(passage__in=keys)
    with transaction.atomic():
        stamps.touch(*Version.objects.filter(passages__in=keys).values_list("page_id", flat=True))
        return int(quoting.update(exact="", prefix="", suffix=""))
