"""The public annotations of a document as rows of a table, thread after thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from annotations.models import PlacementState, Source, State
from annotations.presentation.cards import answer_to, tombstone_of
from annotations.presentation.places import visible
from annotations.presentation.records import kind_of, proposal_of, records_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotations.api.addresses import Addresses
    from annotations.models import Annotation
    from versioning.models import Version

CHUNK = 500
"""Annotations that are fetched at once."""


class Row(NamedTuple):
    """One annotation or reply; of one that is not public any more only that it was there."""

    number: int
    depth: int
    kind: str
    version: int
    passage: str
    quote: str
    words: str
    proposed: str
    name: str
    role: str
    source: str
    written: str
    state: str
    place: str
    outcome: str
    reason: str
    address: str
    uuid: str


def headings() -> list[str]:
    """Return the names of the columns in the reader's language."""
    return [
        _("Number"),
        _("Depth in the thread"),
        _("Kind"),
        _("Version"),
        _("Paragraph"),
        _("Quote"),
        _("Text"),
        _("Proposed wording"),
        _("Name"),
        _("Official role"),
        _("Source"),
        _("Written on"),
        _("State"),
        _("Place in the newest version"),
        _("Disposition"),
        _("Reason"),
        _("Address"),
        _("Identifier"),
    ]


def rows_of(newest: Version, addresses: Addresses) -> Iterator[Row]:
    """Yield a row for everything that the public sees of a document.

    The number of queries grows with the chunks alone.

    Args:
        newest: The newest version of the page.
        addresses: Of the request.
    """
    rows = records_of(newest).filter(visible()).in_thread_order()  # type: ignore[attr-defined]
    for number, row in enumerate(rows.iterator(chunk_size=CHUNK), start=1):
        yield _row(number, row, addresses)


def _row(number: int, row: Annotation, addresses: Addresses) -> Row:
    is_public = row.state == State.PUBLIC
    words = words_of(row) if is_public and not row.is_reply else None
    answer = answer_to(row)
    return Row(
        number=number,
        depth=row.depth,
        kind=kind_of(row),
        version=row.version.number,
        passage=row.passage.number,
        quote=words.exact if words else "",
        words=row.comment if is_public else "",
        proposed=proposal_of(row) if is_public else "",
        name=row.user_name if is_public else "",
        role=row.author_role if is_public else "",
        source=str(Source(row.source).label) if is_public else "",
        written=timezone.localtime(row.created_at).strftime("%Y-%m-%d %H:%M"),
        state=tombstone_of(row) or str(State.PUBLIC.label),
        place=_place(row),
        outcome=answer.label if answer else "",
        reason=answer.disposition.reason if answer else "",
        address=addresses.permalink(row),
        uuid=str(row.uuid),
    )


def _place(row: Annotation) -> str:
    """Return what became of a place, with the paragraph where it is now."""
    if not row.place_state:
        return ""
    label = str(PlacementState(row.place_state).label)
    return f"{label} ({row.place_number})" if row.place_number else label
