"""Addresses of our pages in the admin, for everyone who links there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMESPACE = "synopse_annotations"
WITHIN = "list"
"""What carries the filters of the listing that somebody came from."""


def listing_url(**filters: object) -> str:
    """Return the listing of annotations, filtered where filters are given.

    Args:
        filters: Names and values of the listing's filters, such as ``page=12, answer="open"``.
    """
    return _with_query(reverse(f"{NAMESPACE}:index"), filters.items())


def annotation_url(pk: int, *, within: str = "") -> str:
    """Return the page of one annotation, or of the thread that a reply belongs to.

    Args:
        pk: Its key.
        within: Query of the listing that leads there.
    """
    return _with_query(reverse(f"{NAMESPACE}:detail", args=[pk]), [(WITHIN, within)])


def dispose_url(pks: Iterable[int] = (), *, next_url: str = "", within: str = "") -> str:
    """Return the form that answers annotations.

    Args:
        pks: Their keys.
        next_url: Where it leads back to.
        within: Query of the listing along which it goes on.
    """
    query: list[tuple[str, object]] = [("id", pk) for pk in pks]
    query += [("next", next_url), (WITHIN, within)]
    return _with_query(reverse(f"{NAMESPACE}:dispose"), query)


def assign_url(pks: Iterable[int] = (), *, next_url: str = "") -> str:
    """Return the form that assigns annotations to an office.

    Args:
        pks: Their keys.
        next_url: Where it leads back to.
    """
    query: list[tuple[str, object]] = [("id", pk) for pk in pks]
    return _with_query(reverse(f"{NAMESPACE}:assign"), [*query, ("next", next_url)])


def see_objections_url(pks: Iterable[int] = ()) -> str:
    """Return the page on which objections of authors are noted as seen."""
    return _with_query(reverse(f"{NAMESPACE}:see_objections"), [("id", pk) for pk in pks])


def enter_url(page: int | None = None, **values: object) -> str:
    """Return the form that takes what came by workshop, interview or letter.

    Args:
        page: The document; without it, the list of documents.
        values: What the form begins with, such as ``source="letter"``.
    """
    if page is None:
        return reverse(f"{NAMESPACE}:enter")
    return _with_query(reverse(f"{NAMESPACE}:enter_one", args=[page]), values.items())


def enter_sheet_url(page: int) -> str:
    """Return the form that takes a table of such contributions."""
    return reverse(f"{NAMESPACE}:enter_sheet", args=[page])


def correct_url(pk: int, *, within: str = "") -> str:
    """Return the form that mends what staff entered.

    Args:
        pk: Key of the annotation.
        within: Query of the listing that leads there.
    """
    return _with_query(reverse(f"{NAMESPACE}:correct_entry", args=[pk]), [(WITHIN, within)])


def disposition_url(pk: int, *, within: str = "") -> str:
    """Return the form that changes a disposition.

    Args:
        pk: Its key.
        within: Query of the listing that leads there.
    """
    return _with_query(reverse(f"{NAMESPACE}:disposition", args=[pk]), [(WITHIN, within)])


def moderation_url(action: str, pk: int) -> str:
    """Return where an annotation or reply is hidden, shown again or released."""
    return reverse(f"{NAMESPACE}:{action}", args=[pk])


def desk_url(**filters: object) -> str:
    """Return the desk of the moderators, filtered where filters are given."""
    return _with_query(reverse(f"{NAMESPACE}:desk"), filters.items())


def reports_url(**filters: object) -> str:
    """Return the listing of reports."""
    return _with_query(reverse(f"{NAMESPACE}:reports"), filters.items())


def report_url(pk: int) -> str:
    """Return the page on which a report is decided."""
    return reverse(f"{NAMESPACE}:report", args=[pk])


def appeals_url(**filters: object) -> str:
    """Return the listing of appeals."""
    return _with_query(reverse(f"{NAMESPACE}:appeals"), filters.items())


def appeal_url(pk: int) -> str:
    """Return the page on which an appeal is decided."""
    return reverse(f"{NAMESPACE}:appeal", args=[pk])


def numbers_url(year: int, form: str) -> str:
    """Return the numbers of reports of a year as a file, ``csv`` or ``xlsx``."""
    return reverse(f"{NAMESPACE}:numbers_{form}", args=[year])


def placement_url(pk: int) -> str:
    """Return the form that places an annotation by hand."""
    return reverse(f"{NAMESPACE}:placement", args=[pk])


def outbox_url() -> str:
    """Return the listing of mails."""
    return reverse(f"{NAMESPACE}:outbox")


def _with_query(url: str, query: Iterable[tuple[str, object]]) -> str:
    pairs = [(name, value) for name, value in query if value not in (None, "")]
    return f"{url}?{urlencode(pairs)}" if pairs else url
