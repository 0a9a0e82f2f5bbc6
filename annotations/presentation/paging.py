"""Which page of a thread an address asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.paginator import Page
    from django.db.models import QuerySet

    from annotations.models import Annotation


def page_of_thread(
    rows: QuerySet[Annotation], asked: Mapping[str, str], *, size: int, name: str = "page"
) -> Page:
    """Return the page with a number, or else the one on which a reply stands.

    Args:
        rows: All replies, in their order.
        asked: The query of an address: a number under ``name``, or the id of a reply under
            ``reply`` (see ``Annotation.place_in_thread``). What is neither leads to the first page.
        size: Replies per page.
        name: How the address calls the number.
    """
    number = asked.get(name)
    wanted = asked.get("reply")
    if number is None and wanted:
        keys = [str(key) for key in rows.values_list("uuid", flat=True)]
        number = str(keys.index(wanted) // size + 1) if wanted in keys else None
    return Paginator(rows, size).get_page(number)
