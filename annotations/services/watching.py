"""The list of words that moderators want to know of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from annotations.core.finding import Piece
from annotations.core.watching import find_phrases
from annotations.models import ModerationEvent, State, Watch, WatchedWord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from annotations.core.watching import Hit
    from annotations.models import Annotation

FIELDS = ("comment", "proposed", "user_name")
"""What of a contribution is looked at."""


class WordList(NamedTuple):
    """The list by what is compared."""

    words: Mapping[tuple[str, ...], WatchedWord]

    def found_in(self, annotation: Annotation) -> list[WatchedWord]:
        """Return the words of the list in a contribution, each once."""
        hits = [hit for name in FIELDS for hit in self.hits(getattr(annotation, name))]
        return list(dict.fromkeys(self.words[hit.phrase] for hit in hits))

    def hits(self, text: str) -> list[Hit]:
        """Return where words of the list stand in a text."""
        return find_phrases(text, self.words.keys())

    def marked(self, text: str) -> list[Piece]:
        """Cut a text where words of the list stand in it; joining the pieces gives it back."""
        pieces, at = [], 0
        for start, end, _phrase in self.hits(text):
            if end <= at:
                continue
            pieces.append(Piece(text[at : max(at, start)], is_found=False))
            pieces.append(Piece(text[max(at, start) : end], is_found=True))
            at = end
        pieces.append(Piece(text[at:], is_found=False))
        return [piece for piece in pieces if piece.text]


def word_list(*, effects: Iterable[str] = Watch.values) -> WordList:
    """Return the list, in one query."""
    rows = WatchedWord.objects.filter(effect__in=effects)
    return WordList({tuple(row.folded.split(" ")): row for row in rows})


def words_that_hold(annotation: Annotation) -> list[str]:
    """Return the words because of which a contribution waits for moderation."""
    found = word_list(effects=[Watch.HOLD]).found_in(annotation)
    return [row.words for row in found]


def note_hold(annotation: Annotation, *, before: str, words: list[str]) -> None:
    """Write into the log of moderation that the list holds something back.

    Args:
        annotation: As stored, waiting.
        before: Its state before.
        words: From ``words_that_hold``; where there are none, nothing is written.
    """
    if words and annotation.state == State.PENDING:
        ModerationEvent.objects.create(
            annotation=annotation,
            before=before,
            after=State.PENDING,
            ground=", ".join(words),
            automated=True,
        )
