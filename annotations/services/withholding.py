"""Removing copies of words that had to leave a version by law."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from annotations.models import Annotation
from versioning import stamps
from versioning.models import Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from versioning.models import Passage

BATCH = 500


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
        number = int(quoting.update(exact="", prefix="", suffix=""))
        refold(quoting.exclude(searchable=""))
    return number


def refold(rows: QuerySet[Annotation]) -> None:
    """Let the words that a search finds follow what was changed past ``Annotation.save``."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for at in range(0, len(keys), BATCH):
        batch = list(
            Annotation.objects.filter(pk__in=keys[at : at + BATCH]).select_related("passage")
        )
        for row in batch:
            row.searchable = row.words_to_find()
        Annotation.objects.bulk_update(batch, ["searchable"])
