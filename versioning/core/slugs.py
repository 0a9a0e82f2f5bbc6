"""Parts of addresses, in plain letters."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 100

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def ascii_slug(title: str) -> str:
    """Return a title as part of an address: "Straßen für alle" becomes "strassen-fuer-alle".

    Args:
        title: Any text.

    Returns:
        Lower-case letters, digits and hyphens; empty for a title without any of them.
    """
    plain = unicodedata.normalize("NFC", title).lower().translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_LENGTH].strip("-")
