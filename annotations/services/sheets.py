"""Tables of what was said elsewhere: each row becomes a contribution, or says why it can't."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from annotations.core.sheets import SheetRow, read_sheet
from annotations.models import Motivation, Source
from annotations.services.checking import Problems
from annotations.services.entering import MOST_ROWS, Contribution, check_rows
from versioning.models import Passage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from annotations.services.entering import Errors
    from versioning.models import Version

COLUMNS = {
    "passage": ("Absatz", "Passage", "Paragraph"),
    "quote": ("Zitat", "Quote"),
    "motivation": ("Art", "Kind"),
    "body": ("Text", "Beitrag", "Contribution"),
    "proposed": ("Vorschlag", "Proposal", "Proposed wording"),
    "name": ("Name",),
    "made_on": ("Datum", "Date"),
    "source": ("Quelle", "Source"),
}
"""Names of columns, each with the headings that it may have, whatever the reader's language."""
REQUIRED = ("passage", "body", "name", "made_on", "source")
_KINDS = {
    Motivation.COMMENTING: ("kommentar", "anmerkung", "comment", "commenting"),
    Motivation.QUESTIONING: ("frage", "question", "questioning"),
    Motivation.EDITING: ("änderungsvorschlag", "vorschlag", "suggested edit", "edit", "editing"),
}
_SOURCES = {
    Source.WORKSHOP: ("werkstatt", "workshop"),
    Source.INTERVIEW: ("interview", "gespräch"),
    Source.LETTER: ("brief", "letter"),
}
_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_BEFORE_NUMBER = re.compile(r"^(absatz|abs\.|passage|paragraph|nr\.)\s*", re.IGNORECASE)
_SHOWN = 60
"""Characters of a cell that a sentence repeats."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, read.

    Attributes:
        sheet: The row as it stands in the file.
        contribution: What would be entered.
        errors: What is wrong with it, by name of the column; empty where it fits.
    """

    sheet: SheetRow
    contribution: Contribution
    errors: Errors


def headings() -> dict[str, str]:
    """Return the headings of the columns in the reader's language, by their names."""
    return {
        "passage": _("Passage"),
        "quote": _("Quote"),
        "motivation": _("Kind"),
        "body": _("Text"),
        "proposed": _("Proposal"),
        "name": _("Name"),
        "made_on": _("Date"),
        "source": _("Source"),
    }


def read_table(name: str, data: bytes) -> list[SheetRow]:
    """Return the rows of an uploaded table, not compared with any text yet.

    Args:
        name: Of the file; its ending says what it is.
        data: Its bytes.

    Raises:
        UnreadableFile: It is no such table, too large, or a column is missing.
    """
    own = headings()
    columns = {name: (own[name], *texts) for name, texts in COLUMNS.items()}
    return read_sheet(name, data, columns=columns, required=REQUIRED, most=MOST_ROWS)


def read_rows(version: Version, rows: Sequence[SheetRow]) -> list[Row]:
    """Compare rows with a version; nothing is stored.

    The number of queries does not depend on how many they are.
    """
    passages = _Passages(version)
    read = [_contribution(row, passages) for row in rows]
    wrong = check_rows(version, [contribution for contribution, _problems in read])
    return [
        Row(row, contribution, {**wrong.get(place, {}), **problems.found})
        for place, (row, (contribution, problems)) in enumerate(zip(rows, read, strict=True))
    ]


def _contribution(row: SheetRow, passages: _Passages) -> tuple[Contribution, Problems]:
    problems = Problems()

    def read(name: str, reader: Callable[[SheetRow], Any], otherwise: Any) -> Any:  # noqa: ANN401
        try:
            return reader(row)
        except ValidationError as error:
            problems.found[name] = error.error_list
            return otherwise

    cells = row.cells
    contribution = Contribution(
        passage=read("passage", passages.find, None),
        quote=cells.get("quote", ""),
        motivation=read("motivation", _motivation, Motivation.COMMENTING),
        body=cells.get("body", ""),
        proposed=cells.get("proposed", ""),
        name=cells.get("name", ""),
        made_on=read("made_on", _day, None),
        source=read("source", _source, ""),
    )
    return contribution, problems


class _Passages:
    """The passages of a version by their numbers."""

    def __init__(self, version: Version) -> None:
        rows = Passage.objects.filter(version=version, withheld_at=None).defer("html")
        self.by_number: dict[str, list[Passage]] = {}
        self.by_uid: dict[UUID, Passage] = {}
        for row in rows:
            self.by_uid[row.uid] = row
            if row.number:
                self.by_number.setdefault(row.number, []).append(row)

    def find(self, row: SheetRow) -> Passage:
        """Return the passage that a row names, by its number or its lasting identity."""
        text = row.cells.get("passage", "").strip()
        if not text:
            raise ValidationError(_("Please give the number of the passage."), code="required")
        if "passage" in row.dates:
            raise ValidationError(
                _(
                    "The spreadsheet has made a date of the number. Please format the column as "
                    "text and write the number once more."
                ),
                code="date",
            )
        try:
            return self.by_uid[UUID(text)]
        except (ValueError, KeyError):
            pass
        number = _BEFORE_NUMBER.sub("", text).strip().removesuffix(".")
        found = self.by_number.get(number, [])
        if len(found) == 1 and not self._may_be_cut(row, number):
            return found[0]
        raise ValidationError(
            self._refusal(found), code="passage", params={"number": text[:_SHOWN]}
        )

    def _may_be_cut(self, row: SheetRow, number: str) -> bool:
        """Tell whether a spreadsheet may have made 2.1 of 2.10."""
        return "passage" in row.numbers and "." in number and f"{number}0" in self.by_number

    def _refusal(self, found: Sequence[Passage]) -> str:
        if not found:
            return _("There is no passage “%(number)s” in the newest version.")
        return _(
            "Several passages may be meant by “%(number)s”. Please format the column as text and "
            "write the number once more."
        )


def _motivation(row: SheetRow) -> str:
    text = row.cells.get("motivation", "").strip()
    if not text:
        is_edit = bool(row.cells.get("proposed", "").strip())
        return Motivation.EDITING if is_edit else Motivation.COMMENTING
    message = _("“%(text)s” is no kind. Possible are: %(choices)s.")
    return _chosen(text, _KINDS, Motivation, message)


def _source(row: SheetRow) -> str:
    text = row.cells.get("source", "").strip()
    if not text:
        return ""
    return _chosen(text, _SOURCES, Source, _("“%(text)s” is no source. Possible are: %(choices)s."))


def _chosen(text: str, words: Mapping[Any, tuple[str, ...]], labels: Any, message: str) -> str:  # noqa: ANN401
    """Return the value that a word means, in any of our languages."""
    folded = " ".join(text.split()).casefold()
    for value, meanings in words.items():
        if folded in meanings or folded == str(labels(value).label).casefold():
            return str(value)
    choices = ", ".join(str(labels(value).label) for value in words)
    params = {"text": text[:_SHOWN], "choices": choices}
    raise ValidationError(message, code="choice", params=params)


def _day(row: SheetRow) -> date | None:
    text = row.cells.get("made_on", "").strip()
    if not text:
        return None
    try:
        if found := _DAY.fullmatch(text):
            return date(*map(int, found.groups()))
        if found := _GERMAN_DAY.fullmatch(text):
            day, month, year = map(int, found.groups())
            return date(year, month, day)
    except ValueError:
        pass
    message = _("“%(text)s” is no day. Please write it like 24.11.2026 or 2026-11-24.")
    raise ValidationError(message, code="day", params={"text": text[:_SHOWN]})
