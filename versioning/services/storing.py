"""Storing comparisons, so that readers do not wait for the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from versioning import stages
from versioning.computing import (
    Result,
    compute,
    digest,
    parameters,
    require_comparable,
    withheld_in,
)
from versioning.core.comparing import ENGINE_VERSION
from versioning.models import StoredComparison, Version
from versioning.outlines import fits

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet


STORED_AT_MOST = 20
"""With how many earlier versions the comparison of a version is stored, the newest first."""


def store_comparison(*, old: Version, new: Version, anew: bool = False) -> StoredComparison:
    """Store the comparison of two versions, unless what is stored still fits.

    It is computed before anything is locked. Whoever stores the same two at the same moment waits
    for the other; where words were withheld meanwhile, it is computed once more.

    Args:
        old: A version.
        new: A later version of the same page.
        anew: Compute it even where what is stored fits.

    Returns:
        What is stored now.

    Raises:
        ValidationError: They are versions of different pages or languages, or not in their order.
    """
    require_comparable(old, new)
    if stages.number_on(old, new) >= new.number:
        raise ValidationError(_("The first version of a comparison must be the older one."))
    while True:
        withheld = withheld_in(old, new)
        stored = StoredComparison.objects.filter(old=old, new=new).first()
        if stored is not None and not anew and fits(stored, old, new, withheld):
            return stored
        result = compute(old, new)
        kept = _keep(old, new, withheld, result)
        if kept is not None:
            return kept


@transaction.atomic
def _keep(
    old: Version, new: Version, withheld: tuple[int, int], result: Result
) -> StoredComparison | None:
    """Write a result, unless words were withheld while it was computed."""
    lock_versions([old.pk, new.pk])
    if withheld_in(old, new) != withheld:
        return None
    values = {
        "engine_version": ENGINE_VERSION,
        "parameters": parameters(),
        "digest": digest(old, new, withheld),
        "rows": result.rows,
        "totals": _totals(result),
        "computed_at": timezone.now(),
    }
    return StoredComparison.objects.update_or_create(old=old, new=new, defaults=values)[0]


def store_comparisons_of(*, version: Version) -> int:
    """Store the comparisons of a version with those before it, the newest first.

    Args:
        version: A version.

    Returns:
        How many of them are stored now.
    """
    return len([store_comparison(old=old, new=version) for old in earlier_versions(version)])


def earlier_versions(version: Version) -> QuerySet[Version]:
    """Return the versions with which the comparison of a version is stored, the newest first."""
    earlier = Q(page=version.page_id, number__lt=version.number)
    if version.number == 1:
        earlier = Q(continuations__page=version.page_id)
    return Version.objects.filter(earlier).order_by("-number")[:STORED_AT_MOST]


def is_current(*, old: Version, new: Version) -> bool:
    """Tell whether the comparison of two versions is stored and still fits."""
    stored = StoredComparison.objects.filter(old=old, new=new).first()
    return stored is not None and fits(stored, old, new, withheld_in(old, new))


def forget_comparisons(*, versions: Collection[int]) -> None:
    """Delete the stored comparisons of versions whose words have to leave, lengths included.

    Args:
        versions: Ids of versions, locked by the caller (``lock_versions``).
    """
    StoredComparison.objects.filter(Q(old__in=versions) | Q(new__in=versions)).delete()


def versions_to_store_again(*, versions: Collection[int]) -> list[int]:
    """Return the versions whose stored comparisons concern one of some versions.

    Args:
        versions: Ids of versions.

    Returns:
        Ids of these versions and of all newer ones of their pages, first versions left out.
    """
    lowest: dict[int, int] = {}
    numbered = Version.objects.filter(pk__in=versions).order_by("-number")
    for page, number in numbered.values_list("page_id", "number"):
        lowest[page] = number
    concerned = Q(pk__in=[])
    for page, number in lowest.items():
        concerned |= Q(page=page, number__gte=max(number, 2))
    return list(Version.objects.filter(concerned).order_by("pk").values_list("pk", flat=True))


def lock_versions(keys: Collection[int]) -> None:
    """Lock versions against others who store or withhold, in the same order for everybody."""
    locked = Version.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    list(locked.values_list("pk", flat=True))


def _totals(result: Result) -> dict[str, object]:
    return {
        "added": result.words_added,
        "removed": result.words_removed,
        "chapters": result.chapters,
    }
