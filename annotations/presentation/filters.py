"""What somebody asked of the list of all annotations, read from the address.

Whatever stands in the address, a choice is always one that is offered.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from annotations.core.finding import MAX_QUESTION, words_of
from annotations.models import Annotation, Motivation, Outcome, Source, State
from annotations.presentation import fates
from annotations.presentation.cards import shortened
from annotations.presentation.places import in_order, located
from versioning.models import Passage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from versioning.models import Version

GONE = "gone"
"""The chapter of those whose words are no longer there."""
_TITLE = 60
_FIELDS = ("kind", "state", "chapter", "language", "source", "result", "reaction", "order")
_MOST_DIGITS = 9
_WAITING = (State.PUBLIC, State.PENDING)
"""What authors see of their own."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen, by field: values with their names."""

    kind: dict[str, str]
    state: dict[str, str]
    chapter: dict[str, str]
    language: dict[str, str]
    order: dict[str, str]
    source: dict[str, str]
    result: dict[str, str]
    reaction: dict[str, str]


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
        result: What it led to, one of ``fates.results``.
        reaction: ``agrees`` or ``objects``: what its author said to the answer.
        answer: Key of the public answer that it shares with others, 0 for any.
        since: First day on which it was written.
        until: Last day on which it was written.
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
    result: str = ""
    reaction: str = ""
    answer: int = 0
    since: date | None = None
    until: date | None = None
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
        for name in _FIELDS:
            value = params.get(name, "")
            if value in getattr(choices, name):
                found[name] = value
            elif value:
                has_unknown = True
        for name, read in (("since", _day), ("until", _day), ("answer", _number)):
            value = params.get(name, "")
            if read(value):
                found[name] = read(value)
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
            (_("Result"), self.choices.result.get(self.result, ""), {"result": ""}),
            (_("The author"), self.choices.reaction.get(self.reaction, ""), {"reaction": ""}),
            (_("Their answer"), _("one and the same") if self.answer else "", {"answer": 0}),
            (_("Written from"), _spoken(self.since), {"since": None}),
            (_("Written until"), _spoken(self.until), {"until": None}),
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
    def has_more(self) -> bool:
        """Whether one of the filters is in force that the form shows on request."""
        return bool(self.source or self.result or self.reaction or self.since or self.until)

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
            "result": self.result,
            "reaction": self.reaction,
            "answer": str(self.answer or ""),
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
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
        conditions = (self._state(), self._chapter(version), self._written(), self._rest())
        for condition in (*conditions, *map(_holds, self.words)):
            rows = rows.filter(condition)
        if self.result:
            rows = rows.alias(**fates.FIRST_CHANGE).filter(fates.led_to(self.result))
        return in_order(rows, self.order)

    def _rest(self) -> Q:
        """Return the condition of the fields that are compared as they are."""
        chosen = {
            "motivation": self.kind,
            "locale__language_code": self.language,
            "source": self.source,
            "disposition": self.answer,
        }
        found = Q(**{name: value for name, value in chosen.items() if value})
        if self.answer:
            found &= fates.ANSWERED
        return found & Q(reaction__agrees=self.reaction == "agrees") if self.reaction else found

    def _written(self) -> Q:
        """Return the condition for the days; they begin and end in the site's time."""
        found = Q()
        if self.since:
            found &= Q(created_at__gte=_midnight(self.since))
        if self.until:
            found &= Q(created_at__lt=_midnight(self.until + timedelta(days=1)))
        return found

    def _state(self) -> Q:
        if self.state == "open":
            return fates.OPEN
        if self.state == "disposed":
            return fates.ANSWERED
        return fates.ANSWERED & Q(disposition__outcome=self.state) if self.state else Q()

    def _chapter(self, version: Version) -> Q:
        if self.chapter == GONE:
            return Q(at__isnull=True)
        if not self.chapter:
            return Q()
        here = Passage.objects.filter(version=version, chapter=int(self.chapter))
        return Q(at__in=here.values("pk"))


def _day(value: str) -> date | None:
    """Return a day as forms send it; the last ones of all time have no day after them."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if date.min.year < found.year < date.max.year else None


def _number(value: str) -> int:
    is_number = value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS
    return int(value) if is_number else 0


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _spoken(day: date | None) -> str:
    return str(date_format(day, "DATE_FORMAT")) if day else ""


def _holds(word: str) -> Q:
    """Return the condition for a word, which a reply may hold as well.

    What waits for moderation is in no search but one's own.
    """
    waiting = Q(comment__icontains=word) | Q(proposed__icontains=word)
    replies = Annotation.objects.filter(root=OuterRef("pk"), searchable__contains=word)
    here = Q(searchable__contains=word) | (Q(state=State.PENDING) & waiting)
    return here | Q(Exists(replies))


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
        chapter={**chapter_names(version), GONE: _("Passages that are no longer there")},
        language=dict(languages),
        order={
            "newest": _("Newest first"),
            "supported": _("Most supported first"),
            "place": _("By place in the text"),
        },
        source={value: str(label) for value, label in Source.choices},
        result=fates.results(version.number),
        reaction={"agrees": _("agrees"), "objects": _("objects")},
    )


def chapter_names(version: Version) -> dict[str, str]:
    """Return the names of the chapters, that of what stands before the first one among them."""
    headings = Q(kind="heading", chapter__gt=0) | Q(position=0, chapter=0)
    rows = Passage.objects.filter(headings, version=version).in_order()
    titles: dict[str, str] = {}
    for chapter, number, text in rows.values_list("chapter", "number", "text"):
        name = (
            f"{number} {shortened(text, _TITLE)}".strip()
            if chapter
            else _("Before the first chapter")
        )
        titles.setdefault(str(chapter), name)
    return titles
