"""Open annotations that say nearly the same as one that is being answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from annotations.core.similar import MOST, similar_to
from annotations.presentation.cards import shortened

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from annotations.models import Annotation
    from annotations.queries import AnnotationQuerySet

MOST_SEARCHED = 5_000
"""Open annotations of a document that are compared, oldest first."""
MOST_ASKED = 5
"""Answered annotations for which similar ones are looked for."""
WORDS = 400
SAME, VERY = 95.0, 80.0


class Suggested(NamedTuple):
    """An open annotation that may be answered along.

    Attributes:
        words: What it says, shortened.
        likeness: How alike it is, in words.
        is_chosen: Whether somebody has ticked it.
    """

    annotation: Annotation
    words: str
    likeness: str
    is_chosen: bool


def suggested_for(
    annotations: Sequence[Annotation],
    open_rows: AnnotationQuerySet,
    *,
    chosen: Collection[int] = (),
) -> list[Suggested]:
    """Return what is most like annotations, likest first, in two queries.

    Args:
        annotations: What is being answered; the first five are looked at.
        open_rows: Annotations of the same document that may be answered.
        chosen: Keys of those that are ticked; they are listed in any case.
    """
    keys = [one.pk for one in annotations]
    others = list(
        open_rows.exclude(pk__in=keys)
        .order_by("pk")
        .values_list("pk", "comment", "proposed")[:MOST_SEARCHED]
    )
    texts = [_text(comment, proposed) for _key, comment, proposed in others]
    likeness: dict[int, float] = {}
    for one in annotations[:MOST_ASKED]:
        for found in similar_to(_text(one.comment, one.proposed), texts):
            key = others[found.place][0]
            likeness[key] = max(likeness.get(key, 0), found.likeness)
    likest = sorted(likeness, key=lambda key: (-likeness[key], key))[:MOST]
    likest += sorted(key for key in set(chosen) - set(likest) - set(keys))
    rows = open_rows.select_related("version", "passage__locale").in_bulk(likest)
    return [
        Suggested(
            rows[key],
            shortened(rows[key].comment, WORDS),
            _in_words(likeness.get(key, 0)),
            key in chosen,
        )
        for key in likest
        if key in rows
    ]


def _text(comment: str, proposed: str) -> str:
    return f"{comment} {proposed}".strip()


def _in_words(likeness: float) -> str:
    if likeness >= SAME:
        return _("nearly the same words")
    return _("very alike") if likeness >= VERY else _("alike")
