"""What somebody asked of the list of all annotations, read from the address.

Whatever stands in the address, a choice is always one that is offered.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from annotations.core.finding import MAX_QUESTION, words_of
from annotations.models import Motivation, Outcome, Source, State
from annotations.presentation.cards import shortened
from annotations.presentation.places import in_order, located
from versioning.models import Passage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from annotations.models import Annotation
    from versioning.models import Version

GONE = "gone"
"""The chapter of those whose words are no longer there."""
_TITLE = 60
_WAITING = (State.PUBLIC, State.PENDING)
"""What authors see of their own."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen, by field: values with their names."""

    kind: dict[str, str]
    state: dict[str, str]
    chapter: dict[str, str]
    language: dict[str, str]
    source: dict[str, str]
    order: dict[str, str]


@dataclass(frozen=True, slots=True)
class Applied:
    """A filter that is in force, with the way to see the list without it."""

    name: str
    value: str
    query: str


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of the list.

    Attributes:
        question: What is looked for, as it was typed, at most 200 characters.
        kind: A motivation.
        state: ``open``, ``disposed`` or an outcome; only public answers count.
        chapter: Ordinal of a chapter of the newest version, or ``gone``.
        language: Code of the language on whose text it was written.
        source: Where it was made.
        is_mine: One's own alone, also those that wait for moderation.
        order: As in ``places.in_order``.
        choices: What was offered.
        has_unknown: Something in the address was left out.
    """

    choices: Choices
    question: str = ""
    kind: str = ""
    state: str = ""
    chapter: str = ""
    language: str = ""
    source: str = ""
    is_mine: bool = False
    order: str = "newest"
    has_unknown: bool = field(default=False, compare=False)

    @classmethod
    def read(cls, params: Mapping[str, str], choices: Choices) -> Filters:
        """Return the filters of an address; what is unknown or too long is left out."""
        typed = params.get("q", "").replace("\0", "")
        question = typed.encode("utf-8", "ignore").decode().strip()
        found: dict[str, Any] = {"question": question[:MAX_QUESTION].strip()}
        has_unknown = len(question) > MAX_QUESTION
        for name in ("kind", "state", "chapter", "language", "source", "order"):
            value = params.get(name, "")
            if value in getattr(choices, name):
                found[name] = value
            elif value:
                has_unknown = True
        return cls(choices, is_mine=bool(params.get("mine")), has_unknown=has_unknown, **found)

    @property
    def words(self) -> list[str]:
        """The folded words that are looked for."""
        return words_of(self.question)

    @property
    def applied(self) -> list[Applied]:
        """The filters in force, in the order of the form."""
        rows: list[tuple[str, str, dict[str, Any]]] = [
            (_("Search"), self.question, {"question": ""}),
            (_("Kind"), self.choices.kind.get(self.kind, ""), {"kind": ""}),
            (_("State"), self.choices.state.get(self.state, ""), {"state": ""}),
            (_("Chapter"), self.choices.chapter.get(self.chapter, ""), {"chapter": ""}),
            (_("Language"), self.choices.language.get(self.language, ""), {"language": ""}),
            (_("Source"), self.choices.source.get(self.source, ""), {"source": ""}),
            (_("Author"), _("mine only") if self.is_mine else "", {"is_mine": False}),
        ]
        return [
            Applied(name, value, replace(self, **without).query)
            for name, value, without in rows
            if value
        ]

    @property
    def is_default(self) -> bool:
        """Whether this is the whole list in its usual order."""
        return self == Filters(self.choices)

    @property
    def query(self) -> str:
        """The filters as the query of an address, without a page."""
        chosen = {
            "q": self.question,
            "kind": self.kind,
            "state": self.state,
            "chapter": self.chapter,
            "language": self.language,
            "source": self.source,
            "mine": "1" if self.is_mine else "",
            "order": "" if self.order == "newest" else self.order,
        }
        return urlencode({name: value for name, value in chosen.items() if value})

    def rows(self, version: Version, user: Any) -> QuerySet[Annotation]:  # noqa: ANN401  # any user
        """Return the annotations of a text that meet the filters, in their order.

        Args:
            version: The newest version of the text.
            user: Who reads; nobody's own are shown to somebody who is not signed in.
        """
        rows = located(version)
        if self.is_mine:
            own = {"user": user} if user.is_authenticated else {"pk__in": ()}
            rows = rows.filter(state__in=_WAITING, **own)
        else:
            rows = rows.filter(state=State.PUBLIC)
        for condition in (self._state(), self._chapter(version), *map(_holds, self.words)):
            rows = rows.filter(condition)
        if self.kind:
            rows = rows.filter(motivation=self.kind)
        if self.language:
            rows = rows.filter(locale__language_code=self.language)
        if self.source:
            rows = rows.filter(source=self.source)
        return in_order(rows, self.order)

    def _state(self) -> Q:
        answered = Q(disposition__public_at__isnull=False, disposition__missing=False)
        if self.state == "open":
            return Q(disposition__isnull=True) | ~answered
        if self.state == "disposed":
            return answered
        return answered & Q(disposition__outcome=self.state) if self.state else Q()

    def _chapter(self, version: Version) -> Q:
        if self.chapter == GONE:
            return Q(at__isnull=True)
        if not self.chapter:
            return Q()
        here = Passage.objects.filter(version=version, chapter=int(self.chapter))
        return Q(at__in=here.values("pk"))


def _holds(word: str) -> Q:
    """Return the condition for a word; what waits for moderation is in no search but one's own."""
    waiting = Q(comment__icontains=word) | Q(proposed__icontains=word)
    return Q(searchable__contains=word) | (Q(state=State.PENDING) & waiting)


def choices_for(version: Version, languages: Mapping[str, str]) -> Choices:
    """Return what can be chosen in the list of a text, with one query for its chapters."""
    return Choices(
        kind={
            Motivation.COMMENTING: _("Comment"),
            Motivation.QUESTIONING: _("Question"),
            Motivation.EDITING: _("Suggested edit"),
        },
        state={
            "open": _("Not answered yet"),
            "disposed": _("Answered, whatever the outcome"),
            **{value: str(label) for value, label in Outcome.choices},
        },
        chapter={**_chapters(version), GONE: _("Passages that are no longer there")},
        language=dict(languages),
        source={value: str(label) for value, label in Source.choices},
        order={
            "newest": _("Newest first"),
            "supported": _("Most supported first"),
            "place": _("By place in the text"),
        },
    )


def _chapters(version: Version) -> dict[str, str]:
    headings = Passage.objects.filter(version=version, kind="heading", chapter__gt=0).in_order()
    titles: dict[str, str] = {}
    for chapter, number, text in headings.values_list("chapter", "number", "text"):
        titles.setdefault(str(chapter), f"{number} {shortened(text, _TITLE)}".strip())
    return titles
