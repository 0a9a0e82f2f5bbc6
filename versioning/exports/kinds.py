"""Kinds of files that apps above make of a text; they are asked for, stored and handed out here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from versioning.models import Version

    Progress = Callable[[int, int], None]
    Maker = Callable[[Version, Progress], bytes]


class FileKind(NamedTuple):
    """A kind of file that is made of a whole text, by its newest version.

    Attributes:
        makers: Makes the content, by form; is given the newest version, and a function that takes
            how many rows are done of how many.
        state: Returns everything in the database that shapes the content, as plain data.
        rows: Counts what the file lists.
        at_once: Up to so many rows a file is made while somebody waits, by form.
        code_version: Grows with every change of what the files look like.
        name: Returns how the file is called, without the title of the text.
        back: Returns the address and the name of the page from which one comes.
    """

    makers: Mapping[str, Maker]
    state: Callable[[Version], object]
    rows: Callable[[Version], int]
    at_once: Mapping[str, int]
    code_version: int
    name: Callable[[], str]
    back: Callable[[Version], tuple[str, str]]


_kinds: dict[str, FileKind] = {}


def register_file_kind(key: str, kind: FileKind) -> None:
    """Register a kind of file.

    Args:
        key: Its name in the database, at most 10 characters; "version" and "comparison" are taken.
        kind: What it is.
    """
    _kinds[key] = kind


def file_kind(key: str) -> FileKind | None:
    """Return a registered kind, None for the two that are made here."""
    return _kinds.get(key)


def known_kinds() -> list[str]:
    """Return the keys of all registered kinds."""
    return list(_kinds)


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""
