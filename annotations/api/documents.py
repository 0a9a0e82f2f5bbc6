"""Annotations, containers and their pages as JSON-LD (W3C Web Annotation Data Model)."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from annotations.api.negotiation import PROFILE
from annotations.models import Motivation, Source, State
from annotations.presentation.cards import Answer, answer_to
from annotations.presentation.records import proposal_of, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from annotations.api.addresses import Addresses
    from annotations.models import Annotation
    from annotations.presentation.records import Extent
    from versioning.models import Version

CONTAINER_CONTEXT = [PROFILE, "http://www.w3.org/ns/ldp.jsonld"]
OURS = {"synopse": "urn:synopse:"}
"""The prefix of what the standard has no words for: place now, disposition, waiting."""
PER_PAGE = 50

Document = dict[str, Any]


def annotation_document(row: Annotation, addresses: Addresses) -> Document:
    """Return an annotation of ``records_of`` as JSON-LD, with its own context."""
    ours = _ours(row, addresses)
    return {
        "@context": [PROFILE, OURS] if ours or row.author_role else PROFILE,
        "id": addresses.annotation(row.version.page_id, row.uuid),
        "type": "Annotation",
        "motivation": row.motivation,
        "creator": _creator(row),
        "created": moment(row.created_at),
        **({"modified": moment(row.edited_at)} if row.edited_at else {}),
        "body": _bodies(row),
        "target": _target(row, addresses),
        **({"canonical": row.canonical} if row.canonical else {}),
        **({"via": row.via} if row.via else {}),
        **ours,
    }


def _creator(row: Annotation) -> Document:
    """Return who wrote something; of staff also the role under which they did."""
    role = {"synopse:role": row.author_role} if row.author_role else {}
    return {"type": "Person", "name": row.user_name, **role}


def moment(value: datetime) -> str:
    """Return a time as the model wants it, in UTC and whole seconds."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bodies(row: Annotation) -> Document | list[Document]:
    kind = Motivation.COMMENTING if row.motivation == Motivation.EDITING else row.motivation
    words = _text(row, row.comment, kind)
    proposed = proposal_of(row)
    return [_text(row, proposed, Motivation.EDITING), words] if proposed else words


def _text(row: Annotation, value: str, purpose: str) -> Document:
    return {
        "type": "TextualBody",
        "value": value,
        "format": "text/plain",
        "language": row.locale.language_code,
        "purpose": str(purpose),
    }


def _target(row: Annotation, addresses: Addresses) -> Document | str:
    """Return what an annotation is about: an annotation, or a passage of a version."""
    if row.parent_uuid:
        return addresses.annotation(row.version.page_id, row.parent_uuid)
    selector = _fragment(str(row.passage.uid))
    if row.start is not None:
        selector["refinedBy"] = _words(row)
    return {
        "type": "SpecificResource",
        "source": addresses.version(row.version),
        "selector": selector,
    }


def _fragment(uid: str) -> Document:
    return {
        "type": "FragmentSelector",
        "conformsTo": "http://tools.ietf.org/rfc/rfc3236",
        "value": f"p-{uid}",
    }


def _words(row: Annotation) -> Document | list[Document]:
    """Return the words within the passage: by themselves and by their place."""
    place = {"type": "TextPositionSelector", "start": row.start, "end": row.end}
    words = words_of(row)
    if words is None:
        return place
    quote = {"type": "TextQuoteSelector", **{k: v for k, v in words._asdict().items() if v}}
    return [quote, place]


def _ours(row: Annotation, addresses: Addresses) -> Document:
    """Return what becomes of an annotation, for which the standard has no words."""
    found: Document = {}
    if row.source != Source.ONLINE:
        found["synopse:source"] = row.source
    if row.state != State.PUBLIC:
        found["synopse:state"] = row.state
    if row.place_state:
        found["synopse:place"] = _place(row)
    answer = answer_to(row)
    if answer is not None:
        found["synopse:disposition"] = {
            "synopse:outcome": answer.disposition.outcome,
            "synopse:reason": answer.disposition.reason,
            "synopse:intended": answer.is_intended,
            **_change(answer, addresses),
        }
    return found


def _change(answer: Answer, addresses: Addresses) -> Document:
    """Return the version that holds the words and where one sees the change, if there is one."""
    if not answer.change_url:
        return {}
    return {
        "synopse:version": answer.number,
        "synopse:change": addresses.absolute(answer.change_url),
    }


def _place(row: Annotation) -> Document:
    """Return where an annotation of an older version stands on the newest one."""
    place: Document = {"synopse:state": row.place_state}
    if row.place_uid:
        place["synopse:passage"] = f"p-{row.place_uid}"
    if row.place_start is not None:
        place["synopse:start"], place["synopse:end"] = row.place_start, row.place_end
    return place


def last_page(total: int) -> int:
    """Return the number of the last page, -1 where there is none."""
    return (total - 1) // PER_PAGE


def container_document(  # noqa: PLR0913  # what a container tells depends on as much
    newest: Version,
    extent: Extent,
    addresses: Addresses,
    *,
    iris: bool,
    minimal: bool = False,
    rows: Sequence[Annotation] = (),
) -> Document:
    """Return the description of a container, with its first page in it unless it is minimal.

    Args:
        newest: The newest version of the page.
        extent: How much is public.
        addresses: Of the request.
        iris: Only addresses of annotations on its pages.
        minimal: Without the first page.
        rows: Annotations of the first page.
    """
    page_id = newest.page_id
    found: Document = {
        "@context": CONTAINER_CONTEXT,
        "id": (
            addresses.container(page_id) if minimal else addresses.collection(page_id, iris=iris)
        ),
        "type": ["BasicContainer", "AnnotationCollection"],
        "label": newest.title,
        "total": extent.total,
    }
    if extent.modified:
        found["modified"] = moment(extent.modified)
    if extent.total:
        found["first"] = addresses.page(page_id, 0, iris=iris)
        found["last"] = addresses.page(page_id, last_page(extent.total), iris=iris)
        if not minimal:
            found["first"] = page_document(
                newest, extent, addresses, number=0, iris=iris, rows=rows, embedded=True
            )
    return found


def page_document(  # noqa: PLR0913  # a page knows its collection
    newest: Version,
    extent: Extent,
    addresses: Addresses,
    *,
    number: int,
    iris: bool,
    rows: Sequence[Annotation],
    embedded: bool = False,
) -> Document:
    """Return one page of a container.

    Args:
        newest: The newest version of the page.
        extent: How much is public.
        addresses: Of the request.
        number: Which one, from 0.
        iris: Only addresses of annotations.
        rows: Its annotations.
        embedded: Within the description of the container.
    """
    page_id = newest.page_id
    found: Document = {} if embedded else {"@context": PROFILE}
    found |= {
        "id": addresses.page(page_id, number, iris=iris),
        "type": "AnnotationPage",
        "startIndex": number * PER_PAGE,
    }
    found["partOf"] = _part_of(page_id, extent, addresses, iris=iris)
    if number:
        found["prev"] = addresses.page(page_id, number - 1, iris=iris)
    if number < last_page(extent.total):
        found["next"] = addresses.page(page_id, number + 1, iris=iris)
    found["items"] = [
        addresses.annotation(page_id, row.uuid) if iris else annotation_document(row, addresses)
        for row in rows
    ]
    return found


def _part_of(page_id: int, extent: Extent, addresses: Addresses, *, iris: bool) -> Document:
    collection: Document = {
        "id": addresses.collection(page_id, iris=iris),
        "type": "AnnotationCollection",
        "total": extent.total,
    }
    if extent.modified:
        collection["modified"] = moment(extent.modified)
    return collection
