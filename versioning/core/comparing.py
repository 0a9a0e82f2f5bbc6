"""Comparison of two texts: passages first, then words. The only door to diff-match-patch."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import LCSseq, Postfix, Prefix

from versioning.core import aligning, cells, cleaning, marks, words
from versioning.core.cleaning import Edit
from versioning.core.passages import PassageText, Row, Run
from versioning.core.pausing import no_cycle_search

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from versioning.core.cleaning import Change
    from versioning.core.ordering import Placed
    from versioning.core.passages import Operation

ENGINE_VERSION = "2"
"""Changes whenever the same two texts may give other rows; stored with each comparison."""

MIN_SIGNS = 4
"""Signs of a stretch without words from which on it is compared sign by sign."""
MAX_STEPS = 40_000
"""Signs times signs up to which it is."""
MAX_SHORT = 36
"""Words times words up to which diff-match-patch finds the common words; RapidFuzz beyond."""
MAX_PAIRS = 200_000_000
"""Words times words beyond which a pair is shown as replaced."""
MIN_COMMON = 0.3
"""Share of words in common below which a pair reads better whole: old, then new."""


_new = tuple.__new__  # a named tuple's own one takes twice as long, and most rows are kept


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
    with no_cycle_search():
        placed = aligning.place(old, new, lineage=lineage, apart=apart, complete=complete)
        return [
            _new(Row, (*row[:3], (_new(Run, ("equal", new[row[2][0]].text)),), (), False, 1.0))
            if row[0] == "kept"
            else _row(row, old, new)
            for row in placed
        ]


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
    changes, replaced = _word_changes(old, new)
    return _runs(changes, old, new), replaced


def diff_cells(old: str, new: str, parts: Sequence[cells.Stretch]) -> tuple[tuple[Run, ...], bool]:
    """Compare two rows of a table cell by cell.

    Args:
        old: Text of the old row.
        new: Text of the new row.
        parts: What is compared with each other, cells and what stands between them in turn.

    Returns:
        The runs, and whether they are one deletion and one insertion.
    """
    found: list[Change] = []
    for at, ((old_at, old_end), (new_at, new_end)) in enumerate(parts):
        ours, theirs = old[old_at:old_end], new[new_at:new_end]
        changes = _word_changes(ours, theirs)[0] if at % 2 else _outer_changes(ours, theirs)
        for start, end, new_start, stop in changes:
            change = (old_at + start, old_at + end, new_at + new_start, new_at + stop)
            if found and (found[-1][1], found[-1][3]) == (change[0], change[2]):
                change = (found[-1][0], change[1], found.pop()[2], change[3])
            found.append(change)
    return _runs(found, old, new), found == [(0, len(old), 0, len(new))]


def _outer_changes(old: str, new: str) -> list[Change]:
    """Mark what stands between two cells, but for a space that both sides begin or end with."""
    if old == new:
        return []
    start = int(old[:1] == new[:1] == " ")
    end = int(old[start:][-1:] == new[start:][-1:] == " ")
    return [(start, len(old) - end, start, len(new) - end)]


def _word_changes(old: str, new: str) -> tuple[list[Change], bool]:
    if old == new:
        return [], False
    start, end = _alike_ends(old, new)
    if start + end in (len(old), len(new)):
        return cleaning.slid([(start, len(old) - end, start, len(new) - end)], old, new), False
    ours = words.split(old[start : len(old) - end])
    theirs = words.split(new[start : len(new) - end])
    edits, too_large = _edits(ours[1::2], theirs[1::2])
    edits = cleaning.joined(_with_signs(edits, ours, theirs), ours)
    if not too_large and _too_different(edits, len(ours) // 2, len(theirs) // 2):
        alike = len(words.words(old[:start])) + len(words.words(old[len(old) - end :]))
        if _too_different(edits, len(ours) // 2, len(theirs) // 2, alike):
            return [(0, len(old), 0, len(new))], True
    edits = [cleaning.trimmed(edit, ours, theirs) for edit in edits]
    return cleaning.slid(_changes(edits, ours, theirs, start), old, new), too_large


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
    if not olds or not news or relation == "moved" or changes:
        text = new[news[0]].text if news else old[olds[0]].text
        operation: Operation = "insert" if not olds else "equal" if news else "delete"
        return Row(relation, olds, news, (Run(operation, text),), changes, False, score)
    old_text = "\n".join([old[index].text for index in olds])
    new_text = "\n".join([new[index].text for index in news])
    if len(olds) != len(news):
        runs, replaced = diff_words(old_text, new_text)
        return Row(relation, olds, news, runs, changes, replaced, score)
    before, after = old[olds[0]], new[news[0]]
    parts = cells.stretches(before, after)
    runs, replaced = (
        diff_cells(old_text, new_text, parts) if parts else diff_words(old_text, new_text)
    )
    changes = marks.format_changes(before, after, runs)
    return Row(relation, olds, news, runs, changes, replaced, score)


def _runs(changes: Sequence[Change], old: str, new: str) -> tuple[Run, ...]:
    """Cut two texts at their changes: deletion before insertion, nothing empty."""
    runs: list[tuple[Operation, str]] = []
    at = 0
    for start, end, new_start, new_end in changes:
        if start > at:
            runs.append(("equal", old[at:start]))
        if end > start:
            runs.append(("delete", old[start:end]))
        if new_end > new_start:
            runs.append(("insert", new[new_start:new_end]))
        at = end
    if at < len(old):
        runs.append(("equal", old[at:]))
    return tuple([_new(Run, run) for run in runs])


def _alike_ends(old: str, new: str) -> tuple[int, int]:
    """Count the characters at both ends that are alike, in whole words and graphemes."""
    start = old.rfind(" ", 0, Prefix.similarity(old, new)) + 1
    if not (_begins_anew(old, start) and _begins_anew(new, start)):
        start = 0
    length = Postfix.similarity(old[start:], new[start:])
    space = old.find(" ", len(old) - length)
    end = len(old) - space - 1 if space >= 0 else 0
    return start, end if _begins_anew(old, len(old) - end) else 0


def _begins_anew(text: str, at: int) -> bool:
    """Tell whether what follows a space belongs to nothing before it."""
    return at == len(text) or text[at].isalnum() or text[at] < "\u0300"


def _edits(old: Sequence[str], new: Sequence[str]) -> tuple[list[Edit], bool]:
    """Compare two lists of words and tell whether they were too long for it."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    ours, theirs = old[start : len(old) - end], new[start : len(new) - end]
    whole = [Edit(start, len(old) - end, start, len(new) - end)]
    size = len(ours) * len(theirs)
    if not size or size > MAX_PAIRS:
        return (whole if ours or theirs else []), size > MAX_PAIRS
    if set(ours).isdisjoint(theirs):
        return whole, False
    codes = words.Codes()
    common = _short_script if size <= MAX_SHORT else _long_script
    edits: list[Edit] = []
    old_at = new_at = start
    for a, b, length in common(codes.encode(ours), codes.encode(theirs)):
        if start + a > old_at or start + b > new_at:
            edits.append(Edit(old_at, start + a, new_at, start + b))
        old_at, new_at = start + a + length, start + b + length
    return edits, False


def _short_script(old: str, new: str) -> Iterator[tuple[int, int, int]]:
    """Yield the common stretches of two short coded lists, and an empty one at the end."""
    a = b = 0
    for operation, piece in _engine().diff_main(old, new, False):
        if not operation:
            yield a, b, len(piece)
        a += len(piece) * (operation <= 0)
        b += len(piece) * (operation >= 0)
    yield a, b, 0


def _long_script(old: str, new: str) -> Iterator[tuple[int, int, int]]:
    """Yield the same for long ones, in bounded memory."""
    for block in LCSseq.editops(old, new).as_matching_blocks():
        yield block.a, block.b, block.size


def _engine() -> diff_match_patch:
    engine = diff_match_patch()
    engine.Diff_Timeout = 0  # a wall clock would make the result depend on the load
    return engine


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Count how many words two lists begin with alike."""
    count = 0
    for ours, theirs in zip(old, new, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


_BEFORE_ALL = Edit(0, -1, 0, -1)


def _with_signs(edits: Sequence[Edit], old: Sequence[str], new: Sequence[str]) -> list[Edit]:
    """Add a change without words wherever common words have other signs before them."""
    ours, theirs = old[::2], new[::2]
    found: list[Edit] = []
    before = _BEFORE_ALL
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


def _changes(
    edits: Sequence[Edit], old: Sequence[str], new: Sequence[str], start: int
) -> list[Change]:
    """Turn changes of words into changes of text, without the signs that both sides share."""
    ours = [*accumulate(map(len, old), initial=start)]
    theirs = [*accumulate(map(len, new), initial=start)]
    found: list[Change] = []
    for edit in edits:
        a, a_end, b, b_end = edit
        first = _shared(old[2 * a], new[2 * b])
        before = old[2 * a_end][first if a == a_end else 0 :]
        after = new[2 * b_end][first if b == b_end else 0 :]
        last = _shared(before, after, -1)
        old_start, old_end = ours[2 * a] + first, ours[2 * a_end + 1] - last
        new_start, new_end = theirs[2 * b] + first, theirs[2 * b_end + 1] - last
        if (a, b) == (a_end, b_end) and min(old_end - old_start, new_end - new_start) >= MIN_SIGNS:
            signs = before[: len(before) - last], after[: len(after) - last]
            found += _sign_changes(*signs, old_start, new_start)
        elif old_end > old_start or new_end > new_start:
            found.append((old_start, old_end, new_start, new_end))
    return found


def _sign_changes(old: str, new: str, old_at: int, new_at: int) -> list[Change]:
    """Compare two long stretches without a word, such as a row of emoji, sign by sign."""
    ours, theirs = words.tokens(old), words.tokens(new)
    if len(ours) * len(theirs) > MAX_STEPS:
        return [(old_at, old_at + len(old), new_at, new_at + len(new))]
    codes = words.Codes()
    diffs = _engine().diff_main(codes.encode(ours), codes.encode(theirs), False)
    found: list[Change] = []
    a = b = 0
    for operation, piece in diffs:
        a_end = a + len(piece) * (operation <= 0)
        b_end = b + len(piece) * (operation >= 0)
        old_end = old_at + sum(map(len, ours[a:a_end]))
        new_end = new_at + sum(map(len, theirs[b:b_end]))
        if operation:
            found.append((old_at, old_end, new_at, new_end))
        a, b, old_at, new_at = a_end, b_end, old_end, new_end
    return found


def _shared(old: str, new: str, step: int = 1) -> int:
    """Count the characters that two stretches begin with alike, or end with for -1."""
    if old == new or not old or not new:
        return len(old) if old == new else 0
    ours, theirs = words.tokens(old)[::step], words.tokens(new)[::step]
    return sum(map(len, ours[: _common(ours, theirs)]))


def _too_different(edits: Sequence[Edit], old_count: int, new_count: int, alike: int = 0) -> bool:
    """Tell whether both texts have mostly words that the other lacks."""
    kept = alike + old_count - sum(edit.old_end - edit.old_start for edit in edits)
    return kept < MIN_COMMON * (alike + min(old_count, new_count))
