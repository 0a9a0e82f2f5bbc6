"""Removing copies of words that had to leave a version by law."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from annotations.models import Annotation, AppliedSuggestion
from versioning import stamps
from versioning.core.hashing import text_hash
from versioning.models import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from versioning.models import Passage

BATCH = 500


def forget_quotes(*, passages: Iterable[Passage]) -> int:
    """Remove the quotes of annotations on withheld passages; what citizens wrote stays.

    What suggested edits made of these passages in the draft is forgotten with them.

    Permission was asked where the passages were withheld.

    Returns:
        How many annotations quoted them.
    """
    passages = list(passages)
    keys = [passage.pk for passage in passages]
    quoting = Annotation.objects.filter(passage__in=keys)
    with transaction.atomic():
        stamps.touch(*Version.objects.filter(passages__in=keys).values_list("page_id", flat=True))
        number = int(quoting.update(exact="", prefix="", suffix=""))
        refold(quoting.exclude(searchable=""))
        _forget_applied(passages)
    return number


def _forget_applied(passages: Sequence[Passage]) -> None:
    """Empty the records of suggested edits that hold withheld words."""
    hashes = {passage.text_hash for passage in passages}
    pages = Version.objects.filter(passages__in=[passage.pk for passage in passages])
    applied = AppliedSuggestion.objects.filter(
        disposition__page__translation_key__in=pages.values("page__translation_key")
    ).select_related("annotation__passage")
    for row in applied:
        texts = {text_hash(row.before), text_hash(row.after), row.annotation.passage.text_hash}
        if texts & hashes:
            row.before = row.after = ""
            row.save(update_fields=["before", "after"])


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
