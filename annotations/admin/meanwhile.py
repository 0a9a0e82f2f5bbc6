"""What happened to annotations and their answer while somebody had the form open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from annotations.admin.tables import is_open
from annotations.services.disposing import state_of
from annotations.services.moderating import words_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from annotations.models import Annotation, Disposition


class Answer(NamedTuple):
    """An answer that somebody else gave.

    Attributes:
        number: How many annotations it answers.
        state: See ``state_of``.
    """

    disposition: Disposition
    number: int
    state: str


class Meanwhile(NamedTuple):
    """Why an answer is not stored yet.

    Attributes:
        answers: Those that others gave meanwhile.
        changed: Annotations whose authors have changed their words.
        is_left: Whether anything is left to be answered.
    """

    answers: Sequence[Answer]
    changed: Sequence[Annotation]
    is_left: bool

    @property
    def only_answer(self) -> Answer | None:
        """The answer that may be replaced: nothing is left, and there is one for all."""
        return self.answers[0] if not self.is_left and len(self.answers) == 1 else None


def seen_of(annotations: Iterable[Annotation]) -> str:
    """Return which annotations a form shows, and which state of their words."""
    return json.dumps({str(one.pk): words_state(one) for one in annotations})


def happened(seen: str, annotations: Sequence[Annotation], *, is_left: bool) -> Meanwhile | None:
    """Compare what somebody has seen with what is there; None where nothing has happened.

    Args:
        seen: From ``seen_of``; what is no such text has seen nothing.
        annotations: What the person wants to answer, as it is stored now.
        is_left: Whether the form still has something to be answered.
    """
    known = _parsed(seen)
    rows = [one for one in annotations if str(one.pk) in known]
    answered = [one for one in rows if not is_open(one) and one.disposition is not None]
    changed = [one for one in rows if is_open(one) and known[str(one.pk)] != words_state(one)]
    if not answered and not changed:
        return None
    found = {one.disposition_id: one.disposition for one in answered}
    answers = [answer_of(each) for each in found.values() if each is not None]
    return Meanwhile(answers, changed, is_left)


def answer_of(disposition: Disposition) -> Answer:
    """Return an answer as it is stored now."""
    return Answer(disposition, disposition.annotations.count(), state_of(disposition))


def _parsed(seen: str) -> dict[str, str]:
    try:
        found = json.loads(seen)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
