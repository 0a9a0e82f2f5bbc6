"""A file that can be handed out: what it is made from, how long that is, and making it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Sum
from django.db.models.functions import Length
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from versioning import stages
from versioning.comparisons import compare_versions
from versioning.computing import digest, parameters, withheld_in
from versioning.core.comparing import ENGINE_VERSION
from versioning.doors import reasons_of
from versioning.exports import as_json, docx, pdf, sources
from versioning.exports.kinds import file_kind, no_progress
from versioning.models import Change, Passage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from versioning.comparisons import Comparison
    from versioning.exports.kinds import Progress
    from versioning.models import Version


class Limit(NamedTuple):
    """How long a text may be, both versions of a comparison together."""

    passages: int
    characters: int


class Form(NamedTuple):
    """A form of files.

    Attributes:
        media_type: What the browser is told.
        code_version: Grows with every change of what the files look like.
        at_once: Up to this length a document is made within a request, in about two seconds of
            CPU time at most; data always is.
        of_comparison: Makes the file of a comparison.
        of_version: Makes the file of a version, where there is one.
    """

    media_type: str
    code_version: int
    at_once: Limit
    of_comparison: Callable[[Comparison], bytes]
    of_version: Callable[[Version], bytes] | None = None


FORMS = {
    "docx": Form(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        1,
        Limit(3_000, 600_000),
        docx.comparison_docx,
        docx.version_docx,
    ),
    "pdf": Form("application/pdf", 1, Limit(250, 40_000), pdf.comparison_pdf, pdf.version_pdf),
    "json": Form("application/json", 1, Limit(0, 0), as_json.comparison_json),
}
_IN_ASCII = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
)
LONGEST = 5_000_000
"""Characters; of longer texts no documents are made, only data."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a version, of a comparison of two, or of a whole text by its newest version.

    Attributes:
        kind: "version", "comparison", or one that an app above has registered.
        old: The older version; of a version alone, the version itself.
        new: The newer version.
        form: One of ``FORMS``.
    """

    kind: str
    old: Version
    new: Version
    form: str

    @property
    def key(self) -> dict[str, Any]:
        """What a stored file is found by."""
        return {"kind": self.kind, "old": self.old, "new": self.new, "form": self.form}

    def build(self, progress: Progress = no_progress) -> bytes:
        """Return the content, in the language of the text.

        Args:
            progress: Is told how far a file of many rows is.

        Raises:
            NoRenderer: It is a PDF, and WeasyPrint cannot be loaded.
        """
        form, kind = FORMS[self.form], file_kind(self.kind)
        with language_of(self.new):
            if kind is not None:
                return kind.makers[self.form](self.new, progress)
            if self.kind == "version" and form.of_version is not None:
                return form.of_version(self.new)
            return form.of_comparison(compare_versions(self.old, self.new))

    def texts(self) -> str:
        """Return the state of the texts, withheld words among it."""
        return digest(self.old, self.new, withheld_in(self.old, self.new))

    def digest(self) -> str:
        """Return the state of everything that shapes the content."""
        with language_of(self.new):
            publisher = sources.publisher_of(self.new)
            state = [
                *(self.kind, self.form, FORMS[self.form].code_version, self.texts()),
                *(_named(version) for version in (self.old, self.new)),
                *(publisher.name, sources.version_url(self.new, publisher)),
            ]
            if self.kind == "comparison":
                state += [ENGINE_VERSION, parameters(), self._reasons()]
            if (kind := file_kind(self.kind)) is not None:
                state += [kind.code_version, kind.state(self.new)]
        return sha256(json.dumps(state).encode()).hexdigest()

    def length(self) -> Limit:
        """Return how long the texts are, in one query."""
        found = Passage.objects.filter(version__in={self.old.pk, self.new.pk}).aggregate(
            passages=Count("pk"), characters=Sum(Length("text"))
        )
        return Limit(found["passages"], found["characters"] or 0)

    def is_too_long(self) -> bool:
        """Tell whether no document of such a length is made."""
        if file_kind(self.kind) is not None:
            return False
        return self.form != "json" and self.length().characters > LONGEST

    def is_small(self) -> bool:
        """Tell whether it can be made while somebody waits."""
        if self.form == "json":
            return True
        if (kind := file_kind(self.kind)) is not None:
            return kind.rows(self.new) <= kind.at_once[self.form]
        length, limit = self.length(), FORMS[self.form].at_once
        return length.passages <= limit.passages and length.characters <= limit.characters

    def name(self, *, allow_unicode: bool = False) -> str:
        """Return the name of the file for the reader's disk.

        Args:
            allow_unicode: Keep letters that ASCII does not have.
        """
        with language_of(self.new):
            numbers = _("Version %(number)d") % {"number": self.new.number}
            if (kind := file_kind(self.kind)) is not None:
                numbers = kind.name()
            if self.kind == "comparison":
                numbers = f"{_('Comparison')} {self.old.number} {self.new.number}"
        return file_name(self.new.title, numbers, self.form, allow_unicode=allow_unicode)

    def back(self) -> tuple[str, str] | None:
        """Return address and name of the page it belongs to, for kinds of apps above."""
        kind = file_kind(self.kind)
        return kind.back(self.new) if kind else None

    def _reasons(self) -> list[list[object]]:
        """Return what the reasons of all changes between the versions say."""
        changes = Change.objects.filter(
            version__page=self.new.page_id,
            version__number__gt=stages.number_on(self.old, self.new),
            version__number__lte=self.new.number,
        ).order_by("pk")
        return [
            [key, str(reason.title), reason.text, reason.count, reason.office, reason.url]
            for key, reasons in sorted(reasons_of(list(changes)).items())
            for reason in sources.shown_reasons(reasons)
        ]


def file_name(title: str, numbers: str, form: str, *, allow_unicode: bool = False) -> str:
    """Return the name of a file for the reader's disk.

    Args:
        title: Title of the text.
        numbers: Which file of the text.
        form: The ending.
        allow_unicode: Keep letters that ASCII does not have.
    """
    title = title if allow_unicode else title.translate(_IN_ASCII)
    title = slugify(title, allow_unicode=allow_unicode)[:80].strip("-_")
    return f"{title}-{slugify(numbers)}.{form}".lstrip("-")


def _named(version: Version) -> list[str]:
    """Return what may change of a version after it was published."""
    return [version.label, version.summary]


@contextmanager
def language_of(version: Version) -> Iterator[None]:
    """Speak the language of a text, so that a file is the same whoever asks for it."""
    code = version.locale.language_code
    known = {language for language, _name in settings.LANGUAGES}
    with translation.override(code if code in known else settings.LANGUAGE_CODE):
        yield
