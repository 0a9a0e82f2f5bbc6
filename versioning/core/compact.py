"""A comparison without its words: what is stored, so that nothing withheld stays in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from versioning.core.passages import Row, Run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from versioning.core.passages import Operation, Relation


class CompactRow(NamedTuple):
    """One row whose runs are lengths instead of words.

    Attributes:
        relation: What became of the passages.
        old: Indices of the old passages, in reading order.
        new: Indices of the new passages, in reading order.
        runs: Operation and length of each run, in code points.
        format: What differs although the words do not.
        replaced: The pair is shown as one deletion and one insertion.
        similarity: 0 to 1.
    """

    relation: Relation
    old: tuple[int, ...]
    new: tuple[int, ...]
    runs: tuple[tuple[Operation, int], ...]
    format: tuple[str, ...] = ()
    replaced: bool = False
    similarity: float = 1.0

    @property
    def category(self) -> str:
        """The relation, or "format" where the words are the same and their marks are not."""
        if self.relation == "changed" and all(name == "equal" for name, _length in self.runs):
            return "format"
        return self.relation


def compact(row: Row) -> CompactRow:
    """Take the words out of a row."""
    runs = tuple((run.operation, len(run.text)) for run in row.runs)
    return CompactRow(
        row.relation, row.old, row.new, runs, row.format, row.replaced, row.similarity
    )


def expanded(row: CompactRow, old: Sequence[str], new: Sequence[str]) -> Row:
    """Put the words back into a row.

    Args:
        row: A row without words.
        old: Texts of its old passages, in reading order.
        new: Texts of its new passages, in reading order.

    Returns:
        The row as it was compared.

    Raises:
        ValueError: The texts are not as long as those that were compared.
    """
    old_text, new_text = "\n".join(old), "\n".join(new)
    runs: list[Run] = []
    old_at = new_at = 0
    for operation, length in row.runs:
        if operation == "delete":
            runs.append(Run("delete", old_text[old_at : old_at + length]))
            old_at += length
            continue
        runs.append(Run(operation, new_text[new_at : new_at + length]))
        new_at += length
        old_at += length if operation == "equal" else 0
    if (old_at, new_at) != (len(old_text), len(new_text)):
        raise ValueError("these are not the texts that were compared")
    return Row(
        row.relation, row.old, row.new, tuple(runs), row.format, row.replaced, row.similarity
    )


def from_json(stored: Sequence[Any]) -> CompactRow:
    """Read a row as json keeps it: tuples have become lists."""
    relation, old, new, runs, formats, replaced, similarity = stored
    pairs = tuple((operation, length) for operation, length in runs)
    return CompactRow(relation, tuple(old), tuple(new), pairs, tuple(formats), replaced, similarity)


def covers(rows: Sequence[CompactRow], old: Sequence[int], new: Sequence[int]) -> bool:
    """Tell whether every passage stands in exactly one row whose runs are as long as its texts.

    Args:
        rows: All rows of a comparison.
        old: Lengths of the old passages, in reading order.
        new: Lengths of the new passages, in reading order.
    """
    sides = ((old, "old", "insert"), (new, "new", "delete"))
    for lengths, side, other in sides:
        places = [place for row in rows for place in getattr(row, side)]
        if sorted(places) != list(range(len(lengths))):
            return False
        for row in rows:
            own = [lengths[place] for place in getattr(row, side)]
            total = sum(length for operation, length in row.runs if operation != other)
            if total != sum(own) + max(len(own) - 1, 0):
                return False
    return True
