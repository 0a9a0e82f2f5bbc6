"""The line of the gate about translations: each language has the text as it is now.

The text is that of the page that was frozen first; the others are its translations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from versioning.checks.places import name_of, versions_url
from versioning.doors import GateLine, translation_dates_of
from versioning.models import Passage, Version
from versioning.services.checklist import MAX_NAMED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID


class Gap(NamedTuple):
    """Something that a translation lacks.

    Attributes:
        fact: A lasting name.
        text: A sentence.
        url: Where it can be seen.
    """

    fact: str
    text: str
    url: str


def translation_lines(version: Version) -> list[GateLine]:
    """Say in which languages the text is missing, outdated or not translated throughout.

    A site with one language has no such line.
    """
    names = dict(getattr(settings, "WAGTAIL_CONTENT_LANGUAGES", settings.LANGUAGES))
    if len(names) < 2 or not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        return []
    text = _Text(version.page)
    gaps = [gap for code, name in names.items() for gap in text.gaps(code, str(name))]
    said = _("Every translation is there and holds the text as it is now.")
    if gaps:
        said = " ".join(dict.fromkeys(gap.text for gap in gaps[:MAX_NAMED] if not _is_passage(gap)))
        number = sum(map(_is_passage, gaps))
        if number:
            words = ngettext(
                "%(number)d paragraph is not translated yet.",
                "%(number)d paragraphs are not translated yet.",
                number,
            )
            said = f"{said} {words % {'number': number}}".strip()
    return [
        GateLine(
            "translations",
            said,
            done=not gaps,
            url=versions_url(text.source),
            missing=tuple((gap.text, gap.url) for gap in gaps[:MAX_NAMED]),
            waivable=True,
            facts=frozenset(gap.fact for gap in gaps),
        )
    ]


def _is_passage(gap: Gap) -> bool:
    return gap.fact.startswith("passage:")


class _Text:
    """The newest versions of a text in all its languages, read in a fixed number of queries."""

    def __init__(self, page: Page) -> None:
        """Read pages, newest versions, identities of passages, and what is not translated."""
        pages = Page.objects.filter(translation_key=page.translation_key, alias_of=None)
        self.pages = {row.locale.language_code: row for row in pages.select_related("locale")}
        self.source = self._first(page)
        newest = Version.objects.filter(page=OuterRef("page")).order_by("-number").values("pk")[:1]
        rows = Version.objects.filter(
            page__in=[row.pk for row in self.pages.values()], pk=Subquery(newest)
        )
        self.newest = {row.page_id: row for row in rows.select_related("locale")}
        self.uids: dict[int, set[UUID]] = {row.pk: set() for row in self.newest.values()}
        passages = Passage.objects.filter(version__in=list(self.uids))
        for version, uid in passages.values_list("version_id", "uid"):
            self.uids[version].add(uid)
        self.untranslated = list(passages.exclude(locale=F("version__locale")).order_by("position"))
        source = next((row for row in self.pages.values() if row.pk == self.source), page)
        self.dates = translation_dates_of(source)

    def _first(self, page: Page) -> int:
        found = Version.objects.filter(page__translation_key=page.translation_key)
        return found.order_by("pk").values_list("page_id", flat=True).first() or page.pk

    def gaps(self, code: str, name: str) -> Iterator[Gap]:
        """Yield what a language lacks; the language of the text itself lacks nothing."""
        page = self.pages.get(code)
        version = self.newest.get(page.pk) if page else None
        if page is not None and page.pk == self.source:
            return
        if page is None or version is None or not page.live:
            text = _("There is no public translation: %(language)s.") % {"language": name}
            yield Gap(f"missing:{code}", text, versions_url(page.pk if page else self.source))
            return
        if not self._is_current(page, version):
            text = _("The translation is older than the text: %(language)s.") % {"language": name}
            source = self.newest[self.source]
            yield Gap(f"outdated:{code}:{source.number}", text, versions_url(page.pk))
        yield from self._open_passages(version, name)

    def _is_current(self, page: Page, version: Version) -> bool:
        """Tell whether a translation was made from the text as it is now."""
        source = self.newest[self.source]
        moments: Iterable[datetime | None] = (version.published_at, page.last_published_at)
        published = max(moment for moment in moments if moment)
        made = min(published, self.dates.get(page.pk, published))
        return made >= source.published_at and self.uids[version.pk] == self.uids[source.pk]

    def _open_passages(self, version: Version, name: str) -> Iterator[Gap]:
        for passage in self.untranslated:
            if passage.version_id == version.pk:
                text = _("%(language)s, %(number)s: not translated yet") % {
                    "language": name,
                    "number": name_of(passage),
                }
                url = f"{version.get_absolute_url()}#p-{passage.uid}"
                yield Gap(f"passage:{version.locale.language_code}:{passage.uid}", text, url)
