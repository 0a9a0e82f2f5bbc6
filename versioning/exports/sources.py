"""What a document is made of: texts with their links, who stands behind changes, addresses."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Site

from versioning.bodies import body_of, prepare_bodies
from versioning.core.passages import PassageText, Row, Run
from versioning.doors import EXPLAINING
from versioning.exports.inline import Para, para_of
from versioning.exports.wordml import Credit, Note
from versioning.models import Passage, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from versioning.comparisons import ComparedRow, Comparison
    from versioning.core.passages import Operation
    from versioning.doors import ChangeReason
    from versioning.models import Change


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes a text, and where.

    Attributes:
        name: Name of the site, never that of a person.
        base: Address of the site, empty where a page belongs to none.
    """

    name: str
    base: str

    def absolute(self, path: str) -> str:
        """Return a whole address."""
        return urljoin(self.base, path)


class Head(NamedTuple):
    """What stands at the top of a document.

    Attributes:
        publisher: Name of the site.
        title: Title of the text.
        short: Which version or comparison, for the top of each page.
        lines: More about it, whole sentences.
        url: Permalink.
    """

    publisher: str
    title: str
    short: str
    lines: tuple[str, ...]
    url: str

    @property
    def name(self) -> str:
        """Title and version, for the properties of a file."""
        return f"{self.title} – {self.short}"


_kept_publisher: ContextVar[Publisher | None] = ContextVar("kept_publisher", default=None)


@contextmanager
def published_by(publisher: Publisher) -> Iterator[None]:
    """Make documents of a text that somebody published then, whatever the site is called now."""
    token = _kept_publisher.set(publisher)
    try:
        yield
    finally:
        _kept_publisher.reset(token)


def publisher_of(version: Version) -> Publisher:
    """Return who publishes the text of a version."""
    if kept := _kept_publisher.get():
        return kept
    found = version.page.get_url_parts()
    site = Site.objects.filter(pk=found[0]).first() if found else None
    usual = getattr(settings, "SITE_NAME", "") or getattr(settings, "WAGTAIL_SITE_NAME", "")
    name = (site.site_name if site else "") or usual
    return Publisher(name or _("Editorial office"), f"{found[1]}/" if found and found[1] else "")


def version_url(version: Version, publisher: Publisher) -> str:
    """Return the permalink of a version."""
    return publisher.absolute(version.get_absolute_url())


def comparison_url(comparison: Comparison, publisher: Publisher) -> str:
    """Return the permalink of a comparison."""
    numbers = (comparison.old.number, comparison.new.number)
    path = reverse("versioning:comparison", args=[comparison.new.page_id, *numbers])
    return publisher.absolute(path)


def comparison_head(comparison: Comparison, publisher: Publisher) -> Head:
    """Return what stands at the top of a document that compares."""
    old, new = comparison.old, comparison.new
    words = _("Comparison: %(old)s (%(old_date)s) with %(new)s (%(new_date)s)")
    numbers = {"old": old.number, "new": new.number}
    names = {"old": old.name, "new": new.name}
    dates = {"old_date": day(old.published_at), "new_date": day(new.published_at)}
    return Head(
        publisher=publisher.name,
        title=new.title,
        short=_("Comparison of versions %(old)d and %(new)d") % numbers
        if old.number
        else _("Comparison with the stage before"),
        lines=(words % {**names, **dates},),
        url=comparison_url(comparison, publisher),
    )


def version_head(version: Version, publisher: Publisher) -> Head:
    """Return what stands at the top of a document that shows a version."""
    published = _("%(version)s, published on %(date)s")
    return Head(
        publisher=publisher.name,
        title=version.title,
        short=version.name,
        lines=(
            published % {"version": version.name, "date": day(version.published_at)},
            _("Checksum: %(hash)s") % {"hash": version.content_hash},
        ),
        url=version_url(version, publisher),
    )


def day(moment: datetime) -> str:
    """Return the day of a moment in words."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def withheld_notice(passage: Passage) -> str:
    """Say instead of words that they had to leave."""
    when = day(passage.withheld_at) if passage.withheld_at else ""
    return _("These words were withheld on %(date)s: %(ground)s") % {
        "date": when,
        "ground": passage.withheld_ground,
    }


def paras_of(passages: Sequence[Passage], language: str) -> list[Para]:
    """Return passages as a document shows them; their bodies must be prepared.

    Args:
        passages: Passages in reading order.
        language: Language of the document.
    """
    return [_para(passage, language) for passage in passages]


def _para(passage: Passage, language: str) -> Para:
    text = passage.as_text()
    own = passage.locale.language_code
    if passage.is_withheld:
        return para_of(PassageText(text.kind, withheld_notice(passage), level=text.level))
    return para_of(text, html=str(body_of(passage)), language="" if own == language else own)


def shown_reasons(reasons: Iterable[ChangeReason]) -> list[ChangeReason]:
    """Return the reasons that explain; what citizens wrote is no part of a document.

    An annotation may be withdrawn or hidden later, and a file that has been handed out cannot
    follow.
    """
    return [reason for reason in reasons if reason.kind in EXPLAINING]


def reason_words(reason: ChangeReason) -> str:
    """Return a reason in words: what was decided, for how many annotations, and why."""
    head = reason.title
    if reason.count:
        number = ngettext("%(number)d annotation", "%(number)d annotations", reason.count)
        head = f"{head} – {number % {'number': reason.count}}"
    return f"{head}\n{reason.text}" if reason.text else head


class Tracked:
    """A comparison as material for a document.

    Attributes:
        publisher: Who publishes it.
        old: Old passages.
        new: New passages.
        rows: Their rows, with the notices instead of withheld words.
    """

    def __init__(self, comparison: Comparison) -> None:
        """Read everything that is needed; the number of queries does not depend on the text."""
        self.comparison = comparison
        self.publisher = publisher_of(comparison.new)
        sides = _sides(comparison)
        prepare_bodies([passage for side in sides for passage in side])
        language = comparison.new.locale.language_code
        self.old, self.new = (paras_of(side, language) for side in sides)
        self.rows = [self._shown(row) for row in comparison.rows]
        changes = [change for row in comparison.rows for change in row.changes]
        self._reasons = comparison.reasons
        self._versions = Version.objects.in_bulk({change.version_id for change in changes})

    def _shown(self, row: ComparedRow) -> Row:
        if not row.is_withheld:
            return row.row
        old = "\n".join(self.old[at].text for at in row.row.old)
        new = "\n".join(self.new[at].text for at in row.row.new)
        runs: list[tuple[Operation, str]] = [("delete", old), ("insert", new)]
        if old == new:
            runs = [("equal", old)]
        return row.row._replace(runs=tuple(Run(*run) for run in runs if run[1]))

    def credit(self, row: int, hunk: int) -> Credit:
        """Say who stands behind a change: an office, or else the publisher; never a person."""
        change = _change_behind(self.comparison.rows[row], hunk) if row >= 0 else None
        if change is None:
            return Credit(self.publisher.name, self.comparison.new.published_at)
        offices = [reason.office for reason in self._reasons.get(change.pk, ()) if reason.office]
        date = self._versions[change.version_id].published_at
        return Credit(offices[0] if offices else self.publisher.name, date)

    def notes(self) -> dict[int, list[Note]]:
        """Return the comments beside the rows, by the index of the row."""
        found: dict[int, list[Note]] = {}
        for index, row in enumerate(self.comparison.rows):
            if reasons := shown_reasons(row.reasons):
                found[index] = [self._note(index, reason) for reason in reasons]
        return found

    def _note(self, index: int, reason: ChangeReason) -> Note:
        credit = self.credit(index, 0)
        words = reason_words(reason)
        if reason.url:
            words = f"{words}\n{self.publisher.absolute(reason.url)}"
        return Note(Credit(reason.office or self.publisher.name, credit.date), words)


def _sides(comparison: Comparison) -> tuple[list[Passage], list[Passage]]:
    """Return the passages of both versions in reading order."""
    old: dict[int, Passage] = {}
    new: dict[int, Passage] = {}
    for row in comparison.rows:
        old.update(zip(row.row.old, row.old, strict=True))
        new.update(zip(row.row.new, row.new, strict=True))
    return [old[at] for at in sorted(old)], [new[at] for at in sorted(new)]


def _change_behind(row: ComparedRow, number: int) -> Change | None:
    """Return the stored change that brought one change of a row, the latest where many did."""
    hunks = row.hunks if len(row.changes) > 1 else []
    if number < len(hunks):
        hunk = hunks[number]
        places = (hunk.old_start, hunk.old_end, hunk.new_start, hunk.new_end)
        alike = [
            change
            for change in row.changes
            if (change.old_words, change.new_words) == (hunk.old_text, hunk.new_text)
        ]
        here = [change for change in alike if _places(change) == places]
        if found := here or alike:
            return found[-1]
    return row.changes[-1] if row.changes else None


def _places(change: Change) -> tuple[int, int, int, int]:
    return (change.old_start, change.old_end, change.new_start, change.new_end)
