"""Getting the bytes of a file, or one clear line why not."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import NamedTuple

MAX_BYTES = 50 * 1024 * 1024

Source = Path | tuple[str, bytes]


def gettext_noop(message: str) -> str:
    """Mark a message for translators; whoever shows it translates it."""
    return message


class UnreadableFile(ValueError):  # noqa: N818 -- it names the file, like FileNotFoundError
    """A file cannot be read as a document. Its message is one line that names the file.

    Attributes:
        template: The message with named placeholders, an English msgid.
        params: What to put into the placeholders, ``name`` among them.
    """

    def __init__(self, name: str, template: str, **params: object) -> None:
        """Say what is wrong with the file."""
        self.template = template
        self.params = {"name": " ".join(name.split()), **params}
        super().__init__(template % self.params)


class Content(NamedTuple):
    """A file in memory.

    Attributes:
        name: The file's name as the reader gave it, for messages.
        suffix: Its ending in lower case, with the dot.
        data: Its bytes, at most ``MAX_BYTES``.
    """

    name: str
    suffix: str
    data: bytes


def load(source: Source) -> Content:
    """Return a file's bytes.

    Raises:
        UnreadableFile: It is missing, no file, too large, or may not be read.
    """
    if isinstance(source, tuple):
        name, data = source
    else:
        name, data = str(source), _bytes_of(source)
    if len(data) > MAX_BYTES:
        raise UnreadableFile(name, gettext_noop("%(name)s: the file is larger than 50 MB."))
    return Content(name, PurePath(name).suffix.lower(), data)


def decoded(content: Content) -> str:
    """Return the text of a text file.

    Raises:
        UnreadableFile: The file is binary or not written in UTF-8.
    """
    if b"\x00" in content.data:
        raise UnreadableFile(
            content.name, gettext_noop("%(name)s: this is a binary file, not a text.")
        )
    try:
        return content.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            content.name, gettext_noop("%(name)s: the file is not written in UTF-8.")
        ) from error


def _bytes_of(path: Path) -> bytes:
    name = str(path)
    try:
        if path.is_dir():
            raise UnreadableFile(name, gettext_noop("%(name)s: this is a directory, not a file."))
        if not path.is_file():
            raise UnreadableFile(name, gettext_noop("%(name)s: there is no such file."))
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except UnreadableFile:
        raise
    except (OSError, ValueError) as error:
        raise UnreadableFile(name, gettext_noop("%(name)s: the file cannot be read.")) from error


def parsed_json(content: Content) -> object:
    """Return what a JSON file holds.

    Raises:
        UnreadableFile: The file is empty, not JSON, not UTF-8, or nested too deeply.
    """
    text = decoded(content)
    if not text.strip():
        raise UnreadableFile(content.name, gettext_noop("%(name)s: the file is empty."))
    try:
        return json.loads(text)
    except RecursionError as error:
        raise UnreadableFile(
            content.name, gettext_noop("%(name)s: the file is nested too deeply.")
        ) from error
    except ValueError as error:
        raise UnreadableFile(
            content.name, gettext_noop("%(name)s: the file is not valid JSON.")
        ) from error
