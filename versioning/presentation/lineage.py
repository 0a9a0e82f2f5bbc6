"""What a draft would change, with the ways to correct it, as plain data for templates."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from versioning.core import doubts
from versioning.core.corrections import Correction
from versioning.presentation.words import FORMATS, category_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.utils.safestring import SafeString

    from versioning.core.passages import PassageText, Row, Run
    from versioning.draft_lineage import DraftLineage

FIRST_WORDS = 12
ALIKE, QUITE_ALIKE = 0.85, 0.6


@dataclass(slots=True)
class Option:
    """One way to decide about a passage.

    Attributes:
        label: What it says.
        value: JSON list of the corrections that it means.
        is_chosen: Whether it is what holds now.
    """

    label: str
    value: str
    is_chosen: bool = False


@dataclass(slots=True)
class Control:
    """The choice about one passage.

    Attributes:
        label: What is to be decided.
        subject: Key of the new or uid of the old passage whose corrections it replaces.
        options: At least two.
    """

    label: str
    subject: str
    options: list[Option]


@dataclass(slots=True)
class DraftRow:
    """One row of what a draft would change.

    Attributes:
        name: Id of the row.
        category: Its relation, or "format".
        word: The word for it.
        place: Where it stands, and stood.
        runs: Old and new words in one text.
        formats: What differs besides the words.
        sureness: How sure the guess is, as a sentence.
        is_doubtful: Whether somebody should look at it.
        is_settled: Whether somebody has decided about it.
        controls: Ways to correct it.
    """

    name: str
    category: str
    word: str
    place: str
    runs: SafeString
    formats: str
    sureness: str
    is_doubtful: bool
    is_settled: bool
    controls: list[Control] = field(default_factory=list)


@dataclass(slots=True)
class Said:
    """A correction that is stored or pending.

    Attributes:
        words: What it says.
        value: JSON of it.
        counts: Whether it still finds its paragraphs.
    """

    words: str
    value: str
    counts: bool


def runs_with_words(runs: Sequence[Run]) -> SafeString:
    """Return runs as html for the admin: deletions and insertions say so to screen readers."""
    names = {"delete": ("del", _("deleted:")), "insert": ("ins", _("inserted:"))}
    return format_html_join(
        "",
        "{}",
        (
            (text if operation == "equal" else _marked(*names[operation], text),)
            for operation, text in runs
        ),
    )


def _marked(tag: str, before: str, text: str) -> SafeString:
    template = (
        '<{tag} class="syn-{tag}"><span class="w-sr-only"> {before} </span>{text}'
        '<span class="w-sr-only"> {after} </span></{tag}>'
    )
    return format_html(template, tag=tag, before=before, text=text, after=_("(end)"))


def first_words(passage: PassageText, number: str) -> str:
    """Return number and first words of a passage."""
    words = Truncator(passage.text or _("(without words)")).words(FIRST_WORDS, truncate=" …")
    if not number:
        return _("“%(words)s”") % {"words": words}
    return _("%(number)s “%(words)s”") % {"number": number, "words": words}


class Presenter:
    """Says what a draft would change.

    Args:
        draft: The draft against the newest version.
    """

    def __init__(self, draft: DraftLineage) -> None:
        self.draft = draft
        self.finder = doubts.Finder(draft.rows, draft.old_texts, draft.new)
        self.settled = draft.known.settled
        self.wanted = {doubt.candidates[0].old for doubt in draft.doubts.values()}

    def category(self, row: Row) -> str:
        """Return the relation of a row, or "format" where only the format differs."""
        if row.relation == "changed" and not self._differs(row):
            return "format"
        return row.relation

    def is_doubtful(self, row: Row) -> bool:
        """Tell whether a row holds a doubt."""
        return any(index in self.draft.doubts for index in row.new)

    def shown(self, row: Row) -> DraftRow:
        """Return a row with its words and the ways to correct it."""
        compared = self.draft.with_runs(row)
        category = self.category(row)
        name = f"new-{row.new[0]}" if row.new else f"old-{row.old[0]}"
        return DraftRow(
            name=f"syn-{name}",
            category=category,
            word=category_name(category),
            place=self._place(row),
            runs=runs_with_words(compared.runs),
            formats=", ".join(str(FORMATS.get(word, word)) for word in compared.format),
            sureness=self._sureness(row),
            is_doubtful=self.is_doubtful(row),
            is_settled=bool(self.settled.intersection(row.new)),
            controls=list(self._controls(row)),
        )

    def said(self) -> list[Said]:
        """Return the corrections in words."""
        olds = {passage.uid: index for index, passage in enumerate(self.draft.old_texts)}
        places = {self.draft.keys[place]: place for place in self.draft.known.places.values()}
        return [
            Said(self._words(item, olds, places), _json([item]), item not in self.draft.known.lost)
            for item in self.draft.corrections()
        ]

    def _words(self, item: Correction, olds: dict[str, int], places: dict[str, int]) -> str:
        if item in self.draft.known.lost:
            return _("A paragraph that the draft no longer holds as it was.")
        names = {"new": self._new(places[item.new])}
        if not item.old:
            return _("%(new)s is a new paragraph.") % names
        names["old"] = self._old(olds[item.old])
        if item.same:
            return _("%(new)s continues %(old)s.") % names
        return _("%(new)s does not continue %(old)s.") % names

    def _old(self, index: int) -> str:
        return first_words(self.draft.old_texts[index], self.draft.old[index].number)

    def _new(self, index: int) -> str:
        return first_words(self.draft.new[index], self.draft.numbers[index])

    def _differs(self, row: Row) -> bool:
        old = [self.draft.old_texts[index].text for index in row.old]
        return old != [self.draft.new[index].text for index in row.new]

    def _place(self, row: Row) -> str:
        old = ", ".join(n for i in row.old if (n := self.draft.old[i].number))
        new = ", ".join(n for j in row.new if (n := self.draft.numbers[j]))
        if old and new and old != new:
            return _("%(new)s, before: %(old)s") % {"new": new, "old": old}
        return new or old

    def _sureness(self, row: Row) -> str:
        if self.settled.intersection(row.new):
            return _("Decided by hand.")
        doubt = next((self.draft.doubts[j] for j in row.new if j in self.draft.doubts), None)
        if doubt is not None:
            return doubt_sentence(doubt)
        if not row.new and row.old[0] in self.wanted:
            return _("Doubtful: a new paragraph may continue it.")
        if not row.new and self._is_set_apart(row.old[0]):
            return _("Set apart by hand from a paragraph that resembles it.")
        if not row.old or not row.new:
            return _("Nothing in the other text resembles it closely.")
        return (
            _likeness(row.similarity) if self._differs(row) else _("Sure: the words are the same.")
        )

    def _is_set_apart(self, old: int) -> bool:
        """Tell whether somebody has said that an old passage does not go on where it might."""
        known = self.draft.known
        named = {item.old for item in known.places if not item.same}
        if self.draft.old_texts[old].uid in named:
            return True
        return any((old, new) in known.apart for new, _score in self.finder.successors(old, old))

    def _controls(self, row: Row) -> Iterator[Control]:
        for new in row.new:
            options = list(self._options_of_new(row, new))
            yield Control(self._label(row, new), self.draft.keys[new], self._chosen(new, options))
        if not row.new:
            options = list(self._options_of_old(row.old[0]))
            if len(options) > 1:
                yield Control(
                    _("What became of this paragraph"),
                    self.draft.old_texts[row.old[0]].uid,
                    options,
                )

    def _label(self, row: Row, new: int) -> str:
        if len(row.new) == 1:
            return _("Where this paragraph comes from")
        return _("Where %(paragraph)s comes from") % {"paragraph": self._new(new)}

    def _options_of_new(self, row: Row, new: int) -> Iterator[Option]:
        """Yield what may be said about the origin of a passage of the draft."""
        if new in self.settled:
            yield Option(_("Leave it to the comparison"), "[]")
        else:
            yield Option(self._guess(row), "[]", is_chosen=True)
        own = row.old if len(row.old) > 1 or new in self.settled else ()
        label = _("It continues %(old)s")
        only = label if len(row.old) == 1 else _("It only continues %(old)s")
        for old in own:
            yield Option(only % {"old": self._old(old)}, self._continues(new, old))
        near = row.old[0] if row.old else new
        for candidate in self.finder.origins(new, near):
            names = {"old": self._old(candidate.old)}
            yield Option(label % names, self._continues(new, candidate.old))
        if not row.old:
            yield from self._options_of_parts(new)
        if row.old or new in self.settled:
            yield Option(_("It is a new paragraph"), _json([self._correction("", new, same=False)]))

    def _options_of_parts(self, new: int) -> Iterator[Option]:
        """Yield old passages with a successor of which a new passage may be a part."""
        for candidate, partner in self.finder.shared_origins(new):
            names = {"old": self._old(candidate.old), "other": self._new(partner)}
            both = [
                self._correction(self.draft.old_texts[candidate.old].uid, part, same=True)
                for part in (partner, new)
            ]
            yield Option(_("It continues %(old)s together with %(other)s") % names, _json(both))
            label = _("It continues %(old)s instead of %(other)s")
            yield Option(label % names, self._continues(new, candidate.old))

    def _options_of_old(self, old: int) -> Iterator[Option]:
        """Yield what may be said about the successor of a passage that would be removed."""
        yield Option(_("As guessed: it was removed"), "[]", is_chosen=True)
        for new, _score in self.finder.successors(old, old):
            yield Option(
                _("It continues in %(new)s") % {"new": self._new(new)}, self._continues(new, old)
            )
        for new, partner in self.finder.shared_successors(old):
            merged = [
                self._correction(self.draft.old_texts[origin].uid, new, same=True)
                for origin in (partner, old)
            ]
            names = {"new": self._new(new), "old": self._old(partner)}
            yield Option(_("It was merged into %(new)s, with %(old)s") % names, _json(merged))

    def _guess(self, row: Row) -> str:
        if not row.old:
            return _("As guessed: it is a new paragraph")
        origins = " + ".join(self._old(index) for index in row.old)
        return _("As guessed: it continues %(old)s") % {"old": origins}

    def _continues(self, new: int, old: int) -> str:
        return _json([self._correction(self.draft.old_texts[old].uid, new, same=True)])

    def _correction(self, old: str, new: int, *, same: bool) -> Correction:
        return Correction(self.draft.version.number, old, self.draft.keys[new], same)

    def _chosen(self, new: int, options: list[Option]) -> list[Option]:
        """Mark what was decided; a decision that no option says gets one of its own."""
        if new not in self.settled:
            return options
        key = self.draft.keys[new]
        value = _json([item for item in self.draft.corrections() if item.new == key])
        known = next((option for option in options if option.value == value), None)
        if known is None:
            known = Option(_("As corrected"), value)
            options.append(known)
        known.is_chosen = True
        return options


def _likeness(similarity: float) -> str:
    if similarity >= ALIKE:
        return _("Sure: nearly all words are the same.")
    if similarity >= QUITE_ALIKE:
        return _("Quite sure: most words are the same.")
    return _("Likely: many words are the same.")


def doubt_sentence(doubt: doubts.Doubt) -> str:
    """Say what is doubtful about a guess."""
    return {
        "unlike": _("Doubtful: the two paragraphs have few words in common."),
        "tie": _("Doubtful: another paragraph comes into question nearly as well."),
        "together": _("Doubtful: it may continue a paragraph that would count as removed."),
    }[doubt.cause]


def _json(corrections: Sequence[Correction]) -> str:
    return json.dumps([item.as_data() for item in corrections], ensure_ascii=False)
