"""Telling whether bytes are a PDF, without reading what stands in it."""

from __future__ import annotations

TAIL = 2048
"""So many bytes at the end hold the trailer; some programs write a few more behind it."""


def is_pdf(data: bytes) -> bool:
    """Tell whether a file is a whole PDF: its beginning, an object, and its end.

    Args:
        data: All bytes of the file.

    Source: ISO 32000-2, 7.5 (header, body, trailer).
    """
    tail = data[-TAIL:]
    start = tail.rfind(b"startxref")
    is_whole = data.startswith(b"%PDF-") and b" obj" in data and start >= 0
    return is_whole and b"%%EOF" in tail[start:]
