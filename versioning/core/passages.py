"""Passages and their comparison as plain data: the vocabulary of ``core``."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal[
    "heading", "paragraph", "list_item", "table", "table_row", "quote", "caption", "measure"
]
Relation = Literal[
    "kept", "changed", "moved", "moved_changed", "split", "merged", "added", "removed"
]
Operation = Literal["equal", "delete", "insert"]


class PassageText(NamedTuple):
    """One passage: the smallest stretch of a document that can be annotated.

    A named tuple, since a long text has tens of thousands.

    Attributes:
        kind: What the passage is.
        text: Its words: NFC, single spaces, no soft hyphens, trimmed.
        html: The same words with inline marks, in the normal form of law 9: the text content
            of ``html`` equals ``text``, code point for code point. Empty means no marks.
        level: Heading level or list depth, 0 where neither applies.
        block: Key of the block that the passage was cut from; a hint, empty if unknown.
        uid: Lasting identity across versions; a hint, empty if unknown.
        marker: What stands before a list item, outside its body: ``"1."``, ``"•"`` or nothing.
        image: Key of the image that a caption belongs to, empty if there is none.
        alt: Alternative text of that image.
    """

    kind: Kind
    text: str
    html: str = ""
    level: int = 0
    block: str = ""
    uid: str = ""
    marker: str = ""
    image: str = ""
    alt: str = ""


class Run(NamedTuple):
    """A stretch of one row: equal, deleted or inserted text, never empty."""

    operation: Operation
    text: str


class Row(NamedTuple):
    """How passages of the old text relate to passages of the new one.

    Joining the runs that are not insertions gives the old passages joined with one line feed,
    joining the runs that are not deletions gives the new ones.

    Attributes:
        relation: What became of the passages.
        old: Indices of the old passages, in reading order.
        new: Indices of the new passages, in reading order.
        runs: Word runs, in reading order.
        format: What differs although the words do not, for example ``("bold", "link")``.
        replaced: The pair was too large or too different to compare word by word and is
            shown as one deletion and one insertion.
        similarity: 0 to 1.
    """

    relation: Relation
    old: tuple[int, ...]
    new: tuple[int, ...]
    runs: tuple[Run, ...]
    format: tuple[str, ...] = ()
    replaced: bool = False
    similarity: float = 1.0
