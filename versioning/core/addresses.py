"""Links in frozen html, and whether an address can lead anywhere; nothing is fetched."""

from __future__ import annotations

import re
from html import unescape
from ipaddress import ip_address
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

LinkKind = Literal["page", "document", "path", "anchor", "address"]

_LINK = re.compile(r"<a ([^>]*)>(.*?)</a>", re.DOTALL)
_INTERNAL = re.compile(r'linktype="(page|document)" id="([0-9]{1,18})"')
_HREF = re.compile(r'href="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
_HOST = re.compile(r"(?!-)[\w-]+(?:\.[\w-]+)*\.(?=[\w-]*[^\W\d])[\w-]{2,}\.?")
_MAILBOX = re.compile(r"[^\s@,?]+@([^\s@,?]+)")


class FoundLink(NamedTuple):
    """A link in the html of a passage.

    Attributes:
        kind: A page or document of the site by its key, a path on this host, a place on the same
            page, or any other address.
        target: The key, or the address as written.
        words: What can be clicked, as plain text.
    """

    kind: LinkKind
    target: str
    words: str


def links_in(html: str) -> list[FoundLink]:
    """Return the links of inline html in the normal form of law 9, in reading order."""
    return [
        _found(attributes, plain_words(inner))
        for attributes, inner in _LINK.findall(html if "<a " in html else "")
    ]


def plain_words(html: str) -> str:
    """Return the words of inline html, with single spaces."""
    return " ".join(unescape(_TAG.sub("", html.replace("<br>", " "))).split())


def is_sound(address: str) -> bool:
    """Tell whether an address with a scheme can lead somewhere.

    That is http or https with a host that others can reach by its name or number, or mailto with
    a mailbox. Nothing is asked of the network.

    Args:
        address: As frozen, entities resolved.
    """
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:  # brackets, or a port that is none
        return False
    scheme = parts.scheme.lower()
    if scheme == "mailto":
        boxes = [_MAILBOX.fullmatch(box.strip()) for box in parts.path.split(",")]
        return all(box is not None and _HOST.fullmatch(box[1]) for box in boxes)
    return scheme in {"http", "https"} and _is_host(host)


def _is_host(host: str) -> bool:
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return _HOST.fullmatch(host) is not None


def _found(attributes: str, words: str) -> FoundLink:
    if internal := _INTERNAL.search(attributes):
        kind: LinkKind = "page" if internal[1] == "page" else "document"
        return FoundLink(kind, internal[2], words)
    match = _HREF.search(attributes)
    href = unescape(match[1]) if match else ""
    if href.startswith("#"):
        return FoundLink("anchor", href, words)
    return FoundLink("path" if href.startswith("/") else "address", href, words)
