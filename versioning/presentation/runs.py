"""The word runs of a row as html."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from versioning.comparisons import ComparedRow
    from versioning.models import Passage

_SIDES = {"old": ("equal", "delete"), "new": ("equal", "insert")}


def anchor(row: ComparedRow) -> str:
    """Return the id of a changed row."""
    return f"c-{row.ordinal}"


def runs_html(row: ComparedRow, side: str) -> SafeString:
    """Return the runs of a row as html: deletions and insertions with words around them.

    Args:
        row: A row of a comparison.
        side: "old" or "new" for one side, anything else for both in one text.

    Returns:
        Html without any white space of its own. The text content, without the elements of the
        class ``syn-hidden``, is the text of that side.
    """
    wanted = _SIDES.get(side, ("equal", "delete", "insert"))
    ids = _change_ids(row, side)
    pieces: list[str] = []
    old_at = new_at = 0
    for operation, text in row.row.runs:
        if operation in wanted:
            pieces.append(_run(operation, text, ids.pop((operation, old_at, new_at), None)))
        old_at += len(text) if operation != "insert" else 0
        new_at += len(text) if operation != "delete" else 0
    return mark_safe("".join(pieces))  # noqa: S308  # every piece is made by format_html


def passages_html(row: ComparedRow, side: str) -> SafeString:
    """Return the whole text of one side, for rows that are not compared word by word."""
    passages: Sequence[Passage] = row.old if side == "old" else row.new
    return format_html("{}", "\n".join(passage.text for passage in passages))


def unmarked(row: ComparedRow) -> tuple[int, ...]:
    """Return the ids of the stored changes that no run of the row can carry."""
    marked = {change for side in ("old", "new") for change in _change_ids(row, side).values()}
    return tuple(change.pk for change in row.changes if change.pk not in marked)


def _change_ids(row: ComparedRow, side: str) -> dict[tuple[str, int, int], int]:
    """Return which run carries the id of which change; an insertion before a deletion."""
    by_offsets = {
        (c.old_start, c.old_end, c.new_start, c.new_end): c.pk
        for c in row.changes
        if c.old_words or c.new_words
    }
    ids: dict[tuple[str, int, int], int] = {}
    for hunk in row.hunks:
        change = by_offsets.get((hunk.old_start, hunk.old_end, hunk.new_start, hunk.new_end))
        if change is None:
            continue
        if hunk.new_text and side != "old":
            ids["insert", hunk.old_end, hunk.new_start] = change
        elif not hunk.new_text and side != "new":
            ids["delete", hunk.old_start, hunk.new_start] = change
    return ids


def _run(operation: str, text: str, change: int | None) -> str:
    if operation == "equal":
        return format_html("{}", text)
    tag = "ins" if operation == "insert" else "del"
    before = _("inserted:") if operation == "insert" else _("deleted:")
    identity = format_html(' id="change-{}"', change) if change else ""
    return format_html(
        '<span class="syn-hidden"> {} </span><{}{}>{}</{}><span class="syn-hidden"> {} </span>',
        before,
        mark_safe(tag),  # noqa: S308  # one of two words
        identity,
        text,
        mark_safe(tag),  # noqa: S308  # one of two words
        _("(end)"),
    )
