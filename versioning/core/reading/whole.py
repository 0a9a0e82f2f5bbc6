"""A whole office file as a document that is to be imported, whatever its format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from versioning.core.reading.blocks import SourceDocument, blocks_of_parts, placed
from versioning.core.structure import read_structure

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from versioning.core.reading.margins import Margin
    from versioning.core.reading.pictures import Pictures


class Writer(Protocol):
    """Writes the html of an office file, and gathers what stands beside it."""

    remarks: Counter[str]
    pictures: Pictures
    margin: Margin

    def document(self) -> Iterator[str]:
        """Yield the html."""
        ...


def whole_document(writer: Writer) -> SourceDocument:
    """Return what a file says, with its images, comments and remarks."""
    blocks = blocks_of_parts(read_structure("".join(writer.document())), writer.pictures.keys)
    return SourceDocument(
        blocks=blocks,
        images=writer.pictures.data,
        comments=placed(writer.margin.finished(), blocks),
        remarks=writer.remarks,
    )
