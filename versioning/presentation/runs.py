"""The word runs of a row as html."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_noop

from versioning.presentation.formats import FormatChange, format_changes
from versioning.presentation.marked import Piece, cut, html_of, pieces_of
from versioning.presentation.phrases import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from versioning.comparisons import ComparedRow
    from versioning.models import Passage

_SIDES = {"old": ("equal", "delete"), "new": ("equal", "insert")}
_TAGS = {
    "insert": ("ins", gettext_noop("inserted:")),
    "delete": ("del", gettext_noop("deleted:")),
}
_FORMAT = gettext_noop("format changed:")
_END = gettext_noop("(end)")


def anchor(row: ComparedRow) -> str:
    """Return the id of a changed row."""
    return f"c-{row.ordinal}"


def place_of(row: ComparedRow) -> str:
    """Return the lasting id of a row: that of its first passage, whatever its ordinal.

    A removed passage has a name of its own, since another one may bear its uid by now.
    """
    return f"p-{row.new[0].uid}" if row.new else f"o-{row.old[0].uid}"


def runs_html(row: ComparedRow, side: str) -> SafeString:
    """Return the runs of a row as html: deletions and insertions with words around them.

    Bold words, links and other marks stay; where they alone differ, a frame stands around them.

    Args:
        row: A row of a comparison.
        side: "old" or "new" for one side, anything else for both in one text.

    Returns:
        Html without any white space of its own. The text content, without the elements of the
        class ``syn-hidden``, is the text of that side.
    """
    return mark_safe("".join(html for _cell, html in _shown(row, side)))  # noqa: S308  # escaped


def cells_html(row: ComparedRow, side: str) -> list[SafeString]:
    """Return the cells of a table row with their runs, each as html.

    Args:
        row: A row of a comparison whose passages are table rows.
        side: "old" or "new" for one side, anything else for both in one row.
    """
    cells: dict[int, list[str]] = {}
    for cell, html in _shown(row, side):
        if cell >= 0:
            cells.setdefault(cell, []).append(html)
    width = max(cells, default=-1) + 1
    return [mark_safe("".join(cells.get(index, ()))) for index in range(width)]  # noqa: S308  # see above


def is_aligned(row: ComparedRow) -> bool:
    """Tell whether no word of a table row has gone to another column."""
    old, new = _pieces(row, "old"), _pieces(row, "new")
    old_at = new_at = 0
    for operation, text in row.row.runs:
        if operation == "equal":
            ours = _spread(cut(old, old_at, old_at + len(text)))
            if ours != _spread(cut(new, new_at, new_at + len(text))):
                return False
        old_at += len(text) if operation != "insert" else 0
        new_at += len(text) if operation != "delete" else 0
    return True


def _spread(parts: Iterator[Piece]) -> list[tuple[int, str]]:
    """Return the words of each cell."""
    found: dict[int, str] = {}
    for piece in parts:
        if piece.cell >= 0:
            found[piece.cell] = found.get(piece.cell, "") + piece.text
    return sorted(found.items())


def unmarked(row: ComparedRow) -> tuple[int, ...]:
    """Return the ids of the stored changes that no run of the row can carry."""
    marked = {change for side in ("old", "new") for change in _change_ids(row, side).values()}
    return tuple(change.pk for change in row.changes if change.pk not in marked)


def _shown(row: ComparedRow, side: str) -> Iterator[tuple[int, str]]:
    """Yield html in reading order, each with the table cell that it belongs to."""
    wanted = _SIDES.get(side, ("equal", "delete", "insert"))
    has_frames = bool(row.row.format)
    old = _pieces(row, "old") if side != "new" or has_frames else []
    new = _pieces(row, "new") if side != "old" or has_frames else []
    frames = format_changes(row, old, new) if has_frames else []
    ids = _change_ids(row, side)
    old_at = new_at = 0
    for operation, text in row.row.runs:
        if operation in wanted:
            is_old = operation == "delete" or (operation == "equal" and side == "old")
            at = old_at if is_old else new_at
            parts = list(cut(old if is_old else new, at, at + len(text)))
            if operation == "equal":
                yield from _equal(parts, frames, is_old=is_old)
            else:
                change = ids.pop((operation, old_at, new_at), None)
                if row.row.relation in {"split", "merged"} and not text.strip():
                    yield 0, _border(parts, change)
                else:
                    yield from _marked(operation, parts, change)
        old_at += len(text) if operation != "insert" else 0
        new_at += len(text) if operation != "delete" else 0


def _pieces(row: ComparedRow, side: str) -> list[Piece]:
    """Return the pieces of a side; plain ones where the passages are not at hand."""
    passages: Sequence[Passage] = row.old if side == "old" else row.new
    if passages:
        return pieces_of(passages)
    return [Piece(0, "".join(text for name, text in row.row.runs if name in _SIDES[side]))]


def _equal(
    parts: Sequence[Piece], frames: Sequence[FormatChange], *, is_old: bool
) -> Iterator[tuple[int, str]]:
    """Yield words that are the same, those with other marks in a frame."""
    if not frames or not parts:
        yield from _by_cell(parts)
        return
    at, end = parts[0].start, parts[-1].end
    for frame in frames:
        start, stop = (
            (frame.old_start, frame.old_end) if is_old else (frame.new_start, frame.new_end)
        )
        if start < at or stop > end:
            continue
        yield from _by_cell(list(cut(parts, at, start)))
        framed = list(cut(parts, start, stop))
        yield framed[0].cell, _spoken("span", "syn-format", framed, said(_FORMAT))
        at = stop
    yield from _by_cell(list(cut(parts, at, end)))


def _marked(
    operation: str, parts: Sequence[Piece], change: int | None
) -> Iterator[tuple[int, str]]:
    """Yield inserted or deleted words, cell by cell; the first carries the id of the change."""
    tag, words = _TAGS[operation]
    for group in _cells(parts):
        if group[0].cell < 0 and not "".join(piece.text for piece in group).strip():
            yield group[0].cell, html_of(group)
            continue
        yield (
            group[0].cell,
            _spoken(tag, "", group, said(words), f"change-{change}" if change else ""),
        )
        change = None


def _border(parts: Sequence[Piece], change: int | None) -> str:
    """Return the space or line feed where a passage is split: it is seen without a mark."""
    if change is None:
        return html_of(parts)
    return format_html('<span id="change-{}"></span>{}', change, mark_safe(html_of(parts)))  # noqa: S308  # escaped


def _by_cell(parts: Sequence[Piece]) -> Iterator[tuple[int, str]]:
    for group in _cells(parts):
        yield group[0].cell, html_of(group)


def _cells(parts: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Group neighbouring pieces of the same cell."""
    group: list[Piece] = []
    for piece in parts:
        if group and piece.cell != group[0].cell:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _spoken(
    tag: str, classname: str, parts: Sequence[Piece], before: str, identity: str = ""
) -> str:
    """Return an element with words before and behind it for those who hear the page.

    Tag, class and identity are our own words; there are many runs on a page, so nothing is escaped
    that needs no escaping.
    """
    attributes = f' class="{classname}"' if classname else ""
    attributes += f' id="{identity}"' if identity else ""
    return (
        f'<span class="syn-hidden"> {escape(before)} </span><{tag}{attributes}>{html_of(parts)}'
        f'</{tag}><span class="syn-hidden"> {escape(said(_END))} </span>'
    )


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
