"""The texts of the demo as its files hold them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from cms_pages.core.documents import DocumentBlock, read_document
from cms_pages.core.drafting import draft_blocks
from cms_pages.texts import HOME, PageText, SiteTexts

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

Day = str | dict[str, int] | None
LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class Fixture:
    """The demo's files, with every day counted from the moment of loading.

    Attributes:
        folder: Where the files lie.
        now: When the demo is loaded.
    """

    folder: Path
    now: datetime

    def read(self, name: str) -> Any:  # noqa: ANN401  # whatever the file holds
        """Return what a file holds."""
        return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))

    def document(self, key: str) -> list[DocumentBlock]:
        """Return the text of a version, such as "stage1.v1"."""
        return read_document(self.folder / f"{key}.json")

    def day(self, value: Day) -> date | None:
        """Return a day that is written out or counted from today."""
        if value is None:
            return None
        if isinstance(value, dict):
            return timezone.localdate(self.now + timedelta(days=value["offset_days"]))
        return parse_date(value)

    def begin(self, value: Day) -> datetime | None:
        """Return the moment at which something comes out: of the past at nine in the morning."""
        if isinstance(value, dict):
            return (self.now + timedelta(days=value["offset_days"])).replace(
                second=0, microsecond=0
            )
        return self._at(value, time(9))

    def end(self, value: Day) -> datetime | None:
        """Return the last minute of a day."""
        return self._at(value, time(23, 59))

    def ago(self, annotation: dict[str, Any]) -> datetime:
        """Return when an annotation was written."""
        exact = parse_datetime(annotation["at"]) if "at" in annotation else None
        return exact or self.now - timedelta(hours=annotation["age_hours"])

    def _at(self, value: Day, moment: time) -> datetime | None:
        day = self.day(value)
        return timezone.make_aware(datetime.combine(day, moment)) if day else None

    def site_texts(self) -> SiteTexts:
        """Return the words of home and standard pages in both languages."""
        return {code: self._texts(code) for code in LANGUAGES}

    def _texts(self, code: str) -> dict[str, PageText]:
        pages = self.read(f"pages.{code}")
        return {role: self._page(role, page) for role, page in pages.items()}

    def _page(self, role: str, page: dict[str, Any]) -> PageText:
        """Return one page; the first paragraphs of the home page introduce it."""
        blocks = page["blocks"]
        leading = 0
        while role == HOME and leading < len(blocks) and blocks[leading]["type"] == "paragraph":
            leading += 1
        return PageText(
            title=page["title"],
            slug=page["slug"],
            intro=rich_text(blocks[:leading]),
            body=rich_text(blocks[leading:]),
        )


def rich_text(blocks: list[dict[str, Any]]) -> str:
    """Return blocks of text as rich text."""
    if not blocks:
        return ""
    document = read_document(("text.json", json.dumps(blocks).encode()))
    return "".join(block.value for block in draft_blocks(document))
