"""Numbers for citing: which chapter a passage stands in, and which one it is there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from versioning.core.passages import PassageText


class Citation(NamedTuple):
    """How a passage is cited.

    Attributes:
        chapter: Ordinal of its chapter, 0 before the first.
        number: What stands beside it, such as ``2.3``; empty for a title above all chapters.
    """

    chapter: int
    number: str


def cite(passages: Sequence[PassageText]) -> list[Citation]:
    """Number the passages of a text.

    Chapters begin at headings of the highest level that occurs at least twice (or at all, if none
    does), and at any higher heading after the first chapter. The heading of a chapter shows the
    chapter's number, every other passage of it, sub-headings too, the chapter's number and its
    own ordinal within the chapter. Before the first chapter a higher heading is a title without a
    number, all else counts as 0.1, 0.2 and so on. Without any heading passages are 1, 2 and so
    on.

    Args:
        passages: Passages in reading order.

    Returns:
        One citation for each passage; no number stands twice, except the empty one.
    """
    level = chapter_level(passages)
    found: list[Citation] = []
    chapter = ordinal = 0
    for passage in passages:
        is_high = passage.kind == "heading" and 0 < passage.level <= level
        if is_high and (chapter or passage.level == level):
            chapter, ordinal = chapter + 1, 0
            found.append(Citation(chapter, str(chapter)))
        elif is_high:
            found.append(Citation(0, ""))
        else:
            ordinal += 1
            found.append(Citation(chapter, f"{chapter}.{ordinal}" if level else str(ordinal)))
    return found


def chapter_level(passages: Sequence[PassageText]) -> int:
    """Return the level of the headings that begin chapters, 0 where there are no headings."""
    levels = Counter(p.level for p in passages if p.kind == "heading" and p.level > 0)
    repeated = [level for level, count in levels.items() if count > 1]
    return min(repeated or levels, default=0)
