"""Office files as archives of which the same content gives the same bytes. No Django."""

from __future__ import annotations

import io
import zipfile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_EPOCH = (1980, 1, 1, 0, 0, 0)


def repacked(file: IO[bytes], replaced: Mapping[str, bytes] | None = None) -> bytes:
    """Return an office file in which no time of now stands.

    Args:
        file: An open archive, as a library has written it.
        replaced: Other contents for some of its parts.
    """
    other = replaced or {}
    result = io.BytesIO()
    with (
        zipfile.ZipFile(file) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            content = other[name] if name in other else source.read(name)
            target.writestr(info, content, zipfile.ZIP_DEFLATED)
    return result.getvalue()
