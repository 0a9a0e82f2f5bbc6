"""What foreign text may become: the only door to bleach.

Two kinds of foreign text reach the site. Editors write rich text, of which a few inline marks
stay. Citizens write plain text, of which nothing is markup; paragraphs and links are made when it
is shown.
"""

from __future__ import annotations

import re
from html import escape

MAX_HREF = 2000

_SAFE_HREF = re.compile(
    r"(?:https?://[^\s/?#\\]|mailto:[^\s\\]|#|/(?![/\\]))[^\s]*\Z",
    re.IGNORECASE,
)
_INVISIBLE_IN_HREF = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def safe_href(value: str) -> str | None:
    """Return an address that may stand in a link, or None.

    Allowed are http, https and mailto, anchors on the same page and paths on the same host.

    Args:
        value: Address as found, entities already resolved.
    """
    href = _INVISIBLE_IN_HREF.sub("", value).strip().replace(" ", "%20")
    if len(href) > MAX_HREF or not _SAFE_HREF.match(href):
        return None
    return href


def escape_text(text: str) -> str:
    """Return text as html, escaped the way a browser writes a text node."""
    return escape(text, quote=False)
