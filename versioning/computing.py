"""Computing a comparison: from the passages of two versions to rows without words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from versioning import stages
from versioning.core import (
    aligning,
    cells,
    cleaning,
    comparing,
    grouping,
    marks,
    matching,
    moving,
    ordering,
    scoring,
    words,
)
from versioning.core.compact import CompactRow, compact
from versioning.models import Lineage, Passage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from versioning.core.passages import Row
    from versioning.models import Version

_ENGINE = (
    aligning,
    cells,
    cleaning,
    comparing,
    grouping,
    marks,
    matching,
    moving,
    ordering,
    scoring,
    words,
)


@dataclass(frozen=True, slots=True)
class Result:
    """What the engine found, without a word of any text.

    Attributes:
        rows: All rows, in the order of the new text.
        words_added: How many words stand in insertions.
        words_removed: How many words stand in deletions.
        chapters: Ordinal of each chapter of the new text with the place of its first passage.
    """

    rows: list[CompactRow]
    words_added: int
    words_removed: int
    chapters: list[tuple[int, int]]


def compute(old: Version, new: Version) -> Result:
    """Compare two versions of a page; two queries or three.

    Args:
        old: A version.
        new: A later one of the same page or of one that goes on from it, or the same one.

    Raises:
        ValidationError: They are versions of different pages or languages.
    """
    require_comparable(old, new)
    if old.pk == new.pk:
        return _unchanged(new)
    before, after = (list(version.passages.in_order()) for version in (old, new))
    rows = comparing.compare(
        [passage.as_text() for passage in before],
        [passage.as_text() for passage in after],
        lineage=_lineage(old, new, before, after),
        complete=stages.follows(old, new),
    )
    return Result(
        rows=[compact(row) for row in rows],
        words_added=_words(rows, "insert"),
        words_removed=_words(rows, "delete"),
        chapters=_chapters([passage.chapter for passage in after]),
    )


def require_comparable(old: Version, new: Version) -> None:
    """Refuse versions that do not belong together.

    Raises:
        ValidationError: They are versions of different pages or languages.
    """
    if old.locale_id != new.locale_id:
        raise ValidationError(
            _("These versions are in different languages. Only versions in one can be compared.")
        )
    if old.page_id != new.page_id and not stages.goes_on_from(old, new):
        raise ValidationError(
            _("These are versions of two different texts. Only versions of one can be compared.")
        )


def digest(old: Version, new: Version, withheld: tuple[int, int]) -> str:
    """Return the state of what is compared: the hashes of both texts, and what has left them.

    Args:
        old: The older version; its content hash covers every passage.
        new: The newer version.
        withheld: How many passages of each are withheld; withholding is never taken back, so
            the number names the state.
    """
    state = f"{old.content_hash}:{withheld[0]}:{new.content_hash}:{withheld[1]}"
    return sha256(state.encode()).hexdigest()


def withheld_in(old: Version, new: Version) -> tuple[int, int]:
    """Return how many passages of two versions are withheld."""
    found = dict(
        Passage.objects.filter(version__in=(old.pk, new.pk), withheld_at__isnull=False)
        .order_by()
        .values_list("version_id")
        .annotate(number=Count("pk"))
    )
    return found.get(old.pk, 0), found.get(new.pk, 0)


def withheld_count(version: str) -> Subquery:
    """Return the number of withheld passages of a related version, for an annotation.

    Args:
        version: Name of the field that leads to the version.
    """
    withheld = Passage.objects.filter(version=OuterRef(version), withheld_at__isnull=False)
    return Subquery(
        withheld.order_by().values("version").annotate(number=Count("pk")).values("number")
    )


def parameters() -> dict[str, float]:
    """Return the limits of the engine that shape its result, by module and name."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": value
        for module in _ENGINE
        for name, value in sorted(vars(module).items())
        if name.isupper() and not name.startswith("_") and type(value) in {int, float}
    }


def _unchanged(version: Version) -> Result:
    """Compare a version with itself: lengths are all that is needed."""
    found = version.passages.in_order().values_list("chapter", Length("text"))
    chapters = [chapter for chapter, _length in found]
    rows = [
        CompactRow("kept", (i,), (i,), (("equal", length),) if length else ())
        for i, (_chapter, length) in enumerate(found)
    ]
    return Result(rows, 0, 0, _chapters(chapters))


def _words(rows: Sequence[Row], operation: str) -> int:
    texts = (run.text for row in rows for run in row.runs if run.operation == operation)
    return sum(len(words.words(text)) for text in texts)


def _chapters(ordinals: Sequence[int]) -> list[tuple[int, int]]:
    first: dict[int, int] = {}
    for place, chapter in enumerate(ordinals):
        first.setdefault(chapter, place)
    return list(first.items())


def _lineage(
    old: Version, new: Version, before: Sequence[Passage], after: Sequence[Passage]
) -> list[tuple[int, int]]:
    """Follow the stored lineage from the old to the new version, over those between them."""
    begin = stages.number_on(old, new)
    if new.number <= begin:
        return []
    steps: dict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, origin, successor in (
        Lineage.objects.filter(
            new__version__page=new.page_id,
            new__version__number__gt=begin,
            new__version__number__lte=new.number,
        )
        .order_by("pk")
        .values_list("new__version__number", "old_id", "new_id")
    ):
        steps[number][origin].append(successor)
    reached = {passage.pk: [passage.pk] for passage in before}
    for number in range(begin + 1, new.number + 1):
        step = steps[number]
        reached = {
            start: list(dict.fromkeys(after for place in places for after in step.get(place, ())))
            for start, places in reached.items()
        }
    places = {passage.pk: index for index, passage in enumerate(after)}
    return [
        (index, places[pk])
        for index, passage in enumerate(before)
        for pk in reached[passage.pk]
        if pk in places
    ]
