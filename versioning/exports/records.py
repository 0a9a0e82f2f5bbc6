"""The records of the gate as JSON, written piece by piece."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wagtail.models import PageLogEntry

from versioning.models import GateRecord, Signature, Waiver
from versioning.services.records import PUBLIC, stamp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from wagtail.models import Page

FORMAT = "synopse-records/1"
TOLD_BY = {"synopse.sign": "signature", "synopse.waive": "waiver"}
"""Acts that are told where what they made counts, and which detail holds its id."""
CHUNK = 500


def public_pieces(page: Page) -> Iterator[str]:
    """Yield the chain of a page as everybody may read it: without persons.

    The hashes can be computed again from it, also where details are left out. What departments
    said and what was waived is told where the page of a submission tells it, too.
    """
    told = _told(page)
    yield from _document(page, (_public(record, told) for record in _records(page)))


def internal_pieces(page: Page) -> Iterator[str]:
    """Yield the chain of a page with persons, and what else Wagtail's log says about versions."""
    log = PageLogEntry.objects.filter(page=page.pk, action__startswith="synopse.")
    entries = log.select_related("user").order_by("timestamp", "pk")
    yield from _document(
        page,
        (_internal(record) for record in _records(page)),
        log=(_entry(entry) for entry in entries.iterator(chunk_size=CHUNK)),
    )


def _records(page: Page) -> Iterator[GateRecord]:
    rows = GateRecord.objects.filter(page=page.pk).select_related("person", "version")
    return rows.order_by("number").iterator(chunk_size=CHUNK)


def _document(page: Page, records: Iterable[Any], **lists: Iterable[Any]) -> Iterator[str]:
    head = {"format": FORMAT, "page": page.pk, "title": page.title}
    yield json.dumps(head, ensure_ascii=False)[:-1]
    for name, items in {"records": records, **lists}.items():
        yield f', "{name}": ['
        between = "\n"
        for item in items:
            yield between + json.dumps(item, ensure_ascii=False)
            between = ",\n"
        yield "\n]"
    yield "}\n"


def _told(page: Page) -> set[tuple[str, Any]]:
    """Return the signatures and waivers that count of versions that were handed over."""
    signatures = Signature.objects.that_count().filter(
        version__page=page.pk, version__submission__isnull=False
    )
    waivers = Waiver.objects.filter(
        version__page=page.pk, version__submission__isnull=False, taken_back_at=None
    )
    told = {("synopse.sign", key) for key in signatures.values_list("pk", flat=True)}
    return told | {("synopse.waive", key) for key in waivers.values_list("pk", flat=True)}


def _is_public(record: GateRecord, told: Collection[tuple[str, Any]]) -> bool:
    key = record.data.get(TOLD_BY.get(record.action, ""))
    return record.action in PUBLIC or (record.action, key) in told


def _public(record: GateRecord, told: Collection[tuple[str, Any]] = ()) -> dict[str, Any]:
    known = {"data": record.data} if _is_public(record, told) else {}
    return {
        "number": record.number,
        "action": record.action,
        "at": stamp(record.at),
        "role": record.role,
        "version": record.version.number if record.version else None,
        "submission": record.submission_id,
        **known,
        "details": record.details,
        "previous": record.previous_hash,
        "hash": record.hash,
    }


def _internal(record: GateRecord) -> dict[str, Any]:
    person = record.person
    name = (person.get_full_name() or person.get_username()) if person else ""
    return {**_public(record), "data": record.data, "person": name}


def _entry(entry: PageLogEntry) -> dict[str, Any]:
    return {
        "action": entry.action,
        "at": stamp(entry.timestamp),
        "person": entry.user_display_name if entry.user_id else "",
        "data": entry.data,
    }
