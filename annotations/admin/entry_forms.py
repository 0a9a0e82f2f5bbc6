"""Forms for what came by workshop, interview or letter; rules of the field live in the services."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.widgets import AdminAutoHeightTextInput

from annotations.core.sheets import MAX_BYTES, SheetRow
from annotations.models import Motivation
from annotations.presentation.cards import shortened
from annotations.services.checking import NAME_LIMIT, body_limit
from annotations.services.correcting_entries import Correction
from annotations.services.entering import KINDS, SOURCES, Contribution
from annotations.services.sheets import read_table
from versioning.core.reading.files import UnreadableFile
from versioning.models import Passage
from versioning.widgets import DayInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.http import QueryDict

    from versioning.models import Version

SALT = "annotations.sheet"
LONGEST_WAIT = 24 * 60 * 60
"""Seconds between preview and taking over."""
LONGEST_SEAL = 2_000_000
"""Characters of a sealed table, below what Django takes in a form by default."""
TITLE = 80
AGREED = gettext_lazy(
    "Whoever said or wrote this knows that everybody will read it under this name, and agrees"
)


class WordsForm(forms.Form):
    """What a contribution says, and where it comes from."""

    source = forms.ChoiceField(
        label=gettext_lazy("Where it comes from"),
        choices=[(source.value, source.label) for source in SOURCES],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy(
                "Please say where it comes from: workshop, interview or letter."
            )
        },
    )
    made_on = forms.DateField(
        label=gettext_lazy("Day on which it was made"),
        widget=DayInput,
        error_messages={
            "required": gettext_lazy("Please give the day on which it was made."),
            "invalid": gettext_lazy("This is no day. Please write it like 2026-11-24."),
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Name or label"),
        max_length=NAME_LIMIT,
        help_text=gettext_lazy("Everybody reads it, for example “Workshop in Wedding”."),
        error_messages={
            "required": gettext_lazy(
                "Please give a name, or where it comes from, such as “Workshop in Wedding”."
            )
        },
    )
    motivation = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        initial=Motivation.COMMENTING.value,
        widget=forms.RadioSelect,
    )
    body = forms.CharField(
        label=gettext_lazy("What was said or written"),
        widget=AdminAutoHeightTextInput,
        error_messages={"required": gettext_lazy("Please write something.")},
    )
    proposed = forms.CharField(
        label=gettext_lazy("Proposed wording"),
        required=False,
        widget=AdminAutoHeightTextInput,
        help_text=gettext_lazy("Only for a suggested edit: what shall stand there instead."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Say how long it may be."""
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = _("At most %(limit)d characters.") % {"limit": body_limit()}


class CorrectionForm(WordsForm):
    """Mends what a contribution says."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def correction(self) -> Correction:
        """Return what the service takes from this form."""
        return Correction(**{name: self.cleaned_data[name] for name in Correction._fields})


class EntryForm(WordsForm):
    """One contribution."""

    field_order = (
        *("source", "made_on", "name", "number", "passage", "quote"),
        *("motivation", "body", "proposed", "has_agreed", "key"),
    )
    number = forms.CharField(
        label=gettext_lazy("Number of the passage"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("As it stands in the margin of the text, for example 2.3."),
    )
    passage = forms.ChoiceField(
        label=gettext_lazy("or choose the passage"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("Please choose a passage of the newest version.")
        },
    )
    quote = forms.CharField(
        label=gettext_lazy("Exactly these words (optional)"),
        required=False,
        widget=AdminAutoHeightTextInput,
        help_text=gettext_lazy(
            "If this is empty, the whole passage is meant. Else copy the words letter for letter."
        ),
    )
    has_agreed = forms.BooleanField(
        label=AGREED,
        error_messages={
            "required": gettext_lazy("Without this agreement nothing can be published.")
        },
    )
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: Version, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Offer the passages of a version."""
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = lambda: uuid.uuid4().hex
        rows = Passage.objects.filter(version=version, withheld_at=None).defer("html").in_order()
        self.passages: dict[str, Passage] = {str(row.pk): row for row in rows}
        self.fields["passage"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("Please choose")),
            *((key, _title(row)) for key, row in self.passages.items()),
        ]

    def clean(self) -> dict[str, Any]:
        """Find the passage by its number, or by the choice."""
        cleaned = super().clean() or self.cleaned_data
        number = cleaned.get("number", "").strip().removesuffix(".")
        chosen = self.passages.get(cleaned.get("passage", ""))
        if number:
            found = [row for row in self.passages.values() if row.number == number]
            if chosen is not None and chosen not in found:
                self.add_error("number", _("Number and choice name different passages."))
            elif not found:
                message = _("There is no passage “%(number)s” in the newest version.")
                error = ValidationError(message, code="passage", params={"number": number})
                self.add_error("number", error)
            chosen = chosen or (found[0] if found else None)
        elif chosen is None and "passage" not in self.errors:
            self.add_error("number", _("Please give the number of the passage, or choose it."))
        self.chosen = chosen
        return cleaned

    def contribution(self) -> Contribution:
        """Return what the service takes from this form."""
        names = ("body", "name", "made_on", "source", "motivation", "quote", "proposed")
        values = {name: self.cleaned_data[name] for name in names}
        return Contribution(passage=self.chosen, **values)


class SheetForm(forms.Form):
    """A table with many contributions."""

    file = forms.FileField(
        label=gettext_lazy("Table"),
        help_text=gettext_lazy("CSV (UTF-8) or XLSX, at most 2 MB and 1,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Please choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def clean_file(self) -> list[SheetRow]:
        """Read the file; what is wrong with it is said at the field."""
        upload = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_BYTES:
            raise ValidationError(_("The file is larger than %(limit)d MB.") % {"limit": 2})
        try:
            rows = read_table(upload.name or "", upload.read())
        except UnreadableFile as error:
            raise ValidationError(
                _(error.template), code="unreadable", params=error.params
            ) from error
        if not rows:
            raise ValidationError(_("The table has no rows below its headings."), code="empty")
        return rows


class TakeOverForm(forms.Form):
    """The decision about a table that was looked at."""

    leave_out = forms.BooleanField(required=False)
    has_agreed = forms.BooleanField(
        label=AGREED,
        help_text=gettext_lazy("This holds for every row."),
        required=False,
    )

    def __init__(self, data: QueryDict | None = None, *, wrong: int) -> None:
        """Say how many rows would be left out.

        Args:
            data: What was sent.
            wrong: How many rows can't be taken over.
        """
        super().__init__(data)
        self.fields["leave_out"].label = ngettext(
            "Leave out the row that can't be taken over",
            "Leave out the %(number)d rows that can't be taken over",
            wrong,
        ) % {"number": wrong}


def seal_table(rows: Sequence[SheetRow], *, user: Any, page: int) -> str:  # noqa: ANN401  # any user
    """Return a table as the value of a hidden field, for one person, one text and a day.

    It is signed and carried through the form between preview and taking over; nothing of it is
    stored before.

    Raises:
        ValidationError: It is too much.
    """
    values = [[row.number, row.cells, sorted(row.dates), sorted(row.numbers)] for row in rows]
    content = [user.pk, page, uuid.uuid4().hex, values]
    found = signing.dumps(content, salt=SALT, compress=True)
    most = getattr(settings, "DATA_UPLOAD_MAX_MEMORY_SIZE", None) or LONGEST_SEAL
    if len(found) > min(LONGEST_SEAL, most * 3 // 4):
        message = _("This is too much text at once. Please upload it in several files.")
        raise ValidationError({"file": ValidationError(message, code="too_large")})
    return found


def open_table(sealed: str, *, user: Any, page: int) -> tuple[str, list[SheetRow]]:  # noqa: ANN401
    """Return the key of a sealed table, and its rows.

    Raises:
        ValidationError: It is not ours, somebody else's, of another text, or too old.
    """
    try:
        content = signing.loads(sealed, salt=SALT, max_age=LONGEST_WAIT)
    except signing.BadSignature:
        content = [None, None, "", []]
    owner, text, key, values = content
    if (owner, text) != (user.pk, page):
        message = _("This table is not here any more. Please upload it again.")
        raise ValidationError(message, code="gone")
    return key, [SheetRow(n, cells, set(dates), set(nums)) for n, cells, dates, nums in values]


def earlier(params: Any) -> dict[str, Any]:  # noqa: ANN401  # of a request
    """Return with which values a form begins that follows another one of the same occasion."""
    names = ("source", "made_on", "name", "number")
    return {name: params[name][:NAME_LIMIT] for name in names if params.get(name)}


def kept_for_next(cleaned: dict[str, Any]) -> dict[str, str]:
    """Return what the next form of the same occasion begins with."""
    day: date = cleaned["made_on"]
    return {"source": cleaned["source"], "made_on": day.isoformat(), "name": cleaned["name"]}


def _title(passage: Passage) -> str:
    words = shortened(passage.text or passage.alt, TITLE)
    return f"{passage.number} {words}".strip()
