"""What the page of origins shows: marks in the text, and what stands behind each of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from versioning.bodies import body_of
from versioning.comparisons import change_url
from versioning.core.wrapping import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from versioning.core.origins import Mark
    from versioning.core.wrapping import Part
    from versioning.doors import ChangeReason
    from versioning.models import Change, Passage, Version
    from versioning.origins import VersionOrigins

PAGE_SIZE = 100
"""Passages on one page of origins."""
MAX_ENTRIES = 300
"""Marks with an entry of their own on one page; a single passage may have no more."""
_QUOTE = 160
_AGES = ("new", "recent")


@dataclass(slots=True)
class LegendLine:
    """What one version has brought.

    Attributes:
        version: The version.
        age: Which line marks its words: "new", "recent" or "older"; empty for the first version.
        count: How many stretches it brought.
        share: Per cent of the text that are its words, rounded.
    """

    version: Version
    age: str
    count: int
    share: int


@dataclass(slots=True)
class ShownChange:
    """A change behind words.

    Attributes:
        url: Its address within the comparison of its version with the one before.
        is_new: The whole passage came with it.
        replaced: The words that stood there before, shortened.
        is_withheld: Words stood there that may not be shown.
        reasons: Why.
    """

    url: str
    is_new: bool
    replaced: str
    is_withheld: bool
    reasons: list[ChangeReason]


@dataclass(slots=True)
class Entry:
    """Words of one passage that a later version brought.

    Attributes:
        key: Part of the ids of the words and of their entry.
        quote: The words, shortened.
        version: The version that brought them.
        age: See ``LegendLine``.
        changes: What stands behind them.
    """

    key: str
    quote: str
    version: Version
    age: str
    changes: list[ShownChange]


@dataclass(slots=True)
class PassageOrigin:
    """Where the words of one passage come from.

    Attributes:
        entries: Words that a later version brought, in reading order.
        whole: The version that brought all of its words, if it was a later one.
        has_first: Some words are the first version's.
        more: How many marks have no entry, because the page is full.
    """

    entries: list[Entry] = field(default_factory=list)
    whole: Version | None = None
    has_first: bool = True
    more: int = 0


def age_of(version: int, shown: int) -> str:
    """Return which line marks words: those of the shown version, of the one before, or older."""
    return _AGES[shown - version] if shown - version < len(_AGES) else "older"


def legend(origins: VersionOrigins, versions: Sequence[Version]) -> list[LegendLine]:
    """Return what each version has brought, newest first; the first version comes last.

    Args:
        origins: Where the words of the shown version come from.
        versions: The versions of the page, newest first.
    """
    counts: Counter[int] = Counter()
    lengths: Counter[int] = Counter()
    for marks in origins.marks.values():
        for mark in marks:
            if mark.version != origins.first:
                counts[mark.version] += 1
                lengths[mark.version] += mark.end - mark.start
    lengths[origins.first] = origins.length - lengths.total()
    shown = versions[0].number
    return [
        LegendLine(
            version=version,
            age="" if version.number == origins.first else age_of(version.number, shown),
            count=counts[version.number],
            share=round(100 * lengths[version.number] / max(origins.length, 1)),
        )
        for version in versions
        if counts[version.number] or version.number == origins.first
    ]


def pages_of(
    positions: Sequence[int], origins: VersionOrigins, *, only: int = 0
) -> list[list[int]]:
    """Divide positions into pages that stay short, also where very much has changed.

    Args:
        positions: Positions of the passages that are asked for, in order.
        origins: Where their words come from.
        only: Only marks of this version count; 0 for all.
    """
    pages: list[list[int]] = []
    entries = 0
    for position in positions:
        count = len(chosen_marks(origins, position, only=only))
        if not pages or len(pages[-1]) == PAGE_SIZE or entries + count > MAX_ENTRIES:
            pages.append([])
            entries = 0
        pages[-1].append(position)
        entries += count
    return pages


def chosen_marks(origins: VersionOrigins, position: int, *, only: int = 0) -> list[Mark]:
    """Return the marks of a passage that are shown: all younger ones, or those of one version."""
    marks = origins.younger(position)
    return [mark for mark in marks if mark.version == only] if only else marks


def show_origin(
    passage: Passage,
    marks: Sequence[Mark],
    *,
    shown: Version,
    versions: Mapping[int, Version],
    changes: Mapping[int, ShownChange],
) -> PassageOrigin:
    """Mark the words of a passage and return what stands behind them.

    ``passage.body`` gets the marks; its text content stays the passage's text (law 9).

    Args:
        passage: A passage that may be shown, its body prepared.
        marks: The marks to show.
        shown: The version that is shown.
        versions: Versions by number.
        changes: Changes by id.
    """
    entries = [
        Entry(
            key=f"{passage.position}-{number}",
            quote=Truncator(passage.text[mark.start : mark.end].strip()).chars(_QUOTE),
            version=versions[mark.version],
            age=age_of(mark.version, shown.number),
            changes=[changes[pk] for pk in mark.changes if pk in changes],
        )
        for number, mark in enumerate(marks[:MAX_ENTRIES], start=1)
    ]
    passage.body = _marked(passage, marks, entries)  # type: ignore[attr-defined]  # read by the tag
    covered = sum(mark.end - mark.start for mark in marks)
    is_whole = covered == len(passage.text) and len({mark.version for mark in marks}) == 1
    return PassageOrigin(
        entries=entries,
        whole=versions[marks[0].version] if is_whole else None,
        has_first=covered < len(passage.text),
        more=len(marks) - len(entries),
    )


def shown_change(change: Change, reasons: list[ChangeReason]) -> ShownChange:
    """Return a change as the page of origins tells it."""
    return ShownChange(
        url=change_url(change),
        is_new=change.relation == "added",
        replaced=Truncator(change.old_words.strip()).chars(_QUOTE),
        is_withheld=change.old_end > change.old_start and not change.old_words,
        reasons=reasons,
    )


def _marked(passage: Passage, marks: Sequence[Mark], entries: Sequence[Entry]) -> SafeString:
    """Return the body with a link around each mark that leads to its entry.

    Who brought the words stands in attributes, for the style sheet: a body holds no words of
    our own.
    """
    places = [_without_spaces(passage.text, mark) for mark in marks[: len(entries)]]

    def element(part: Part) -> tuple[str, str]:
        tag = "span" if part.in_link else "a"
        attributes = format_html_join("", ' {}="{}"', _attributes(entries[part.stretch], part))
        return f"<{tag}{attributes}>", f"</{tag}>"

    return mark_safe(wrapped(body_of(passage), places, element))  # noqa: S308  # safe html, wrapped


def _attributes(entry: Entry, part: Part) -> Iterator[tuple[str, str]]:
    """Yield the attributes of one part; a stretch takes no stop of the Tab key from the reader."""
    yield "class", f"syn-origin syn-origin--{entry.age}"
    yield "data-origin", entry.key
    if not part.in_link:
        yield "href", f"#o-{entry.key}"
        yield "tabindex", "-1"
    if part.is_first:
        words = _("inserted in version %(number)d:") % {"number": entry.version.number}
        yield "id", f"w-{entry.key}"
        yield "data-words", f"{words} "
    if part.is_last:
        yield "data-sign", str(entry.version.number)


def _without_spaces(text: str, mark: Mark) -> tuple[int, int]:
    words = text[mark.start : mark.end]
    start = mark.start + len(words) - len(words.lstrip())
    return start, max(start, mark.end - len(words) + len(words.rstrip()))
