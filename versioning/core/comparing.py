"""Comparison of two texts: passages first, then words. The only door to diff-match-patch."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import LCSseq

from versioning.core import aligning, cleaning, marks, words
from versioning.core.cleaning import Edit
from versioning.core.passages import PassageText, Row, Run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from versioning.core.cleaning import Change
    from versioning.core.ordering import Placed
    from versioning.core.passages import Operation

ENGINE_VERSION = "2"
"""Changes whenever the same two texts may give other rows; stored with each comparison."""

MAX_STEPS = 40_000
"""Words times words up to which diff-match-patch itself searches the shortest script."""
MAX_PAIRS = 200_000_000
"""Words times words beyond which a pair is shown as replaced."""
MIN_COMMON = 0.3
"""Share of words in common below which a pair reads better whole: old, then new."""

Diff = tuple[int, int]
"""Operation (0 equal, -1 delete, 1 insert) and number of words."""


class Hunk(NamedTuple):
    """One change of a row: a maximal stretch that is not equal.

    Units: offsets are code points of the row's old or new passages joined with a line feed,
    end exclusive.
    """

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    old_text: str
    new_text: str


def compare(
    old: Sequence[PassageText],
    new: Sequence[PassageText],
    *,
    lineage: Sequence[tuple[int, int]] = (),
    apart: Collection[tuple[int, int]] = (),
    complete: bool = False,
) -> list[Row]:
    """Compare two texts.

    Every passage of both texts stands in exactly one row. Rows follow the new text, removed
    rows stand where they stood; kept, changed and removed rows keep the old order.

    Args:
        old: Passages of the old text in reading order.
        new: Passages of the new text in reading order.
        lineage: Pairs of old and new index that are known to belong together.
        apart: Pairs of old and new index that do not belong together.
        complete: Nothing but ``lineage`` belongs together, as between two consecutive versions,
            whose lineage is stored.

    Returns:
        The rows with their word runs. The same input gives the same rows on any machine.
    """
    placed = aligning.place(old, new, lineage=lineage, apart=apart, complete=complete)
    return [_row(row, old, new) for row in placed]


def diff_words(old: str, new: str) -> tuple[tuple[Run, ...], bool]:
    """Compare two passages word by word.

    Joining the runs that are not insertions gives ``old``, joining those that are not
    deletions gives ``new``. No word and no grapheme is cut.

    Args:
        old: Text of the old side.
        new: Text of the new side.

    Returns:
        The runs, and whether the texts were too large or too different to be compared and
        are shown as one deletion and one insertion.
    """
    if old == new:
        return ((Run("equal", old),) if old else ()), False
    ours, theirs = words.split(old), words.split(new)
    edits, too_large = _edits(ours[1::2], theirs[1::2])
    edits = cleaning.joined(_with_signs(edits, ours, theirs), ours)
    if not too_large and _too_different(edits, len(ours) // 2, len(theirs) // 2):
        return _runs([(0, len(old), 0, len(new))], old, new), True
    edits = [cleaning.trimmed(edit, ours, theirs) for edit in edits]
    changes = cleaning.slid(_changes(edits, ours, theirs), old, new)
    return _runs(changes, old, new), too_large


def hunks(row: Row) -> list[Hunk]:
    """Give the changes of a row.

    Args:
        row: A row with its runs.

    Returns:
        Maximal stretches of runs that are not equal, in reading order.
    """
    found: list[Hunk] = []
    old_at = new_at = 0
    removed = added = ""
    for operation, text in [*row.runs, Run("equal", "")]:
        if operation == "delete":
            removed += text
        elif operation == "insert":
            added += text
        else:
            if removed or added:
                old_end, new_end = old_at + len(removed), new_at + len(added)
                found.append(Hunk(old_at, old_end, new_at, new_end, removed, added))
                old_at, new_at, removed, added = old_end, new_end, "", ""
            old_at += len(text)
            new_at += len(text)
    return found


def _row(placed: Placed, old: Sequence[PassageText], new: Sequence[PassageText]) -> Row:
    relation, olds, news, changes, score = placed
    if not olds or not news or relation in ("kept", "moved") or changes:
        text = new[news[0]].text if news else old[olds[0]].text
        operation: Operation = "insert" if not olds else "equal" if news else "delete"
        return Row(relation, olds, news, (Run(operation, text),), changes, similarity=score)
    old_text = "\n".join([old[index].text for index in olds])
    new_text = "\n".join([new[index].text for index in news])
    runs, replaced = diff_words(old_text, new_text)
    if old_text != new_text and len(olds) == len(news):
        changes = marks.format_changes(old[olds[0]], new[news[0]], runs)
    return Row(relation, olds, news, runs, changes, replaced, score)


def _runs(changes: Sequence[Change], old: str, new: str) -> tuple[Run, ...]:
    """Cut two texts at their changes: deletion before insertion, nothing empty."""
    runs: list[Run] = []
    at = 0
    for start, end, new_start, new_end in changes:
        if start > at:
            runs.append(Run("equal", old[at:start]))
        if end > start:
            runs.append(Run("delete", old[start:end]))
        if new_end > new_start:
            runs.append(Run("insert", new[new_start:new_end]))
        at = end
    if at < len(old):
        runs.append(Run("equal", old[at:]))
    return tuple(runs)


def _edits(old: Sequence[str], new: Sequence[str]) -> tuple[list[Edit], bool]:
    """Compare two lists of words and tell whether they were too long for it."""
    start = _common(old, new)
    end = _common(
        old[: start - 1 if start else None : -1], new[: start - 1 if start else None : -1]
    )
    ours, theirs = old[start : len(old) - end], new[start : len(new) - end]
    whole = [Edit(start, len(old) - end, start, len(new) - end)]
    size = len(ours) * len(theirs)
    if not size or size > MAX_PAIRS:
        return (whole if ours or theirs else []), size > MAX_PAIRS
    codes = words.Codes()
    one, other = codes.encode(ours), codes.encode(theirs)
    if set(one).isdisjoint(other):
        return whole, False
    diffs = _long_diff(one, other) if size > MAX_STEPS else _diff(one, other)
    return list(_as_edits(diffs, start)), False


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Count how many words two lists begin with alike."""
    return next(
        (at for at, (ours, theirs) in enumerate(zip(old, new, strict=False)) if ours != theirs),
        min(len(old), len(new)),
    )


def _diff(old: str, new: str) -> list[Diff]:
    engine = diff_match_patch()
    engine.Diff_Timeout = 0  # a wall clock would make the result depend on the load
    return [(operation, len(piece)) for operation, piece in engine.diff_main(old, new, False)]


def _long_diff(old: str, new: str) -> list[Diff]:
    """Find the longest common sequence of words of a long pair, in bounded time."""
    diffs: list[Diff] = []
    for code in LCSseq.opcodes(old, new):
        if code.tag == "equal":
            diffs.append((0, code.src_end - code.src_start))
        else:
            diffs.append((-1, code.src_end - code.src_start))
            diffs.append((1, code.dest_end - code.dest_start))
    return diffs


def _as_edits(diffs: Sequence[Diff], start: int) -> Iterator[Edit]:
    """Group operations into changes of words."""
    old_at = new_at = old_start = new_start = start
    for operation, length in [*diffs, (0, 0)]:
        if operation == 0 and (old_at > old_start or new_at > new_start):
            yield Edit(old_start, old_at, new_start, new_at)
        old_at += length if operation <= 0 else 0
        new_at += length if operation >= 0 else 0
        if operation == 0:
            old_start, new_start = old_at, new_at


def _with_signs(edits: Sequence[Edit], old: Sequence[str], new: Sequence[str]) -> list[Edit]:
    """Add a change without words wherever common words have other signs before them."""
    ours, theirs = old[::2], new[::2]
    found: list[Edit] = []
    before = Edit(0, -1, 0, -1)
    for edit in [*edits, Edit(len(ours), len(ours), len(theirs), len(theirs))]:
        first, last, shift = before.old_end + 1, edit.old_start, edit.new_start - edit.old_start
        if ours[first:last] != theirs[first + shift : last + shift]:
            found += [
                Edit(at, at, at + shift, at + shift)
                for at in range(first, last)
                if ours[at] != theirs[at + shift]
            ]
        found.append(edit)
        before = edit
    return found[:-1]


def _changes(edits: Sequence[Edit], old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """Turn changes of words into changes of text, without the signs that both sides share."""
    offsets = [0, *accumulate(map(len, old))], [0, *accumulate(map(len, new))]
    changes = [_change(edit, (old, new), offsets) for edit in edits]
    return [change for change in changes if change[0] < change[1] or change[2] < change[3]]


def _change(
    edit: Edit, sides: tuple[Sequence[str], Sequence[str]], offsets: tuple[list[int], list[int]]
) -> Change:
    (old, new), (ours, theirs) = sides, offsets
    a, a_end, b, b_end = edit
    start = _shared(words.tokens(old[2 * a]), words.tokens(new[2 * b]))
    old_rest = old[2 * a_end][start if a == a_end else 0 :]
    new_rest = new[2 * b_end][start if b == b_end else 0 :]
    end = _shared(words.tokens(old_rest)[::-1], words.tokens(new_rest)[::-1])
    return (
        ours[2 * a] + start,
        ours[2 * a_end + 1] - end,
        theirs[2 * b] + start,
        theirs[2 * b_end + 1] - end,
    )


def _shared(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """Count the characters of the tokens that two lists begin with alike."""
    return sum(map(len, ours[: _common(ours, theirs)]))


def _too_different(edits: Sequence[Edit], old_count: int, new_count: int) -> bool:
    """Tell whether both texts have mostly words that the other lacks."""
    kept = old_count - sum(edit.old_end - edit.old_start for edit in edits)
    return kept < MIN_COMMON * min(old_count, new_count)
