"""Wagtail's comparison of two revisions, by our engine: words in passages, moves by name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import compare

from versioning.core import comparing, numbering
from versioning.core.markup import UnreadableText
from versioning.extraction import passages_of_field
from versioning.presentation.lineage import runs_with_words
from versioning.presentation.words import CATEGORIES, FORMATS, category_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db import models
    from django.utils.safestring import SafeString

    from versioning.core.passages import PassageText, Row

MAX_ROWS = 500
"""Changed rows that are shown; the rest is counted."""


@dataclass(slots=True)
class RevisionRow:
    """One row, or a stretch of rows that are the same.

    Attributes:
        word: What became of it, empty where it is the same.
        place: Numbers for citing.
        runs: Its words.
        formats: What differs besides the words.
        same: Texts of a folded stretch.
        is_replaced: It is shown as a whole, old and new.
    """

    word: str = ""
    place: str = ""
    runs: SafeString | str = ""
    formats: str = ""
    same: list[str] = field(default_factory=list)
    is_replaced: bool = False


class RevisionComparison(compare.FieldComparison):
    """A field of ``versioned_fields`` in two revisions of a page.

    What the field holds besides text (numbers, dates, choosers) is left to Wagtail's own class
    where the text is the same.
    """

    def __init__(self, db_field: models.Field[Any, Any], old: Any, new: Any) -> None:  # noqa: ANN401  # revisions
        """Take the same arguments as Wagtail's classes."""
        super().__init__(db_field, old, new)
        self._pages = (old, new)

    @cached_property
    def passages(self) -> tuple[list[PassageText], list[PassageText]] | None:
        """Passages of both revisions, nothing where one cannot be read."""
        try:
            old, new = (passages_of_field(page, self.field.name) for page in self._pages)
        except UnreadableText:
            return None
        return old, new

    @cached_property
    def own(self) -> Any:  # noqa: ANN401  # one of Wagtail's classes
        """Wagtail's comparison of the field."""
        made = compare.comparison_class_registry.get(self.field) or compare.FieldComparison
        return made(self.field, *self._pages)

    def has_changed(self) -> bool:
        """Tell whether anything in the field differs."""
        return self.has_other_text() or bool(self.own.has_changed())

    def htmldiff(self) -> SafeString | str:
        """Return the comparison as html, every word of the texts escaped."""
        if self.passages is None:
            return render_to_string(
                "versioning/admin/revisions.html",
                {"problem": _("A text is nested too deeply to be compared.")},
            )
        if not self.has_other_text():
            return str(self.own.htmldiff())
        rows = self.rows
        changed = [row for row in rows if row.word]
        shown = rows if len(changed) <= MAX_ROWS else changed[:MAX_ROWS]
        more = max(0, len(changed) - MAX_ROWS)
        return render_to_string("versioning/admin/revisions.html", {"rows": shown, "more": more})

    def has_other_text(self) -> bool:
        """Tell whether any passage differs, be it in format alone."""
        if self.passages is None:
            return True
        old, new = ([_content(passage) for passage in side] for side in self.passages)
        return old != new

    @cached_property
    def rows(self) -> list[RevisionRow]:
        """What became of each passage; stretches that are the same are one row."""
        return list(self._rows(*self.passages)) if self.passages is not None else []

    def counts(self) -> list[tuple[str, int]]:
        """Return how many passages were changed, added and so on, in words and in order."""
        found: Counter[str] = Counter()
        for row in self.rows:
            found[row.word or category_name("kept")] += len(row.same) or 1
        return [(str(word), found[str(word)]) for word in CATEGORIES.values() if found[str(word)]]

    def _rows(
        self, old: Sequence[PassageText], new: Sequence[PassageText]
    ) -> Iterator[RevisionRow]:
        numbers = tuple([c.number for c in numbering.cite(side)] for side in (old, new))
        same: list[str] = []
        for row in comparing.compare(old, new):
            if row.relation == "kept" and not row.format:
                same.append(new[row.new[0]].text)
                continue
            if same:
                yield RevisionRow(same=same)
                same = []
            yield _changed_row(row, *numbers)
        if same:
            yield RevisionRow(same=same)


def _changed_row(row: Row, old_numbers: Sequence[str], new_numbers: Sequence[str]) -> RevisionRow:
    is_format = row.relation == "changed" and all(run.operation == "equal" for run in row.runs)
    old = ", ".join(old_numbers[i] for i in row.old if old_numbers[i])
    new = ", ".join(new_numbers[j] for j in row.new if new_numbers[j])
    names = {"old": old, "new": new}
    place = _("%(new)s, before: %(old)s") % names if old and new and old != new else new or old
    return RevisionRow(
        word=category_name("format" if is_format else row.relation),
        place=place,
        runs=runs_with_words(row.runs),
        formats=", ".join(str(FORMATS.get(name, name)) for name in row.format),
        is_replaced=row.replaced,
    )


def _content(passage: PassageText) -> tuple[object, ...]:
    return (passage.text, passage.html, passage.kind, passage.level, passage.marker,
            passage.image, passage.alt)  # fmt: skip
