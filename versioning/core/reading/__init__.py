"""Reading documents from files: passages to compare, blocks to import.

Known are ``.json`` (a list of blocks), ``.md``, ``.html``, ``.txt``, ``.docx`` and ``.odt``.
"""

from versioning.core.reading.blocks import SourceBlock, SourceComment, SourceDocument
from versioning.core.reading.files import MAX_BYTES, UnreadableFile
from versioning.core.reading.formats import (
    SUFFIXES,
    open_passages,
    read_blocks,
    read_passages,
    read_source,
)

__all__ = [
    "MAX_BYTES",
    "SUFFIXES",
    "SourceBlock",
    "SourceComment",
    "SourceDocument",
    "UnreadableFile",
    "open_passages",
    "read_blocks",
    "read_passages",
    "read_source",
]
