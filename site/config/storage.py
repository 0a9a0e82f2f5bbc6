"""Uploaded files, whole or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from django.core.files import File


class WholeFileStorage(FileSystemStorage):
    """Files of a folder that stand at their place only when they are complete.

    Django's own storage leaves what it has written so far when the disk is full.
    """

    def _save(self, name: str, content: File) -> str:
        path = PurePosixPath(name)
        half = str(path.with_name(f".{uuid.uuid4().hex}.half"))
        try:
            super()._save(half, content)  # type: ignore[misc]  # not in the stubs
            return self._placed(half, name)
        finally:
            self.delete(half)

    def _placed(self, half: str, name: str) -> str:
        """Give a complete file its name, or a free one where somebody was faster."""
        while True:
            try:
                os.close(os.open(self.path(name), os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                os.replace(self.path(half), self.path(name))
                return name
