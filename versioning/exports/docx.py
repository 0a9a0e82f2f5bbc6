"""Versions and comparisons as Word documents; the latter with tracked changes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from docx.enum.section import WD_ORIENT
from docx.shared import Cm, Pt

from versioning.bodies import prepare_bodies
from versioning.core.passages import Row, Run
from versioning.exports import sources
from versioning.exports.grid import Grid
from versioning.exports.numbered import NumberedWriter, Picture
from versioning.exports.packing import repacked
from versioning.exports.styles import add_page_numbers, new_document, ruled
from versioning.exports.tracking import track
from versioning.exports.wordml import Writer, writable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from docx.document import Document

    from versioning.comparisons import Comparison
    from versioning.exports.inline import Para
    from versioning.models import Passage, Version


def comparison_docx(comparison: Comparison) -> bytes:
    """Return a comparison as a Word document with tracked changes.

    The body holds nothing but the passages, so accepting every change leaves the new version and
    rejecting every change the old one. Title, versions and explanation stand in the header.

    Args:
        comparison: A whole comparison.
    """
    tracked = sources.Tracked(comparison)
    head = sources.comparison_head(comparison, tracked.publisher)
    document = new_document(language=comparison.new.locale.language_code)
    _write_head(document, head._replace(lines=(*head.lines, _how_to_use(comparison))))
    _describe(document, head, comparison.new)
    writer = Writer(
        document,
        credit_of=tracked.credit,
        notes=tracked.notes(),
        base=tracked.publisher.base,
    )
    writer.write(track(tracked.old, tracked.new, tracked.rows))
    return _saved(document)


def version_docx(version: Version) -> bytes:
    """Return one published version as a Word document with the numbers for citing.

    Args:
        version: A version.
    """
    publisher = sources.publisher_of(version)
    passages = list(version.passages.in_order().select_related("locale"))
    prepare_bodies(passages)
    document = new_document(language=version.locale.language_code, margin=Cm(3.4))
    head = sources.version_head(version, publisher)
    _write_head(document, head)
    _describe(document, head, version)
    paras = sources.paras_of(passages, version.locale.language_code)
    numbers = [passage.number for passage in passages]
    writer = NumberedWriter(
        document, numbers=numbers, pictures=_pictures(passages), base=publisher.base
    )
    writer.write(track(paras, paras, _unchanged(paras)))
    return _saved(document)


def _unchanged(paras: Sequence[Para]) -> list[Row]:
    return [
        Row("kept", (at,), (at,), (Run("equal", para.text),) if para.text else ())
        for at, para in enumerate(paras)
    ]


class Column(NamedTuple):
    """A column of a table; its width is a share of the sum of all widths."""

    head: str
    width: int


def table_docx(
    version: Version, head: sources.Head, columns: Sequence[Column], rows: Iterable[Sequence[str]]
) -> bytes:
    """Return one long table as a Word document in landscape, its head on every page.

    Args:
        version: The version it is about.
        head: What stands at the top.
        columns: The columns.
        rows: Texts, one for each column; a row of a single text is a heading over all columns.
    """
    document = new_document(language=version.locale.language_code)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin = section.right_margin = Cm(2)
    _write_head(document, head)
    _describe(document, head, version)
    table = Grid(document.element.body, [column.width for column in columns])
    table.write([column.head for column in columns], is_head=True)
    for row in rows:
        table.write(row)
    return _saved(document)


def _pictures(passages: Sequence[Passage]) -> dict[int, Picture]:
    """Return the images of captions by place; a file that is gone is left out."""
    found: dict[int, Picture] = {}
    for place, passage in enumerate(passages):
        rendition = getattr(passage, "picture", None)
        if rendition is None or passage.is_withheld:
            continue
        alt = "" if passage.alt == passage.text else passage.alt
        try:
            with rendition.file.open("rb") as file:
                found[place] = Picture(file.read(), alt)
        except OSError:
            continue
    return found


def _how_to_use(comparison: Comparison) -> str:
    if not comparison.old.number:
        return _(
            "Every change is tracked: accept all of them, and the text of version %(new)d is left; "
            "reject all of them, and it is the text of the stage before. Reasons stand beside the "
            "changes as comments."
        ) % {"new": comparison.new.number}
    return _(
        "Every change is tracked: accept all of them, and the text of version %(new)d is left; "
        "reject all of them, and it is the text of version %(old)d. Reasons stand beside the "
        "changes as comments."
    ) % {"new": comparison.new.number, "old": comparison.old.number}


def _write_head(document: Document, head: sources.Head) -> None:
    """Write what stands above and below the pages; the first page tells more."""
    section = document.sections[0]
    first = section.first_page_header
    first.paragraphs[0].text = writable(head.publisher)
    first.add_paragraph(writable(head.title), style="DocumentTitle")
    for line in (*head.lines, head.url):
        paragraph = first.add_paragraph(writable(line))
        paragraph.paragraph_format.space_after = Pt(2)
    ruled(first.paragraphs[-1])
    first.add_paragraph().paragraph_format.space_after = Pt(4)
    section.header.paragraphs[0].text = writable(f"{head.title}\t{head.short}")
    ruled(section.header.paragraphs[0])
    for footer in (section.first_page_footer, section.footer):
        paragraph = footer.paragraphs[0]
        paragraph.text = writable(head.publisher)
        add_page_numbers(paragraph, _("Page %(page)s of %(pages)s"))


def _describe(document: Document, head: sources.Head, version: Version) -> None:
    """Fill the properties of the file; nothing in them names a person."""
    properties = document.core_properties
    properties.title = writable(head.name)[:255]
    properties.author = properties.last_modified_by = writable(head.publisher)[:255]
    properties.language = version.locale.language_code
    properties.identifier = head.url[:255]
    properties.version = str(version.number)
    properties.comments = properties.keywords = ""
    moment = _whole_second(version.published_at)
    properties.created = properties.modified = moment
    properties.revision = 1


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0, tzinfo=None)


def _saved(document: Document) -> bytes:
    """Return the file; the same content gives the same bytes."""
    buffer = io.BytesIO()
    document.save(buffer)
    return repacked(buffer)
