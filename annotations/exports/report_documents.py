"""The disposition report as PDF and Word document, made by versioning's workers."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from annotations.exports import report
from versioning.exports import docx, pdf, sources
from versioning.exports.docx import Column
from versioning.exports.kinds import FileKind, register_file_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from annotations.exports.report import Entry
    from versioning.exports.kinds import Progress
    from versioning.models import Version

PUBLIC, INTERNAL = "report", "editors"
"""Keys of the two kinds: what everybody may read, and what editors see."""
PART = 100
"""Annotations that are laid out together."""
AT_ONCE = {"pdf": 60, "docx": 1_500}
"""So many annotations are written while somebody waits."""
FIRST = "annotations/exports/report.html"


def register() -> None:
    """Tell versioning of both kinds."""
    for key, is_internal in ((PUBLIC, False), (INTERNAL, True)):
        register_file_kind(
            key,
            FileKind(
                makers={
                    "pdf": partial(report_pdf, is_internal=is_internal),
                    "docx": partial(report_docx, is_internal=is_internal),
                },
                state=partial(report.state_of, is_internal=is_internal),
                rows=partial(report.count_of, is_internal=is_internal),
                at_once=AT_ONCE,
                code_version=1,
                name=_name_of_internal if is_internal else _name,
                back=_back_to_admin if is_internal else _back,
            ),
        )


def report_pdf(version: Version, progress: Progress, *, is_internal: bool) -> bytes:
    """Return the report as tagged PDF: an entry for each annotation, under its chapter.

    Args:
        version: The newest version.
        progress: Is told how many annotations are laid out.
        is_internal: Also what only editors may see.

    Raises:
        NoRenderer: WeasyPrint cannot be loaded.
    """
    publisher = sources.publisher_of(version)
    url = publisher.absolute(reverse("annotations:balance", args=[version.page_id]))
    return pdf.parts_pdf(version, url, _parts(version, progress, is_internal=is_internal))


def _parts(
    version: Version, progress: Progress, *, is_internal: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    entries = report.entries_of(version, is_internal=is_internal)
    total = report.count_of(version, is_internal=is_internal)
    return parts_of(version, entries, total, progress, timezone.now(), is_internal=is_internal)


def parts_of(  # noqa: PLR0913  # what a report shows
    version: Version,
    entries: Iterator[Entry],
    total: int,
    progress: Progress,
    moment: datetime,
    *,
    is_internal: bool = False,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the parts of a report for ``pdf.parts_pdf``.

    Args:
        version: The version whose report it is.
        entries: Its entries.
        total: How many they are.
        progress: Is told how many are laid out.
        moment: As of when the report is.
        is_internal: Also what only editors may see.
    """
    context = {
        "document_title": f"{version.title}: {_title(is_internal=is_internal)}",
        "title": _title(is_internal=is_internal),
        "version": version,
        "total": total,
        "today": moment,
        "is_internal": is_internal,
    }
    done, chapter = 0, ""
    while part := list(islice(entries, PART)):
        yield FIRST, {**context, "entries": part, "is_first": not done, "chapter_before": chapter}
        done, chapter = done + len(part), part[-1].chapter
        progress(done, total)
    if not done:
        yield FIRST, {**context, "entries": [], "is_first": True, "chapter_before": ""}


def report_docx(version: Version, progress: Progress, *, is_internal: bool) -> bytes:
    """Return the report as a Word document: one table, a heading for each chapter.

    Args:
        version: The newest version.
        progress: Is told how many annotations are written.
        is_internal: Also what only editors may see.
    """
    publisher = sources.publisher_of(version)
    title = _title(is_internal=is_internal)
    total = report.count_of(version, is_internal=is_internal)
    head = sources.Head(
        publisher=publisher.name,
        title=version.title,
        short=title,
        lines=(f"{title}, {version.name}, {sources.day(timezone.now())}",),
        url=publisher.absolute(reverse("annotations:balance", args=[version.page_id])),
    )
    columns = [
        Column(_("No."), 5),
        Column(_("Paragraph"), 11),
        Column(_("Quote"), 14),
        Column(_("Annotation"), 22),
        Column(_("Disposition"), 12),
        Column(_("Reason"), 20),
        Column(_("Changes"), 14),
        Column(_("Objection or agreement"), 12),
    ]
    rows = _rows(version, progress, total, is_internal=is_internal)
    return docx.table_docx(version, head, columns, rows)


def _rows(
    version: Version, progress: Progress, total: int, *, is_internal: bool
) -> Iterator[Sequence[str]]:
    chapter = ""
    entries = report.entries_of(version, is_internal=is_internal)
    for done, entry in enumerate(entries, start=1):
        if entry.chapter != chapter:
            chapter = entry.chapter
            yield [chapter]
        yield _cells(entry, is_internal=is_internal)
        if done % PART == 0:
            progress(done, total)


def _cells(entry: Entry, *, is_internal: bool) -> list[str]:
    proposed = _("Proposed wording: %(words)s") % {"words": entry.proposed}
    return [
        str(entry.number),
        f"{entry.passage}\n{entry.kind}",
        entry.quote,
        f"{entry.words}\n{proposed}" if entry.proposed else entry.words,
        "\n".join(filter(None, [entry.outcome, entry.office, entry.state if is_internal else ""])),
        entry.reason,
        entry.change,
        entry.reaction,
    ]


def _title(*, is_internal: bool) -> str:
    return _("Disposition report for editors") if is_internal else _("Disposition report")


def _name() -> str:
    return _("Disposition report")


def _name_of_internal() -> str:
    return _("Disposition report for editors")


def _back(version: Version) -> tuple[str, str]:
    return reverse("annotations:balance", args=[version.page_id]), _("Back to the balance sheet")


def _back_to_admin(_version: Version) -> tuple[str, str]:
    return reverse("synopse_annotations:disposition_reports"), _("Back to the disposition reports")
