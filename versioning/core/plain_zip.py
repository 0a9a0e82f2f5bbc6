"""ZIP archives of one single form: names in order, nothing compressed, one time, no extras.

The same entries give the same bytes, with any release of Python and of zlib, so an archive can be
checked byte for byte by writing it once more. Since nothing is compressed, none can unfold.

Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
"""

from __future__ import annotations

import re
import struct
from binascii import crc32
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)*")
"""What an entry may be called: no folders, so none can leave the one it is unpacked to."""
MAX_NAME = 100
MAX_ENTRIES = 200
FIRST_YEAR, LAST_YEAR = 1980, 2107
"""Years that the format knows."""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION = 20
_ON_UNIX = 3 << 8
_READABLE = 0o100644 << 16


class BrokenZip(ValueError):  # noqa: N818  # named like what it is
    """This is not an archive of this form."""


class NotZip(BrokenZip):
    """This is no ZIP archive at all."""


class Entry(NamedTuple):
    """One file of an archive.

    Attributes:
        crc: The checksum that the archive states for it.
    """

    name: str
    content: bytes
    crc: int

    @property
    def is_sound(self) -> bool:
        """Whether the content has the stated checksum."""
        return crc32(self.content) == self.crc


def write(files: Mapping[str, bytes], moment: datetime) -> bytes:
    """Return an archive.

    Args:
        files: Contents by name.
        moment: The time of every entry, aware; the format knows every second second.

    Raises:
        ValueError: A name that may not be, or too many.
    """
    if len(files) > MAX_ENTRIES or not all(_may_be(name) for name in files):
        raise ValueError("These names cannot stand in an archive.")
    entries = [Entry(name, files[name], crc32(files[name])) for name in sorted(files)]
    return b"".join(_pieces(entries, dos_time(moment)))


def read(data: bytes) -> list[Entry]:
    """Return the entries of an archive, in their order.

    An entry whose content was altered is returned, too: it is not sound. Everything else in the
    archive has exactly one possible form.

    Raises:
        NotZip: It is no ZIP archive.
        BrokenZip: It is not of the form that ``write`` gives.
    """
    if not data.startswith(_LOCAL_MARK) and data[-_END.size :][:4] != _END_MARK:
        raise NotZip
    entries, time = _listed(data)
    names = [entry.name for entry in entries]
    if names != sorted(set(names)) or not all(map(_may_be, names)):
        raise BrokenZip
    at = 0
    for piece in _pieces(entries, time):
        if data[at : at + len(piece)] != piece:
            raise BrokenZip
        at += len(piece)
    if at != len(data):
        raise BrokenZip
    return entries


def time_of(data: bytes) -> tuple[int, int]:
    """Return time and date of the first entry of an archive that could be read."""
    fields = _LOCAL.unpack_from(data)
    return fields[4], fields[5]


def dos_time(moment: datetime) -> tuple[int, int]:
    """Return time and date of a moment as the format writes them, in UTC."""
    there = moment.astimezone(UTC)
    there = min(max(there, datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)), _LAST)
    time = there.hour << 11 | there.minute << 5 | there.second // 2
    return time, (there.year - FIRST_YEAR) << 9 | there.month << 5 | there.day


_LAST = datetime(LAST_YEAR, 12, 31, tzinfo=UTC)


def _may_be(name: str) -> bool:
    return len(name) <= MAX_NAME and NAME.fullmatch(name) is not None


def _listed(data: bytes) -> tuple[list[Entry], tuple[int, int]]:
    """Follow the table of contents; what it does not say is compared by ``read``."""
    try:
        mark, *_disks, count, size, start, _comment = _END.unpack(data[-_END.size :])
        if mark != _END_MARK or count > MAX_ENTRIES or start + size + _END.size != len(data):
            raise BrokenZip
        entries, times, at = [], [], start
        for _number in range(count):
            fields = _CENTRAL.unpack_from(data, at)
            name = data[at + _CENTRAL.size : at + _CENTRAL.size + fields[10]].decode("ascii")
            begin = fields[16] + _LOCAL.size + len(name)
            content = data[begin : begin + fields[8]]
            entries.append(Entry(name, content, fields[7]))
            times.append((fields[5], fields[6]))
            at += _CENTRAL.size + len(name)
    except (struct.error, UnicodeDecodeError) as error:
        raise BrokenZip from error
    if sum(len(entry.content) for entry in entries) > len(data):
        raise BrokenZip  # entries that overlap
    return entries, times[0] if times else (0, 0)


def _pieces(entries: Sequence[Entry], time: tuple[int, int]) -> Iterator[bytes]:
    """Yield an archive piece by piece."""
    begins, at = [], 0
    for entry in entries:
        begins.append(at)
        name = entry.name.encode("ascii")
        head = _LOCAL.pack(_LOCAL_MARK, _VERSION, 0, 0, *time, *_sizes(entry), len(name), 0)
        yield head + name
        yield entry.content
        at += len(head) + len(name) + len(entry.content)
    start = at
    for entry, begin in zip(entries, begins, strict=True):
        name = entry.name.encode("ascii")
        made = (_CENTRAL_MARK, _VERSION | _ON_UNIX, _VERSION, 0, 0, *time, *_sizes(entry))
        head = _CENTRAL.pack(*made, len(name), 0, 0, 0, 0, _READABLE, begin)
        yield head + name
        at += len(head) + len(name)
    yield _END.pack(_END_MARK, 0, 0, len(entries), len(entries), at - start, start, 0)


def _sizes(entry: Entry) -> tuple[int, int, int]:
    return entry.crc, len(entry.content), len(entry.content)
