"""Which reader reads which file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from versioning.core.reading.files import Content, Source, UnreadableFile, gettext_noop, load
from versioning.core.reading.from_json import passages_from_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from versioning.core.passages import PassageText

_PASSAGES: dict[str, Callable[[Content], list[PassageText]]] = {
    ".json": passages_from_json,
}

SUFFIXES = tuple(_PASSAGES)


def read_passages(source: Source) -> list[PassageText]:
    """Return the passages of a file, in reading order, their text in normal form.

    Args:
        source: A path, or a file name with the file's bytes.

    Returns:
        Passages; ``block`` and ``uid`` hold the id where the file gives one, and ``html`` is
        empty where a passage has no marks.

    Raises:
        UnreadableFile: With one line that names the file and what is wrong with it.
    """
    content = load(source)
    reader = _PASSAGES.get(content.suffix)
    if reader is None:
        raise UnreadableFile(
            content.name,
            gettext_noop("%(name)s: unknown kind of file; known are %(known)s."),
            known=", ".join(SUFFIXES),
        )
    return reader(content)
