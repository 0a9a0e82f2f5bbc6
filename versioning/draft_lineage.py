"""What a draft would change: its lineage as it would be frozen, before it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from versioning.core import comparing, doubts, lineage, numbering
from versioning.core.corrections import Correction, Known, keys_of, read_corrections, resolve
from versioning.extraction import passages_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from versioning.core.doubts import Doubt
    from versioning.core.passages import PassageText, Row
    from versioning.models import Passage, Version, VersionedPageMixin


@dataclass(slots=True)
class DraftLineage:
    """A draft against the newest version of its page.

    Attributes:
        version: The newest version.
        old: Its passages, in reading order.
        old_texts: The same as plain data.
        new: Passages of the draft, in reading order.
        numbers: Their numbers for citing.
        keys: Their keys for corrections.
        rows: What became of each passage, without word runs.
        known: What the corrections say.
        doubts: Doubts by the index of the new passage, settled ones left out.
    """

    version: Version
    old: Sequence[Passage]
    old_texts: Sequence[PassageText]
    new: Sequence[PassageText]
    numbers: Sequence[str]
    keys: Sequence[str]
    rows: Sequence[Row]
    known: Known
    doubts: dict[int, Doubt]

    def corrections(self) -> list[Correction]:
        """Return the corrections, those that count with the keys of this state of the draft."""
        counting = [
            item._replace(new=self.keys[place]) for item, place in self.known.places.items()
        ]
        return [*dict.fromkeys(counting), *self.known.lost]

    def with_runs(self, row: Row) -> Row:
        """Return a row with its word runs."""
        compared = comparing.compare(
            [self.old_texts[index] for index in row.old],
            [self.new[index] for index in row.new],
            lineage=[(i, j) for i in range(len(row.old)) for j in range(len(row.new))],
            complete=True,
        )
        return compared[0]


def lineage_of_draft(page: VersionedPageMixin, corrections: Any = None) -> DraftLineage | None:  # noqa: ANN401  # what a browser sent
    """Return what a draft would change if it were published now.

    Args:
        page: The draft.
        corrections: Data of other corrections than its own.

    Returns:
        Nothing where the page has no version yet.

    Raises:
        UnreadableText: A field is nested too deeply.
        MalformedCorrections: The corrections cannot be read.
        ContradictoryCorrections: They cannot all be true.
    """
    version = page.newest_version
    if version is None:
        return None
    stored = page.version_corrections if corrections is None else corrections
    said = [item for item in read_corrections(stored) if item.version == version.number]
    new = passages_of(page)
    old = list(version.passages.in_order())
    old_texts = [passage.as_text() for passage in old]
    known = resolve(said, old_texts, new)
    rows = lineage.trace(old_texts, new, lineage=known.lineage, apart=known.apart)
    return DraftLineage(
        version=version,
        old=old,
        old_texts=old_texts,
        new=new,
        numbers=[citation.number for citation in numbering.cite(new)],
        keys=keys_of(new),
        rows=rows,
        known=known,
        doubts={d.new: d for d in doubts.doubtful(rows, old_texts, new, settled=known.settled)},
    )
