"""Images inside office files."""

from __future__ import annotations

from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter

    from versioning.core.reading.archives import Archive

MAX_IMAGES = 200
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif"}


class Pictures:
    """Takes the images of a file that browsers can show, each once.

    Args:
        archive: The file; None where only the words of images are wanted.
        remarks: Where to count what cannot be taken.

    Attributes:
        data: Their bytes by file name.
        keys: Their file names by the keys that stand in the html.
    """

    def __init__(self, archive: Archive | None, remarks: Counter[str]) -> None:
        """Start without images."""
        self.data: dict[str, bytes] = {}
        self.keys: dict[str, str] = {}
        self._archive = archive
        self._remarks = remarks
        self._names: dict[str, str] = {}

    def html(self, path: str, *, alt: str, name: str = "") -> str:
        """Return an image as html; where it cannot be taken, its words alone.

        Args:
            path: Its part of the archive.
            alt: What stands for it.
            name: What the program calls it, for images that nobody has described.
        """
        taken = self._taken(path) if path and self._archive else ""
        if not taken:
            return f'<img alt="{escape(alt)}">'
        if not alt.strip():
            self._remarks["images_undescribed"] += 1
        key = str(len(self.keys) + 1)
        self.keys[key] = taken
        words = alt if alt.strip() else name.strip() or taken
        return f'<embed embedtype="image" id="{key}" alt="{escape(words)}">'

    def _taken(self, path: str) -> str:
        """Return the file name of an image, empty where it cannot be taken."""
        if path not in self._names:
            self._names[path] = self._read(path)
        return self._names[path]

    def _read(self, path: str) -> str:
        if len(self.data) >= MAX_IMAGES:
            self._remarks["images_too_many"] += 1
            return ""
        data = self._archive.data(path) if self._archive else None
        if data is None:
            self._remarks["images_elsewhere"] += 1
            return ""
        ending = _ending(data)
        if not ending:
            self._remarks["images_of_foreign_formats"] += 1
            return ""
        name = f"{PurePosixPath(path).stem}{ending}"
        self.data[name] = data
        return name


def _ending(data: bytes) -> str:
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return ".webp"
    return next((e for start, e in _BEGINNINGS.items() if data.startswith(start)), "")
