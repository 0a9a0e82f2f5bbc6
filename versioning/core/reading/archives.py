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
MAX_TOTAL = 60 * 1024 * 1024
"""Bytes that all parts which are read unpack to, together."""
MAX_DECLARED = 200 * 1024 * 1024
"""Bytes that all parts say they unpack to, together, whether they are read or not."""
MAX_RATIO = 60
MAX_ELEMENTS = 400_000
MAX_DEPTH = 200

_ENTRY = b"PK\x01\x02"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_ENTRY = 0x1
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
        self._left = MAX_TOTAL
        self._refuse_what_is_no_zip(content.data)
        if content.data.count(_ENTRY) > MAX_ENTRIES:
            raise self._too_many()
        try:
            self._zip = ZipFile(io.BytesIO(content.data))
        except _BROKEN as error:
            raise self._broken() from error
        if sum(info.file_size for info in self._zip.infolist()) > MAX_DECLARED:
            raise self._too_large()

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

    def names(self) -> list[str]:
        """Return the names of all parts; nothing is ever written under them."""
        return self._zip.namelist()

    def data(self, path: str) -> bytes | None:
        """Return a part as it is, or None where the archive has no such part."""
        try:
            info = self._zip.getinfo(path)
        except KeyError:
            return None
        return self._unpacked(info)

    def encrypted(self) -> UnreadableFile:
        """Return the refusal of a file that nobody can read without its password."""
        return UnreadableFile(
            self.name,
            gettext_noop(
                "%(name)s: the file is protected by a password. Save it without one and try again."
            ),
        )

    def remote(self, address: str) -> UnreadableFile:
        """Return the refusal of a file that wants to load something from elsewhere."""
        return UnreadableFile(
            self.name,
            gettext_noop(
                "%(name)s: the file loads something from elsewhere (%(address)s). Put it into the "
                "file itself, or take the reference out, and try again."
            ),
            address=" ".join(address.split())[:100],
        )

    def _refuse_what_is_no_zip(self, data: bytes) -> None:
        if not data:
            raise UnreadableFile(self.name, gettext_noop("%(name)s: the file is empty."))
        if not data.startswith(_OLD_OFFICE):
            return
        if _ENCRYPTED in data:
            raise self.encrypted()
        raise UnreadableFile(
            self.name,
            gettext_noop(
                "%(name)s: the file has an old format of Word. Save it as .docx and try again."
            ),
        )

    def _unpacked(self, info: ZipInfo) -> bytes:
        if info.flag_bits & _ENCRYPTED_ENTRY:
            raise self.encrypted()
        ratio = info.file_size / max(1, info.compress_size)
        if info.file_size > MAX_PART or (info.file_size > _SMALL and ratio > MAX_RATIO):
            raise self._too_large()
        try:
            with self._zip.open(info) as part:
                data = part.read(MAX_PART + 1)
        except _BROKEN as error:
            raise self._broken() from error
        self._left -= len(data)
        if len(data) > MAX_PART or self._left < 0:
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

    def _too_many(self) -> UnreadableFile:
        return UnreadableFile(
            self.name, gettext_noop("%(name)s: the file is made of too many parts.")
        )

    def _too_large(self) -> UnreadableFile:
        return UnreadableFile(
            self.name, gettext_noop("%(name)s: the file unpacks to too much data.")
        )
