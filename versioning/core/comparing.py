"""Comparison of two texts: passages first, then words. The only door to diff-match-patch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import LCSseq

from versioning.core import aligning, cleaning, marks, words
from versioning.core.passages import PassageText, Row, Run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from versioning.core.cleaning import Diff
    from versioning.core.passages import Operation

ENGINE_VERSION = "1"
"""Changes whenever the same two texts may give other rows; stored with each comparison."""

MAX_STEPS = 40_000
"""Tokens times tokens up to which diff-match-patch itself searches the shortest script."""
MAX_PAIRS = 200_000_000
"""Tokens times tokens beyond which a pair is shown as replaced."""
MIN_COMMON = 0.36
"""Share of words in common below which a pair reads better whole: old, then new."""

_OPERATIONS: dict[int, Operation] = {
    diff_match_patch.DIFF_EQUAL: "equal",
    diff_match_patch.DIFF_DELETE: "delete",
    diff_match_patch.DIFF_INSERT: "insert",
}


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
    rows = aligning.align(old, new, lineage=lineage, apart=apart, complete=complete)
    return [_with_runs(row, old, new) for row in rows]


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
        return _runs([(0, old)]), False
    codes = words.Codes()
    old_codes, new_codes = codes.encode(words.tokens(old)), codes.encode(words.tokens(new))
    diffs, too_large = _token_diff(old_codes, new_codes, codes)
    if not too_large and _too_different(diffs, codes):
        return _runs([(-1, old), (1, new)]), True
    return _runs([(operation, codes.decode(piece)) for operation, piece in diffs]), too_large


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


def _with_runs(row: Row, old: Sequence[PassageText], new: Sequence[PassageText]) -> Row:
    if not row.new:
        return replace(row, runs=_runs([(-1, old[row.old[0]].text)]))
    if not row.old:
        return replace(row, runs=_runs([(1, new[row.new[0]].text)]))
    old_text = "\n".join(old[index].text for index in row.old)
    new_text = "\n".join(new[index].text for index in row.new)
    runs, replaced = diff_words(old_text, new_text)
    changes = row.format
    if old_text != new_text and len(row.old) == len(row.new):
        changes = marks.format_changes(old[row.old[0]], new[row.new[0]], runs)
    return replace(row, runs=runs, replaced=replaced, format=changes)


def _runs(diffs: Sequence[Diff]) -> tuple[Run, ...]:
    """Merge neighbours, deletion before insertion, nothing empty."""
    return tuple(_merged(diffs))


def _merged(diffs: Sequence[Diff]) -> Iterator[Run]:
    pending = {0: "", -1: "", 1: ""}
    for operation, text in [*diffs, (0, ""), (-1, "")]:
        if not text and operation == 0:
            continue
        if operation == 0 and (pending[-1] or pending[1]):
            yield from _taken(pending, -1, 1)
        elif operation != 0 and pending[0]:
            yield from _taken(pending, 0)
        pending[operation] += text
    yield from _taken(pending, -1, 1)


def _taken(pending: dict[int, str], *operations: int) -> Iterator[Run]:
    for operation in operations:
        if pending[operation]:
            yield Run(_OPERATIONS[operation], pending[operation])
            pending[operation] = ""


def _token_diff(old: str, new: str, codes: words.Codes) -> tuple[list[Diff], bool]:
    """Compare in token space and tell whether the pair was too large for it."""
    engine = diff_match_patch()
    engine.Diff_Timeout = 0  # a wall clock would make the result depend on the load
    start = engine.diff_commonPrefix(old, new)
    end = engine.diff_commonSuffix(old[start:], new[start:])
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    size = len(old_middle) * len(new_middle)
    if size > MAX_PAIRS:
        middle = [(-1, old_middle), (1, new_middle)]
    elif size > MAX_STEPS:
        middle = _long_diff(old_middle, new_middle)
    else:
        middle = engine.diff_main(old_middle, new_middle, False)
    diffs = [(0, old[:start]), *middle, (0, old[len(old) - end :])]
    if size > MAX_PAIRS:
        return diffs, True
    return cleaning.cleaned(diffs, codes.is_word, codes.token), False


def _long_diff(old: str, new: str) -> list[Diff]:
    """Find the longest common sequence of tokens of a long pair, in bounded time."""
    diffs: list[Diff] = []
    for code in LCSseq.opcodes(old, new):
        if code.tag == "equal":
            diffs.append((0, old[code.src_start : code.src_end]))
        else:
            diffs.append((-1, old[code.src_start : code.src_end]))
            diffs.append((1, new[code.dest_start : code.dest_end]))
    return diffs


def _too_different(diffs: Sequence[Diff], codes: words.Codes) -> bool:
    """Tell whether both texts have mostly words that the other lacks."""
    counts = {0: 0, -1: 0, 1: 0}
    for operation, piece in diffs:
        counts[operation] += sum(map(codes.is_word, piece))
    shorter = counts[0] + min(counts[-1], counts[1])
    return counts[0] < MIN_COMMON * shorter
