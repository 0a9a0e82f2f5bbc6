"""What the home page and a process show: drafts with their state, phases, timeline."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from annotations.models import Annotation, State
from annotations.presentation.windows import window_sentence
from cms_pages.models import ParticipationProcessPage, StrategyDraftPage
from cms_pages.presentation import public_pages
from versioning.models import Submission, Version
from versioning.services.progress import Progress, chains_of, steps_on_the_way
from versioning.standing import decision_words, standing_of_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from django.http import HttpRequest
    from wagtail.models import Page

    from cms_pages.models import HomePage
    from versioning.standing import Standing

MAX_LISTED = 50


@dataclass(frozen=True, slots=True)
class DraftCard:
    """A draft as lists show it.

    Attributes:
        title: Its title.
        url: Its address.
        intro: Its introduction, rich text.
        process: Title of its process.
        version: Name of the version that one reads.
        published_at: When that version came out.
        state: "open", "planned", "submitted", "returned", "final" or "closed".
        sentence: What one can do, or what has become of it.
        annotations: How many annotations and replies are public.
        annotations_url: Where all of these are listed.
        balance_url: What became of them, in numbers.
        compare_url: Where its versions are compared, empty while there is only one.
        submission_url: The page of its newest submission, empty if there is none.
    """

    title: str
    url: str
    intro: str
    process: str
    version: str
    published_at: datetime
    state: str
    sentence: str
    annotations: int
    annotations_url: str
    balance_url: str
    compare_url: str
    submission_url: str

    @property
    def is_open(self) -> bool:
        """Whether one can annotate it now."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class PhaseCard:
    """One phase as the process page shows it."""

    title: str
    begins: str
    sentence: str
    state: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the timeline; its state is past, now or future.

    What the gate plans stays planned until it is recorded, also when its day has passed.
    """

    when: str
    day: date
    title: str
    text: str
    state: str
    url: str = ""
    is_planned: bool = False


@dataclass(frozen=True, slots=True)
class Year:
    """The entries of one year."""

    number: int
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class ProcessCard:
    """A process as the home page lists it."""

    title: str
    url: str
    intro: str


def home_context(page: HomePage, request: HttpRequest) -> dict[str, Any]:
    """Return what the home page shows: open drafts first, then all others, then processes."""
    drafts = draft_cards(page, request)
    children = ParticipationProcessPage.objects.child_of(page)
    processes = public_pages(children, request).order_by("path")[:MAX_LISTED]
    return {
        "open_drafts": [card for card in drafts if card.is_open],
        "other_drafts": [card for card in drafts if not card.is_open],
        "processes": [
            ProcessCard(process.title, process.get_url(request) or "", process.intro)
            for process in processes
        ],
    }


def process_context(page: ParticipationProcessPage, request: HttpRequest) -> dict[str, Any]:
    """Return what a process page shows."""
    today = timezone.localdate()
    pages = _drafts_below(page, request)
    paths = _paths(pages)
    return {
        "drafts": _cards(pages, paths, request),
        "phases": phase_cards(page, today),
        "years": timeline(page, today, paths.values()),
    }


def draft_cards(below: Page, request: HttpRequest) -> list[DraftCard]:
    """Return the public drafts below a page, open ones first, then the newest."""
    pages = _drafts_below(below, request)
    return _cards(pages, _paths(pages), request)


def _drafts_below(below: Page, request: HttpRequest) -> list[StrategyDraftPage]:
    return list(
        public_pages(StrategyDraftPage.objects.descendant_of(below), request).order_by("path")[
            :MAX_LISTED
        ]
    )


def _cards(
    pages: Sequence[StrategyDraftPage], paths: Mapping[int, list[Submission]], request: HttpRequest
) -> list[DraftCard]:
    originals = {page.pk: page.alias_of_id or page.pk for page in pages}
    versions = _newest_versions(originals.values())
    counts = _annotation_counts(originals.values())
    processes = _process_titles(pages)
    cards = [
        _card(
            page,
            versions[originals[page.pk]],
            standing_of_path(paths[originals[page.pk]], versions[originals[page.pk]].number),
            annotations=counts.get(originals[page.pk], 0),
            process=processes.get(page.path[: -page.steplen], ""),
            request=request,
        )
        for page in pages
        if originals[page.pk] in versions
    ]
    order = {"open": 0, "planned": 1}
    cards.sort(key=lambda card: (order.get(card.state, 2), -card.published_at.timestamp()))
    return cards


def _newest_versions(pages: Iterable[int]) -> dict[int, Version]:
    newest = Version.objects.filter(page=OuterRef("page")).order_by("-number").values("pk")[:1]
    found = Version.objects.filter(page__in=list(pages), pk=Subquery(newest))
    return {version.page_id: version for version in found}


def _paths(pages: Iterable[StrategyDraftPage]) -> dict[int, list[Submission]]:
    """Return the submissions of each text in their order, with their steps."""
    return chains_of({page.alias_of_id or page.pk for page in pages})


def _annotation_counts(pages: Iterable[int]) -> dict[int, int]:
    rows = (
        Annotation.objects.filter(version__page__in=list(pages), state=State.PUBLIC)
        .values("version__page")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return {row["version__page"]: row["number"] for row in rows}


def _process_titles(pages: Sequence[StrategyDraftPage]) -> dict[str, str]:
    paths = {page.path[: -page.steplen] for page in pages}
    rows = ParticipationProcessPage.objects.live().filter(path__in=paths)
    return dict(rows.values_list("path", "title"))


def _card(  # noqa: PLR0913  # what the queries found for one page
    page: StrategyDraftPage,
    version: Version,
    standing: Standing | None,
    *,
    annotations: int,
    process: str,
    request: HttpRequest,
) -> DraftCard:
    now = timezone.now()
    if version.is_open(now):
        state = "open"
    elif version.opens is not None and now < version.opens:
        state = "planned"
    else:
        state = _STATES.get(standing.progress, "submitted") if standing else "closed"
    is_many = version.number > 1
    return DraftCard(
        title=page.title,
        url=page.get_url(request) or "",
        intro=page.intro,
        process=process,
        version=version.name,
        published_at=version.published_at,
        state=state,
        sentence=f"{standing.sentence} {standing.outlook}".strip()
        if standing and state not in {"open", "planned"}
        else window_sentence(version),
        annotations=annotations,
        annotations_url=reverse("annotations:list", args=[version.page_id]),
        balance_url=reverse("annotations:balance", args=[version.page_id]),
        compare_url=reverse("versioning:choose_comparison", args=[version.page_id])
        if is_many
        else "",
        submission_url=standing.url if standing else "",
    )


_STATES = {Progress.RETURNED: "returned", Progress.AMENDED: "returned", Progress.FINAL: "final"}
"""How a card shows where a text stands; otherwise it is just submitted."""


def phase_cards(page: ParticipationProcessPage, today: date) -> list[PhaseCard]:
    """Return the phases; the last one that has begun is the current one."""
    values = [block.value for block in page.phases]
    begun = sum(1 for value in values if value["begins"] <= today)
    return [
        PhaseCard(
            title=value["title"],
            begins=_("from %(date)s") % {"date": _day(value["begins"])},
            sentence=value["sentence"] or "",
            state="now" if place == begun - 1 else "past" if place < begun else "future",
        )
        for place, value in enumerate(values)
    ]


def timeline(
    page: ParticipationProcessPage, today: date, paths: Iterable[Sequence[Submission]] = ()
) -> list[Year]:
    """Return the entries of the timeline by year, earliest first.

    Args:
        page: Its own entries come from the editors.
        today: Parts the past from what is planned.
        paths: The submissions of each text; what the gate did and plans is an entry, too, unless
            the editors have one of the same day and title.
    """
    own = [_entry(block.value, today) for block in page.timeline]
    known = {(entry.day, entry.title.strip().casefold()) for entry in own}
    followed = (entry for path in paths for entry in _entries_of_gate(path, today))
    entries = own + [
        entry for entry in followed if (entry.day, entry.title.casefold()) not in known
    ]
    entries.sort(key=lambda entry: entry.day)
    return [
        Year(number, list(group))
        for number, group in groupby(entries, key=lambda entry: entry.day.year)
    ]


def _entries_of_gate(path: Sequence[Submission], today: date) -> Iterator[Entry]:
    """Give what happened to a text at the gate, and what its newest submission plans."""
    for submission in path:
        names = {"title": submission.version.title, "number": submission.version.number}
        text = _("“%(title)s”, version %(number)d") % names
        url = submission.get_absolute_url()
        day = timezone.localdate(submission.submitted_at)
        yield Entry(_on(day), day, _("Handed over to the Senate"), text, _state(day, today), url)
        for step in steps_on_the_way(submission, is_newest=submission is path[-1]):
            if step.decided_on is not None:
                yield _entry_of_step(step.decided_on, decision_words(step), text, url, today)
            elif step.planned_on is not None:
                yield _entry_of_step(step.planned_on, step.body, text, url, today, is_planned=True)


def _entry_of_step(  # noqa: PLR0913 -- the parts of an entry
    day: date, title: str, text: str, url: str, today: date, *, is_planned: bool = False
) -> Entry:
    state = "future" if is_planned else _state(day, today)
    return Entry(_on(day), day, title, text, state, url, is_planned)


def _state(day: date, today: date) -> str:
    return "future" if day > today else "now" if day == today else "past"


def _on(day: date) -> str:
    return _("on %(date)s") % {"date": _day(day)}


def _entry(value: Any, today: date) -> Entry:  # noqa: ANN401  # Wagtail's StructValue
    begin, end = value["date"], value["end"]
    last = end if value["kind"] == "span" and end else begin
    state = "future" if begin > today else "now" if last >= today else "past"
    return Entry(
        _when(value),
        begin,
        value["title"],
        value["text"] or "",
        state,
        is_planned=state == "future",
    )


def _when(value: Any) -> str:  # noqa: ANN401  # Wagtail's StructValue
    """Say the date the way the city's timelines do: on a day, from a day on, or from to."""
    day = _day(value["date"])
    if value["kind"] == "span" and value["end"]:
        return _("from %(begin)s to %(end)s") % {"begin": day, "end": _day(value["end"])}
    if value["kind"] == "from":
        return _("from %(date)s") % {"date": day}
    return _on(value["date"])


def _day(day: date) -> str:
    return str(date_format(day, _("F j, Y")))
