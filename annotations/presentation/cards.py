"""Cards: annotations as templates show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from annotations.core.ranges import readable
from annotations.models import Annotation, Motivation, PlacementState, Source, State
from annotations.models.dispositions import Outcome
from annotations.presentation import places
from annotations.presentation.wording import Spot, runs_between, successor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from annotations.models import Disposition
    from versioning.core.passages import Run
    from versioning.models import Change, Passage

BODY_LIMIT = 400
QUOTE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as a card shows it; a tombstone has no words.

    Attributes:
        can_be_mended: The reader wrote it a short time ago.
        can_be_withdrawn: The reader wrote it.
    """

    annotation: Annotation
    tombstone: str
    answers: str
    can_be_mended: bool = False
    can_be_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The public disposition of an annotation.

    Attributes:
        reason: The public reason, or its beginning.
        is_cut: Whether the reason goes on.
        is_intended: Adopted, but no published version holds the words yet.
        change_url: The change in the comparison, empty where there is none.
        number: The version that holds the change, 0 where there is none.
    """

    disposition: Disposition
    label: str
    reason: str
    is_cut: bool
    is_intended: bool
    change_url: str
    number: int


@dataclass(frozen=True, slots=True)
class Card:
    """An annotation beside its passage.

    Attributes:
        passage_id: Where it stands on the version that is shown, None if its words are gone.
        start: First character of its words there, None for the whole passage.
        place_state: How it came there, empty on the version on which it was written.
        words_now: The words at its place where they changed.
        language: Code of the language on whose text it was written, empty where it is this one.
        language_name: Its name, in itself.
        edit: The suggested edit as runs, empty for other kinds.
    """

    annotation: Annotation
    passage_id: int | None
    start: int | None
    end: int | None
    place_state: str
    quote: str
    words_now: str
    language: str
    language_name: str
    body: str
    is_cut: bool
    edit: Sequence[Run]
    tombstone: str
    answer: Answer | None
    replies: Sequence[Reply]
    reply_count: int

    @property
    def place(self) -> str:
        """What became of the place, as words, empty where nothing changed."""
        if self.place_state == PlacementState.MOVED:
            return _("The passage has moved since.")
        if self.place_state == PlacementState.MANUAL:
            return _("The editors will assign this annotation to its place.")
        if self.place_state == PlacementState.REMOVED:
            return _("These words are no longer there.")
        return ""

    @property
    def is_changed(self) -> bool:
        """Whether the words are no longer the same."""
        return self.place_state == PlacementState.CHANGED


def cards_of(
    annotations: Sequence[Annotation],
    passages: Mapping[int, Passage],
    replies: int = places.REPLIES_PER_CARD,
    reason_limit: int = BODY_LIMIT,
) -> list[Card]:
    """Return the cards of annotations that come from ``places``, with one query for replies.

    Args:
        annotations: Root annotations with their place on the version that is shown.
        passages: Passages of that version by id.
        replies: How many replies of each thread are shown.
        reason_limit: How many characters of the editors' reason are shown.
    """
    threads: dict[int, list[Annotation]] = {}
    for reply in places.first_replies(annotations, replies) if annotations else ():
        threads.setdefault(reply.root_id or 0, []).append(reply)
    return [_card(row, passages, threads.get(row.pk, ()), reason_limit) for row in annotations]


def replies_as_shown(rows: Iterable[Annotation]) -> list[Reply]:
    """Return replies with the name of whom they answer, where that is not the root."""
    return [Reply(row, tombstone_of(row), _answers(row)) for row in rows]


def _answers(reply: Annotation) -> str:
    parent = reply.reply_to
    if parent is None or parent.pk == reply.root_id or parent.state != State.PUBLIC:
        return ""
    return parent.user_name


def tombstone_of(annotation: Annotation) -> str:
    """Return the sentence that stands in place of an annotation's words, empty if it is public."""
    if annotation.state == State.PUBLIC:
        return ""
    if annotation.state == State.WITHDRAWN:
        return _("Withdrawn by the author.")
    if annotation.state == State.PENDING:
        return _("Still to be checked by the moderators.")
    return _("Hidden by the moderators.")


def words_of_source(source: str) -> str:
    """Say where a contribution was made, nothing where it was written here."""
    words = {
        Source.WORKSHOP: _("from a workshop"),
        Source.INTERVIEW: _("from an interview"),
        Source.LETTER: _("from a letter"),
    }
    return words.get(Source(source), "")


def answer_to(annotation: Annotation, limit: int | None = None) -> Answer | None:
    """Return the public disposition of an annotation, None while there is none.

    Args:
        annotation: From a query that joins its disposition and changes.
        limit: How many characters of the reason are shown; None for all.
    """
    disposition = annotation.disposition
    if disposition is None or disposition.public_at is None or disposition.missing:
        return None
    changes = sorted(
        disposition.changes.all(), key=lambda change: (change.version_id, change.position)
    )
    adopted = disposition.outcome in {Outcome.ADOPTED, Outcome.PARTLY_ADOPTED}
    reason = disposition.reason if limit is None else shortened(disposition.reason, limit)
    return Answer(
        disposition=disposition,
        label=str(disposition.get_outcome_display()),
        reason=reason,
        is_cut=reason != disposition.reason,
        is_intended=adopted and not changes,
        change_url=change_url(changes[0]) if changes else "",
        number=changes[0].version.number if changes else 0,
    )


def change_url(change: Change) -> str:
    """Return the place of a change in the comparison with the version before."""
    number = change.version.number
    url = reverse("versioning:comparison", args=[change.version.page_id, number - 1, number])
    return f"{url}?change={change.pk}#change-{change.pk}"


def quote_of(annotation: Annotation) -> str:
    """Return the words that an annotation was made on, empty for a whole passage."""
    if annotation.start is None or annotation.end is None:
        return ""
    return readable(annotation.exact, annotation.end - annotation.start)


def language_of(row: Annotation) -> str:
    """Return the language on whose text an annotation was written, empty where it is this one."""
    return row.locale.language_code if row.is_translated else ""


def edit_of(annotation: Annotation) -> tuple[Run, ...]:
    """Return a suggested edit as runs from the words it was made on to those proposed."""
    if annotation.motivation != Motivation.EDITING or annotation.passage.is_withheld:
        return ()
    base = annotation.passage.text[annotation.start : annotation.end]
    return runs_between(base, annotation.proposed)


def shortened(text: str, limit: int) -> str:
    """Return the beginning of a text, cut between words."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(None, 1)[0] + " …"


def _card(
    row: Annotation,
    passages: Mapping[int, Passage],
    replies: Sequence[Annotation],
    reason_limit: int,
) -> Card:
    tombstone = tombstone_of(row)
    passage = passages.get(row.at) if row.at else None
    return Card(
        annotation=row,
        passage_id=row.at,
        start=row.at_start,
        end=row.at_end,
        place_state=row.place_state or "",
        quote=shortened(_quote(row), QUOTE_LIMIT),
        words_now=_words_now(row, passage),
        language=language_of(row),
        language_name=row.locale.get_display_name() if language_of(row) else "",
        body="" if tombstone else shortened(row.comment, BODY_LIMIT),
        is_cut=not tombstone and len(row.comment) > BODY_LIMIT,
        edit=() if tombstone else edit_of(row),
        tombstone=tombstone,
        answer=answer_to(row, reason_limit),
        replies=replies_as_shown(replies),
        reply_count=replies[0].total if replies else 0,
    )


def _quote(row: Annotation) -> str:
    """Return the words then; those of a whole passage only where they are no longer the same."""
    if row.passage.is_withheld:
        return ""
    if row.start is None and row.place_state in {PlacementState.CHANGED, PlacementState.REMOVED}:
        return row.passage.text
    return quote_of(row)


def _words_now(row: Annotation, passage: Passage | None) -> str:
    """Return the words at the place of an annotation where they are no longer the same."""
    if row.place_state != PlacementState.CHANGED or passage is None:
        return ""
    if row.at_start is None or row.start is None or row.end is None:
        return shortened(passage.text, QUOTE_LIMIT)
    placed = Spot(row.at_start, row.at_end)
    wider = successor(row.passage.text, passage.text, Spot(row.start, row.end))
    if wider is not None and wider.start <= placed.start and placed.end <= wider.end:
        placed = wider
    return shortened(passage.text[placed.start : placed.end], QUOTE_LIMIT)
