"""What annotations put into a submission package: report, balance sheet, annotations as data.

Everything is recorded when the version is handed over, without a name; the files are made from that
alone. Later only words leave: those of passages that were withheld, and those of annotations that
are no longer public.
"""

from __future__ import annotations

import json
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotations.api.addresses import Addresses
from annotations.api.documents import annotation_document
from annotations.exports import balance as balance_files
from annotations.exports import report, report_documents, tables
from annotations.exports.files import collection_head, page_head
from annotations.exports.report import Entry
from annotations.exports.rows import CHUNK
from annotations.models import Annotation, State
from annotations.presentation.balance import balance_of, state_names
from annotations.presentation.records import public_records
from versioning.doors import PackageContent, PackageFile, register_package_content
from versioning.exports import pdf, sources
from versioning.models import Change, PackageRecord, Passage
from versioning.services.package_words import edit_packages
from versioning.services.packaging import unpacked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from versioning.doors import PackageFrame, Progress
    from versioning.models import Submission

    Part = dict[str, Any]

KEY = "annotations"
JSON_LD = "application/ld+json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV, HTML = "text/csv", "text/html"
NAMES = {
    "report.pdf": gettext_lazy("Every annotation with its disposition, as a PDF for archives"),
    "report.xlsx": gettext_lazy("Every annotation with its disposition, as a spreadsheet"),
    "report.csv": gettext_lazy("Every annotation with its disposition, as a table for programs"),
    "balance.html": gettext_lazy("The balance sheet for reading"),
    "balance.csv": gettext_lazy("The balance sheet as a table for programs"),
    "balance.json": gettext_lazy("The balance sheet as data"),
    "annotations.jsonld": gettext_lazy("All public annotations as data (W3C Web Annotation)"),
}
_OF_PERSONS = ("creator", "canonical", "via")
"""What a document may say of who wrote it, and where it came from."""


def register() -> None:
    """Tell versioning of it."""
    register_package_content(KEY, PackageContent(record, files, withhold, NAMES))


def record(submission: Submission) -> Iterator[Part]:
    """Yield what the files are made from, in parts of at most ``CHUNK`` annotations.

    Args:
        submission: A submission whose version is the newest of its page.
    """
    version = submission.version
    addresses = Addresses(None, base=sources.publisher_of(version).base)
    numbers = balance_of(version)
    yield {
        "balance": balance_files.as_json(numbers, version, addresses),
        "rows": list(balance_files.rows_of(numbers, addresses)),
        "states": list(state_names().values()),
        "headings": report.headings(is_internal=False),
        "container": addresses.container(version.page_id),
        "version": version.pk,
    }
    documents: list[Part] = []

    def entries() -> Iterator[Part]:
        for row, entry in report.rows_with_entries(version, is_internal=False):
            documents.append(_document(row, addresses))
            yield _entry(row, entry)

    yield from ({"entries": part, "version": version.pk} for part in _in_parts(entries()))
    replies = public_records(version).exclude(reply_to=None).in_thread_order()  # type: ignore[attr-defined]  # our queryset
    rows = replies.iterator(chunk_size=CHUNK)
    written = chain(documents, (_document(row, addresses) for row in rows))
    yield from ({"documents": part} for part in _in_parts(written))


def _in_parts(items: Iterator[Part]) -> Iterator[list[Part]]:
    while part := list(islice(items, CHUNK)):
        yield part


def _entry(row: Annotation, entry: Entry) -> Part:
    changes = row.disposition.changes.all() if row.disposition and entry.change else ()
    return {
        "uuid": str(row.uuid),
        "passage": row.passage_id,
        "chapter": str(row.place_chapter),
        "changes": sorted(change.pk for change in changes),
        "cells": list(entry),
    }


def _document(row: Annotation, addresses: Addresses) -> Part:
    document = annotation_document(row, addresses)
    role = document["creator"].get("synopse:role")
    for name in _OF_PERSONS:
        document.pop(name, None)
    if role:
        document["creator"] = {"type": "Person", "synopse:role": role}
    return {"uuid": str(row.uuid), "passage": row.passage_id, "document": document}


def files(frame: PackageFrame, parts: Sequence[Part]) -> Iterator[PackageFile]:
    """Yield the files, made from the recorded parts."""
    if not parts:
        return
    first, title = parts[0], frame.version.title
    yield PackageFile("report.pdf", "application/pdf", partial(_report_pdf, frame, parts))
    yield _file("report.xlsx", XLSX, lambda: tables.xlsx_of(title, _table(parts), frame.moment))
    yield _file("report.csv", CSV, lambda: _joined(tables.csv_lines(_table(parts))))
    yield _file("balance.html", HTML, lambda: _balance_html(frame, first))
    yield _file("balance.csv", CSV, lambda: _joined(tables.csv_lines(first["rows"])))
    yield _file("balance.json", "application/json", lambda: _json(first["balance"]))
    yield _file("annotations.jsonld", JSON_LD, lambda: _json_ld(frame, parts))


def _file(name: str, media_type: str, make: Any) -> PackageFile:  # noqa: ANN401  # gives bytes
    return PackageFile(name, media_type, lambda _progress: make())


def _entries(parts: Sequence[Part]) -> Iterator[Part]:
    return chain.from_iterable(part.get("entries", ()) for part in parts)


def _table(parts: Sequence[Part]) -> Iterator[Sequence[Any]]:
    names = parts[0]["headings"]
    yield names
    for entry in _entries(parts):
        yield entry["cells"][: len(names)]


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(lines).encode()


def _json(data: Any) -> bytes:  # noqa: ANN401  # plain data
    return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"


def _json_ld(frame: PackageFrame, parts: Sequence[Part]) -> bytes:
    """Return an AnnotationCollection with everything on its only page."""
    documents = [one["document"] for part in parts for one in part.get("documents", ())]
    container = parts[0]["container"]
    collection = collection_head(container, frame.version.title, len(documents))
    if documents:
        collection["first"] = {**page_head(container), "items": documents}
    return _json(collection)


def _report_pdf(frame: PackageFrame, parts: Sequence[Part], progress: Progress) -> bytes:
    version = frame.version
    url = sources.publisher_of(version).absolute(
        reverse("annotations:balance", args=[version.page_id])
    )
    total = sum(len(part.get("entries", ())) for part in parts)
    entries = (Entry(*entry["cells"]) for entry in _entries(parts))
    shown = report_documents.parts_of(version, entries, total, progress, frame.moment)
    return pdf.parts_pdf(version, url, shown, variant=pdf.ARCHIVAL)


def _balance_html(frame: PackageFrame, first: Part) -> bytes:
    balance = first["balance"]
    listed = [
        {**table, "rows": [{**row, "numbers": list(row["counts"].values())} for row in rows]}
        for table in balance["tables"]
        if (rows := table["rows"])
    ]
    context = {
        "version": frame.version,
        "moment": frame.moment,
        "publisher": sources.publisher_of(frame.version),
        "language": frame.version.locale.language_code,
        "balance": balance,
        "tables": listed,
        "states": first["states"],
    }
    return render_to_string("annotations/exports/package_balance.html", context).encode()


def withhold(part: Part, passages: Collection[Passage]) -> Part | None:
    """Return a part without the words of passages that had to leave, None where it has none."""
    keys = {passage.pk for passage in passages}
    changes = _changes_of(keys)
    headings = _headings_of(part.get("version"), keys)
    found = [
        *(_without_heading(part, key) for key in headings),
        *(_without_passage(one, keys, changes, headings) for one in part.get("entries", ())),
        *(_without_quote(one) for one in part.get("documents", ()) if one["passage"] in keys),
    ]
    return part if any(found) else None


def _changes_of(passages: Collection[int]) -> set[int]:
    """Return the changes whose words are of one of some passages."""
    sides = (Change.old_passages.through, Change.new_passages.through)
    return {
        change
        for links in sides
        for change in links._default_manager.filter(passage__in=passages).values_list(
            "change_id", flat=True
        )
    }


def _headings_of(version: int | None, passages: Collection[int]) -> set[str]:
    """Return the chapters of a version that are called by one of some passages."""
    if version is None:
        return set()
    headings = Passage.objects.filter(version=version, kind="heading", chapter__gt=0).in_order()
    first: dict[int, int] = {}
    for chapter, key in headings.values_list("chapter", "pk"):
        first.setdefault(chapter, key)
    return {str(chapter) for chapter, key in first.items() if key in passages}


def _without_heading(part: Part, chapter: str) -> bool:
    """Take the name of a chapter out of the balance sheet."""
    for table in part.get("balance", {}).get("tables", ()):
        for row in table["rows"]:
            if table["key"] == "chapter" and row["key"] == chapter:
                for cells in part["rows"]:
                    if cells[:2] == [table["title"], row["label"]]:
                        cells[1] = _withheld()
                row["label"] = _withheld()
                return True
    return False


def _without_passage(
    entry: Part, passages: Collection[int], changes: set[int], headings: set[str]
) -> bool:
    cells = Entry(*entry["cells"])
    new = cells
    if entry["passage"] in passages:
        new = new._replace(quote=new.quote and _withheld(), proposed=new.proposed and _withheld())
    if changes & {*entry["changes"]}:
        new = new._replace(change=_withheld())
    if entry["chapter"] in headings:
        new = new._replace(chapter=_withheld())
    entry["cells"] = list(new)
    return new != cells


def _without_quote(one: Part) -> bool:
    """Take quote and proposed wording out of a document; where it stands stays."""
    document = one["document"]
    target, bodies = document["target"], document["body"]
    if isinstance(target, dict) and isinstance(target["selector"].get("refinedBy"), list):
        target["selector"]["refinedBy"] = [
            place for place in target["selector"]["refinedBy"] if place["type"] != _QUOTE
        ]
    if isinstance(bodies, list):
        document["body"] = bodies[-1]
    return True


_QUOTE = "TextQuoteSelector"


def _withheld() -> str:
    return _("[withheld by law]")


def without_annotation(part: Part, *, uuid: str) -> Part | None:
    """Return a part without the words of an annotation that is no longer public.

    Its number, its place and what was answered stay: they are the record of the process.
    """
    found = [
        *(_without_words(one) for one in part.get("entries", ()) if one["uuid"] == uuid),
        *(_without_bodies(one) for one in part.get("documents", ()) if one["uuid"] == uuid),
    ]
    return part if any(found) else None


def _without_words(entry: Part) -> bool:
    cells = Entry(*entry["cells"])
    new = cells._replace(words=_gone(), proposed="", reaction=cells.reaction.partition(": ")[0])
    entry["cells"] = list(new)
    return new != cells


def _without_bodies(one: Part) -> bool:
    document = one["document"]
    bodies = document["body"]
    body = bodies[-1] if isinstance(bodies, list) else bodies
    new = {**body, "value": _gone()}
    document["body"] = new
    return bool(new != bodies)


def _gone() -> str:
    return _("[no longer public]")


def forget_annotation(annotation: Annotation) -> int:
    """Take the words of an annotation that is no longer public out of all packages.

    Call it in the transaction in which it leaves; packages are built anew without the words.

    Returns:
        How many submissions are concerned.
    """
    uuid = str(annotation.uuid)
    number = {"number": annotation.pk}
    return edit_packages(
        page=annotation.version.page_id,
        key=KEY,
        edit=partial(without_annotation, uuid=uuid),
        mark=uuid,
        reason=lambda: _("The words of annotation %(number)d are no longer public.") % number,
    )


def integrity_problems() -> Iterator[str]:
    """Find words in what packages are made from whose annotation is no longer public."""
    notes = _notes()
    rows = PackageRecord.objects.filter(key=KEY)
    for row in rows.order_by("submission", "position").iterator(chunk_size=20):
        part = unpacked(row)
        held = [*part.get("entries", ()), *part.get("documents", ())]
        holding = {one["uuid"] for one in held if _words_in(one) not in notes}
        for uuid in sorted(holding - _public(holding)):
            yield _(
                "The package of submission %(submission)d holds words of annotation %(uuid)s, "
                "which is not public."
            ) % {"submission": row.submission_id, "uuid": uuid}


def _public(uuids: Collection[str]) -> set[str]:
    found = Annotation.objects.filter(uuid__in=uuids, state=State.PUBLIC)
    return {str(uuid) for uuid in found.values_list("uuid", flat=True)}


def _words_in(one: Part) -> str:
    """Return the words that an author wrote, from an entry or a document."""
    if "cells" in one:
        return Entry(*one["cells"]).words
    bodies = one["document"]["body"]
    words: str = (bodies[-1] if isinstance(bodies, list) else bodies)["value"]
    return words


def _notes() -> set[str]:
    """Return what stands instead of words, in every language."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(_gone())
    return found
