"""What the reading page of a version shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotations.core.heat import heat
from annotations.presentation import places
from annotations.presentation.cards import Card, cards_of
from annotations.presentation.languages import TextVersions
from annotations.presentation.windows import (
    next_hour,
    time_left,
    window_changes,
    window_sentence,
)
from versioning.bodies import prepare_bodies
from versioning.models import Passage, Version, VersionedPageMixin
from versioning.page_cache import hold_until
from versioning.standing import standing_of_versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest
    from wagtail.models import Page

    from annotations.models import Annotation
    from annotations.presentation.places import Group
    from versioning.models import Submission

MAX_RANGES = 2_000
REASON_LIMIT = 120
"""Characters of an answer beside the text: so the cards stand near their passages."""


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage with what stands beside it.

    Attributes:
        tag: The element of its words.
        count: Its public annotations, also those without a card here.
        url: Its own page, with all annotations and the form.
        label: What the button beside it does, as a sentence for those who cannot see its place.
        language: Language of its words where it is not the version's.
        heat: How much it is talked about beside the others, 0 to 4.
    """

    passage: Passage
    tag: str
    count: int
    cards: Sequence[Card]
    url: str
    label: str
    language: str
    heat: int = 0

    @property
    def hidden_count(self) -> int:
        """Annotations without a card on this page."""
        return max(0, self.count - sum(not card.tombstone for card in self.cards))


@dataclass(frozen=True, slots=True)
class Section:
    """Passages in a row: one list, or passages of other kinds."""

    is_list: bool
    passages: Sequence[PassageView]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A line of the contents."""

    title: str
    number: str
    anchor: str
    count: int


def reading_context(*, page: Page, version: Version, request: HttpRequest) -> dict[str, Any]:
    """Return what the reading page shows, in a constant number of queries.

    Args:
        page: The page that is shown; an alias shows its original's versions.
        version: The version to be read.
        request: The request that shows it, for addresses on the same host.
    """
    versions = _versions_of(page, version)
    standing = standing_of_versions(versions)
    outlook = standing.changes_at if standing else None
    hold_until(request, version.opens, version.closes, next_hour(version), outlook)
    passages = passages_of(version, request)
    TextVersions.of(version, request)
    groups, newest = places.groups_and_newest(version)
    cards = _cards_by_passage(newest, passages)
    counts = _counts(groups)
    hottest = max((counts[p.pk] for p in passages), default=0)
    views = [
        passage_view(p, version, counts[p.pk], cards.get(p.pk, ()), hottest=hottest)
        for p in passages
    ]
    total = sum(counts.values())
    return {
        "version": version,
        "versions": versions,
        "sections": [
            Section(is_list=is_list, passages=list(run))
            for is_list, run in groupby(views, lambda view: view.passage.kind == "list_item")
        ],
        "chapters": _chapters(views),
        "annotation_count": total,
        "removed": cards.get(None, ()),
        "removed_count": counts[None],
        "window_sentence": window_sentence(version),
        "time_left": time_left(version),
        "window_changes": window_changes(version),
        "is_open": version.is_open(),
        "comparison_url": comparison_url(version),
        "submissions": _submissions(versions),
        "standing": standing,
        "stage_before": StageBefore.of(versions),
        "reading_data": {"ranges": _ranges(groups, cards), "labels": browser_labels()},
    }


def _versions_of(page: Page, version: Version) -> list[Version]:
    """Return all versions that a page shows, newest first, with their submissions."""
    if isinstance(page, VersionedPageMixin):
        return page.shown_versions()
    rows = Version.objects.filter(page_id=version.page_id).order_by("-number")
    return list(rows.select_related("submission", "locale").with_gate().told_stage())


def passages_of(version: Version, request: HttpRequest) -> list[Passage]:
    """Return the passages of a version in reading order, ready to be shown."""
    passages = list(Passage.objects.filter(version=version).select_related("locale").in_order())
    prepare_bodies(passages, request)
    return passages


def passage_view(
    passage: Passage, version: Version, count: int, cards: Sequence[Card], *, hottest: int = 0
) -> PassageView:
    """Return a passage as templates show it; hottest is the highest count of all passages."""
    return PassageView(
        passage=passage,
        tag=_tag(passage),
        count=count,
        cards=cards,
        url=passage_url(version, passage),
        label=_label(passage, count, is_open=version.is_open()),
        language=passage.locale.language_code if passage.locale_id != version.locale_id else "",
        heat=heat(count, max(count, hottest)),
    )


def passage_url(version: Version, passage: Passage) -> str:
    """Return the page of one passage."""
    return reverse("annotations:passage", args=[version.page_id, version.number, passage.uid])


def passage_name(passage: Passage) -> str:
    """Return how people call a passage, such as "Paragraph 2.1"."""
    if not passage.number:
        return _("This paragraph")
    return _("Paragraph %(number)s") % {"number": passage.number}


def comparison_url(version: Version) -> str:
    """Return the comparison with the version before, empty for the first one."""
    if version.number < 2:
        return ""
    args = [version.page_id, version.number - 1, version.number]
    return reverse("versioning:comparison", args=args)


def _tag(passage: Passage) -> str:
    if passage.kind == "heading":
        return f"h{min(6, max(1, passage.level) + 1)}"
    return {"paragraph": "p", "quote": "blockquote", "caption": "p"}.get(passage.kind, "div")


def _label(passage: Passage, count: int, *, is_open: bool) -> str:
    number = ngettext("%(count)d annotation", "%(count)d annotations", count) % {"count": count}
    template = _("Annotate %(passage)s, %(count)s") if is_open else _("%(passage)s, %(count)s")
    return template % {"passage": passage_name(passage), "count": number}


def _counts(groups: Iterable[Group]) -> Counter[int | None]:
    counts: Counter[int | None] = Counter()
    for group in groups:
        counts[group.passage] += group.number
    return counts


def _cards_by_passage(
    annotations: Sequence[Annotation], passages: Sequence[Passage]
) -> dict[int | None, list[Card]]:
    cards: dict[int | None, list[Card]] = {}
    known = {passage.pk: passage for passage in passages}
    for card in cards_of(annotations, known, reason_limit=REASON_LIMIT):
        cards.setdefault(card.passage_id, []).append(card)
    for of_passage in cards.values():
        of_passage.sort(key=lambda card: (card.start or 0, card.annotation.created_at))
    return cards


def _chapters(views: Sequence[PassageView]) -> list[Chapter]:
    """Return the contents: the first heading of every chapter with the chapter's count."""
    chapters = []
    for ordinal, run in groupby(views, lambda view: view.passage.chapter):
        of_chapter = list(run)
        heading = next((v.passage for v in of_chapter if v.passage.kind == "heading"), None)
        if ordinal and heading:
            count = sum(view.count for view in of_chapter)
            anchor = f"p-{heading.uid}"
            chapters.append(Chapter(heading.text, heading.number, anchor, count))
    return chapters


def _ranges(
    groups: Iterable[Group], cards: dict[int | None, list[Card]]
) -> list[tuple[int, int, int, str]]:
    """Return what the browser paints: ranges with a card by its uuid, then all others merged."""
    shown = [card for of_passage in cards.values() for card in of_passage if not card.tombstone]
    with_card = [
        (card.passage_id, card.start, card.end, str(card.annotation.uuid))
        for card in shown
        if card.passage_id is not None and card.start is not None and card.end is not None
    ]
    known = {row[:3] for row in with_card}
    return with_card + [row for row in _merged(groups) if row[:3] not in known]


def _merged(groups: Iterable[Group]) -> list[tuple[int, int, int, str]]:
    """Join overlapping ranges of each passage, so that their number is bounded by the text."""
    merged: list[tuple[int, int, int, str]] = []
    ranges = sorted(
        (group.passage, group.start, group.end)
        for group in groups
        if group.passage is not None and group.start is not None and group.end is not None
    )
    for passage, start, end in ranges:
        if merged and merged[-1][0] == passage and start <= merged[-1][2]:
            merged[-1] = (passage, merged[-1][1], max(end, merged[-1][2]), "")
        else:
            merged.append((passage, start, end, ""))
    return merged[:MAX_RANGES]


@dataclass(frozen=True, slots=True)
class StageBefore:
    """The resolved text that this one goes on from."""

    title: str
    url: str

    @classmethod
    def of(cls, versions: Sequence[Any]) -> StageBefore | None:
        """Return it from versions that were read with ``told_stage``; None where there is none."""
        first = versions[0] if versions else None
        if first is None or not first.stage_page:
            return None
        args = [first.stage_page, first.stage_number]
        return cls(first.stage_title, reverse("versioning:version", args=args))


def _submissions(versions: Iterable[Version]) -> list[Submission]:
    return [version.submission for version in versions if hasattr(version, "submission")]


def browser_labels() -> dict[str, str]:
    """Return the words that the browser module needs, in the reader's language."""
    return {
        "toolbar": _("What do you want to do with the chosen words?"),
        "comment": _("Annotate"),
        "question": _("Ask a question"),
        "edit": _("Suggest an edit"),
        "across": _(
            "An annotation stands on one paragraph, so that it gets one answer. You have chosen "
            "words in several."
        ),
        "part": _("Only take the words in paragraph %(number)s"),
        "part_named": _("Only take the words in “%(words)s”"),
        "back": _("Back to the text"),
        "loading": _("Loading …"),
        "failed": _("That did not work. Your text is still here. Please try again."),
        "draft": _(
            "We have kept the text that you began to write. It lies only in this browser, for 30 "
            "days at most."
        ),
        "discard": _("Discard"),
        "discarded": _("Discarded. The form is empty."),
        "opened": _("Annotations and form are open."),
        "opened_only": _("The annotations are open."),
        "gap": _("Please tick sentences that follow one another, without a gap."),
        "closed": _("Closed. You are back in the text."),
        "sending": _("Sending …"),
        "show_words": _("Show in the text"),
        "words_of": _("the words that %(name)s means"),
        "words_shown": _("Highlighted: %(words)s. Escape leads back to the annotation."),
        "card_again": _("Back at the annotation."),
        "inserted": _("inserted:"),
        "deleted": _("deleted:"),
        "by_keyboard": _("Choose words with the keyboard"),
        "chooser": _("Words of the paragraph"),
        "keys": _(
            "Arrow keys move, with Ctrl by words. With Shift they choose. Home and End go to the "
            "ends. Enter takes the words, Escape leaves."
        ),
        "nothing_chosen": _("Nothing chosen yet."),
        "chosen": _("Chosen: %(words)s"),
        "before": _("before %(sign)s, word %(word)s"),
        "before_sign": _("before %(sign)s"),
        "space": _("space"),
        "at_end": _("at the end"),
        "take_words": _("Take these words"),
        "leave": _("Leave"),
        "quoted": _("“%(words)s”"),
        "words_taken": _("Taken: %(words)s"),
        "words_left": _("No words taken."),
    }
