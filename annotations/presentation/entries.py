"""Annotations in the list of all annotations of a text, each with the words that were found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Min, Q

from annotations.core.finding import Piece, excerpt, marked
from annotations.models import Annotation, State
from annotations.presentation.cards import Answer, answer_to, language_of, quote_of
from annotations.presentation.places import with_relations
from annotations.presentation.reading import passage_name
from annotations.presentation.records import proposal_of
from versioning.models import Passage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

BODY_LIMIT = 300
QUOTE_LIMIT = 160


class Found(NamedTuple):
    """A reply that a search found, with the stretch of it in which the words stand."""

    annotation: Annotation
    body: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list.

    Attributes:
        place: How people call its passage on the newest version, empty where that is gone.
        anchor: Where it is on the reading page.
        language: Code of its language where that is not the text's, with its name.
        is_waiting: Its author alone sees it: it waits for moderation.
        replies: How many public replies it has.
        found: The first reply that holds a word which stands nowhere else in the entry.
    """

    annotation: Annotation
    place: str
    anchor: str
    name: Sequence[Piece]
    quote: Sequence[Piece]
    body: Sequence[Piece]
    proposed: Sequence[Piece]
    answer: Answer | None
    language: str
    language_name: str
    is_waiting: bool
    replies: int
    found: Found | None


def entries_of(rows: QuerySet[Annotation], words: Sequence[str]) -> list[Entry]:
    """Return the entries of some located annotations, in a constant number of queries.

    Args:
        rows: One page of them.
        words: Folded words that are marked.
    """
    found = list(with_relations(rows).defer("searchable"))
    passages = Passage.objects.in_bulk({row.at for row in found if row.at})
    replies = _reply_counts(found)
    holding = _replies_holding(found, words)
    return [
        _entry(row, passages, words, replies.get(row.pk, 0), holding.get(row.pk)) for row in found
    ]


def _reply_counts(roots: Sequence[Annotation]) -> dict[int, int]:
    rows = Annotation.objects.public().filter(root__in=[row.pk for row in roots]).order_by()
    return dict(rows.values("root_id").annotate(n=Count("pk")).values_list("root_id", "n"))


def _replies_holding(roots: Sequence[Annotation], words: Sequence[str]) -> dict[int, Found]:
    """Return for each root the first reply with a word that the root does not hold itself."""
    conditions = [
        Q(root=row.pk, searchable__contains=word)
        for row in roots
        for own in (row.words_to_find(),)
        for word in words
        if word not in own
    ]
    if not conditions:
        return {}
    holding = Annotation.objects.filter(reduce(or_, conditions)).order_by()
    first = holding.values("root").annotate(first=Min("pk")).values("first")
    rows = Annotation.objects.filter(pk__in=first).select_related("root", "locale")
    return {row.root_id: Found(row, excerpt(row.comment, words, BODY_LIMIT)) for row in rows}


def _entry(
    row: Annotation,
    passages: dict[int, Passage],
    words: Sequence[str],
    replies: int,
    found: Found | None,
) -> Entry:
    passage = passages.get(row.at) if row.at else None
    quote = "" if row.passage.is_withheld else quote_of(row)
    language = language_of(row)
    return Entry(
        annotation=row,
        place=passage_name(passage) if passage else "",
        anchor=f"p-{passage.uid}" if passage else "",
        name=marked(row.user_name, words),
        quote=excerpt(quote, words, QUOTE_LIMIT),
        body=excerpt(row.comment, words, BODY_LIMIT),
        proposed=excerpt(proposal_of(row), words, QUOTE_LIMIT),
        answer=answer_to(row),
        language=language,
        language_name=row.locale.get_display_name() if language else "",
        is_waiting=row.state == State.PENDING,
        replies=replies,
        found=found,
    )
