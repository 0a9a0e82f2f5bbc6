"""What the page of one annotation shows, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotations.models import Placement, PlacementState
from annotations.presentation.tracing import excerpt_of, shortened_runs
from versioning.core.comparing import diff_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotations.models import Annotation
    from annotations.presentation.tracing import Excerpt
    from versioning.core.passages import Run
    from versioning.models import Passage


@dataclass(frozen=True, slots=True)
class Marked:
    """A whole passage with the words that were annotated.

    Attributes:
        words: The marked words, empty where the whole passage is meant.
    """

    passage: Passage
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an annotation stands on a later version.

    Attributes:
        excerpt: The words where their passage is the same.
        runs: The passage then and now as one text with its differences.
        is_waiting: A person has to choose one of two equally good places.
    """

    placement: Placement
    excerpt: Excerpt | None
    runs: Sequence[Run]
    is_waiting: bool


def marked(annotation: Annotation) -> Marked:
    """Return the passage of an annotation with its words marked."""
    passage = annotation.passage
    text, start, end = passage.text, annotation.start, annotation.end
    if start is None or end is None:
        return Marked(passage, text, "", "")
    return Marked(passage, text[:start], text[start:end], text[end:])


def stands_of(annotation: Annotation) -> list[Stand]:
    """Return where an annotation stands on every later version, oldest first."""
    rows = Placement.objects.filter(annotation=annotation.pk)
    rows = rows.select_related("passage", "version", "placed_by").order_by("version__number")
    before = annotation.passage
    stands = []
    for row in rows:
        stands.append(_stand(row, before))
        before = row.passage or before
    return stands


def waiting_placements(annotations: Iterable[Annotation]) -> list[Placement]:
    """Return the places of annotations that a person has to choose."""
    rows = Placement.objects.filter(
        annotation__in=annotations, state=PlacementState.MANUAL, passage=None
    )
    return list(rows.select_related("version"))


def _stand(row: Placement, before: Passage) -> Stand:
    now = row.passage
    if now is None:
        return Stand(row, None, (), is_waiting=row.state == PlacementState.MANUAL)
    if now.text == before.text:
        return Stand(row, excerpt_of(now.text, row.start, row.end), (), is_waiting=False)
    runs = shortened_runs(diff_words(before.text, now.text)[0])
    return Stand(row, None, runs, is_waiting=False)
