"""The questions before publishing: does this paragraph continue an older one?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from versioning.core import comparing
from versioning.core.corrections import Correction
from versioning.presentation.lineage import doubt_sentence, runs_with_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

    from versioning.core.doubts import Candidate, Doubt
    from versioning.draft_lineage import DraftLineage

MAX_QUESTIONS = 8
"""Questions on the page before publishing; beyond them the guesses hold."""
NEW = "new"


@dataclass(slots=True)
class Answer:
    """One answer to a question.

    Attributes:
        value: Uid of an old passage, or ``NEW``.
        label: What it says.
        runs: The old words against the new ones, empty for a new passage.
        is_guess: Whether it is what the comparison guesses.
    """

    value: str
    label: str
    runs: SafeString | str
    is_guess: bool


@dataclass(slots=True)
class Question:
    """A question about one passage of the draft.

    Attributes:
        version: Number of the version that the old passages stand in.
        key: Key of the passage.
        name: Name of its field.
        number: For citing.
        text: Its words.
        sentence: What is doubtful.
        answers: The guess is one of them.
    """

    version: int
    key: str
    name: str
    number: str
    text: str
    sentence: str
    answers: list[Answer]

    def correction(self, data: Mapping[str, str]) -> Correction:
        """Return what somebody has answered.

        Raises:
            ValidationError: It is none of the answers, since the draft has changed meanwhile.
        """
        value = data.get(self.name, "")
        if data.get(f"{self.name}-key") != self.key or value not in {a.value for a in self.answers}:
            raise ValidationError(
                _("The draft has changed since these questions were asked. Publish it again.")
            )
        is_new = value == NEW
        return Correction(self.version, "" if is_new else value, self.key, same=not is_new)


def questions_about(draft: DraftLineage) -> list[Question]:
    """Return the most doubtful guesses as questions, in reading order.

    Args:
        draft: The draft against the newest version.
    """
    found = sorted(draft.doubts.values(), key=_gap)[:MAX_QUESTIONS]
    return [_question(draft, doubt) for doubt in sorted(found)]


def _gap(doubt: Doubt) -> tuple[float, int]:
    """Say how far apart the best answers are: the closer, the more a person is needed."""
    best, *others = doubt.candidates
    second = others[0].similarity if others else 0.4
    return abs(best.similarity - second), doubt.new


def _question(draft: DraftLineage, doubt: Doubt) -> Question:
    answers = [_continues(draft, doubt, candidate) for candidate in doubt.candidates]
    answers.append(Answer(NEW, _("No: it is a new paragraph."), "", is_guess=doubt.guess is None))
    return Question(
        version=draft.version.number,
        key=draft.keys[doubt.new],
        name=f"question-{doubt.new}",
        number=draft.numbers[doubt.new],
        text=draft.new[doubt.new].text,
        sentence=doubt_sentence(doubt),
        answers=answers,
    )


def _continues(draft: DraftLineage, doubt: Doubt, candidate: Candidate) -> Answer:
    old = draft.old_texts[candidate.old]
    runs, _replaced = comparing.diff_words(old.text, draft.new[doubt.new].text)
    number = draft.old[candidate.old].number
    label = (
        _("Yes, it continues paragraph %(number)s:") % {"number": number}
        if number
        else _("Yes, it continues this paragraph:")
    )
    return Answer(old.uid, label, runs_with_words(runs), is_guess=candidate.old == doubt.guess)
