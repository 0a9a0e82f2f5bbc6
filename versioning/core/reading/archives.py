"""Office files: archives of XML, opened with distrust.

Nothing is unpacked to disk. Sizes, ratios and the number of entries are checked before anything is
unpacked, and XML with a document type or entities is refused.
"""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile, ZipInfo

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from versioning.core.reading.files import Content, UnreadableFile, gettext_noop

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_ENTRIES = 5_000
MAX_PART = 30 * 1024 * 1024
MAX_RATIO = 60
MAX_ELEMENTS = 400_000
MAX_DEPTH = 200

_ENTRY = b"PK\x01\x02"
_SMALL = 1024 * 1024
_BROKEN = (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, IndexError)


class Archive:
    """The parts of an office file.

    Raises:
        UnreadableFile: The file is no such archive, or would unpack to too much.
    """

    def __init__(self, content: Content) -> None:
        """Open the archive without unpacking anything."""
        self.name = content.name
        if content.data.count(_ENTRY) > MAX_ENTRIES:
            raise self._too_large()
        try:
            self._zip = ZipFile(io.BytesIO(content.data))
        except _BROKEN as error:
            raise self._broken() from error

    def xml(self, path: str) -> Element | None:
        """Return the root of an XML part, or None where the archive has no such part."""
        try:
            info = self._zip.getinfo(path)
        except KeyError:
            return None
        return self._parsed(self._unpacked(info))

    def required_xml(self, path: str) -> Element:
        """Return the root of an XML part that every file of this kind has."""
        root = self.xml(path)
        if root is None:
            raise self._broken()
        return root

    def _unpacked(self, info: ZipInfo) -> bytes:
        ratio = info.file_size / max(1, info.compress_size)
        if info.file_size > MAX_PART or (info.file_size > _SMALL and ratio > MAX_RATIO):
            raise self._too_large()
        try:
            with self._zip.open(info) as part:
                data = part.read(MAX_PART + 1)
        except _BROKEN as error:
            raise self._broken() from error
        if len(data) > MAX_PART:
            raise self._too_large()
        return data

    def _parsed(self, data: bytes) -> Element:
        root: Element | None = None
        depth = count = 0
        try:
            for event, element in iterparse(
                io.BytesIO(data), events=("start", "end"), forbid_dtd=True
            ):
                root = element if root is None else root
                depth += 1 if event == "start" else -1
                count += event == "start"
                if count > MAX_ELEMENTS:
                    raise self._too_large()
                if depth > MAX_DEPTH:
                    raise UnreadableFile(
                        self.name, gettext_noop("%(name)s: the file is nested too deeply.")
                    )
        except (ParseError, DefusedXmlException) as error:
            raise self._broken() from error
        if root is None:
            raise self._broken()
        return root

    def _broken(self) -> UnreadableFile:
        return UnreadableFile(
            self.name, gettext_noop("%(name)s: the file is damaged or not what its ending says.")
        )

    def _too_large(self) -> UnreadableFile:
        return UnreadableFile(
            self.name, gettext_noop("%(name)s: the file unpacks to too much data.")
        )
