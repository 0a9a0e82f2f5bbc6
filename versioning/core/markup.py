"""Foreign html as events, and inline html as stretches of text that carry marks.

Of all markup a few inline marks survive, because only they are ever written. No tree is built, so
the work grows with the length of the input alone, whatever its nesting.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, NamedTuple, Protocol

from lxml import etree

from versioning.core.characters import LINE_BREAK, cleaned, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_DEPTH = 500
MAX_HREF = 2000

_CHUNK = 1 << 16
_MARKS = {
    "b": "b",
    "strong": "b",
    "i": "i",
    "em": "i",
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
    "sup": "sup",
    "sub": "sub",
}
_MARK_ORDER = ("b", "i", "code", "sup", "sub")
_BORDERS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd"}
    | {"details", "div", "dl", "dt", "embed", "fieldset", "figcaption", "figure", "footer"}
    | {"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "img", "li", "main", "nav"}
    | {"ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead"}
    | {"tr", "ul"}
)
_DROPPED = frozenset(
    {"audio", "canvas", "datalist", "frameset", "iframe", "noembed", "noframes", "noscript"}
    | {"object", "script", "select", "style", "template", "textarea", "title", "video", "xmp"}
)
_SAFE_HREF = re.compile(
    r"(?:https?://[^\s/?#\\]|mailto:[^\s\\]|#|/(?![/\\]))[^\s]*\Z",
    re.IGNORECASE,
)
_INVISIBLE_IN_HREF = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


class UnreadableText(ValueError):  # noqa: N818 -- it names the text, like UnreadableFile the file
    """A text cannot be read; the message is a sentence for the person who gave it."""


class Stretch(NamedTuple):
    """Text that carries the same marks throughout.

    Attributes:
        text: The words, without control characters; ``LINE_BREAK`` stands for ``<br>``.
        marks: Opening tags without brackets, outermost first, such as ``('a href="/x"', 'b')``.
    """

    text: str
    marks: tuple[str, ...] = ()


class EventTarget(Protocol):
    """Receives what a parser reads."""

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None:
        """Take the start of an element."""

    def end(self, tag: str, /) -> None:
        """Take the end of an element."""

    def data(self, text: str, /) -> None:
        """Take text."""


def safe_href(value: str) -> str | None:
    """Return an address that may stand in a link, or None.

    Allowed are http, https and mailto, anchors on the same page and paths on the same host.

    Args:
        value: Address as found, entities already resolved.
    """
    href = _INVISIBLE_IN_HREF.sub("", whole(value)).strip().replace(" ", "%20")
    if len(href) > MAX_HREF or not _SAFE_HREF.match(href):
        return None
    return href


def escape_text(text: str) -> str:
    """Return text as html, escaped the way a browser writes a text node."""
    return escape(text, quote=False)


def link_tag(attributes: Mapping[str, str]) -> str:
    """Return the opening tag of a link without brackets, empty when it may not be a link."""
    kind, key = attributes.get("linktype", ""), attributes.get("id", "")
    if kind in {"page", "document"} and re.fullmatch(r"[0-9]{1,18}", key, re.ASCII):
        return f'a linktype="{kind}" id="{key}"'
    href = safe_href(attributes.get("href", ""))
    return f'a href="{escape(href)}"' if href else ""


def parse_events(html: str, target: EventTarget, *, max_depth: int | None = None) -> None:
    """Feed html to a target.

    Contents of elements that show no text of their own, such as ``script``, are left out.

    Args:
        html: Any text.
        target: What takes the events.
        max_depth: How deep elements may be nested; None for any depth.

    Raises:
        UnreadableText: Elements are nested deeper.
    """
    parser = etree.HTMLParser(
        target=_Guard(target, max_depth),  # type: ignore[arg-type] # stubs demand comments and bytes
        encoding="utf-8",
        huge_tree=True,
    )
    source = whole(html).replace("\x00", "").encode()
    for begin in range(0, len(source), _CHUNK):
        parser.feed(source[begin : begin + _CHUNK])
    if source:
        parser.close()


def read_stretches(html: str) -> list[Stretch]:
    """Return the stretches of a fragment as they stand; borders of blocks are one space."""
    reader = _FragmentReader()
    parse_events(html, reader)
    return reader.inline.take()


def joined(stretches: Iterable[Stretch]) -> str:
    """Return the text of stretches without their marks."""
    return "".join(stretch.text for stretch in stretches).replace(LINE_BREAK, "")


def written(stretches: Iterable[Stretch]) -> str:
    """Return stretches as well-formed html."""
    out: list[str] = []
    still_open: tuple[str, ...] = ()
    for text, marks in stretches:
        common = _common_length(still_open, marks)
        out.extend(_closing(still_open[common:]))
        out.extend(f"<{tag}>" for tag in marks[common:])
        out.append(escape_text(text).replace(LINE_BREAK, "<br>"))
        still_open = marks
    out.extend(_closing(still_open))
    return "".join(out)


class InlineCollector:
    """Collects text with the inline marks that are open around it."""

    def __init__(self) -> None:
        """Start with nothing open."""
        self._open: dict[str, int] = {}
        self._links: list[str] = []
        self._marks: tuple[str, ...] = ()
        self._stretches: list[Stretch] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Open a mark; other tags change nothing."""
        if tag == "a":
            self._links.append(link_tag(attributes))
        elif tag in _MARKS:
            self._open[_MARKS[tag]] = self._open.get(_MARKS[tag], 0) + 1
        else:
            return
        self._marks = self._current()

    def end(self, tag: str) -> None:
        """Close a mark."""
        if tag == "a" and self._links:
            self._links.pop()
        elif tag in _MARKS and self._open.get(_MARKS[tag], 0):
            self._open[_MARKS[tag]] -= 1
        else:
            return
        self._marks = self._current()

    def text(self, data: str) -> None:
        """Add text under the open marks."""
        if clean := cleaned(data):
            self._stretches.append(Stretch(clean, self._marks))

    def line_break(self) -> None:
        """Add a line break, which counts as one space."""
        self._stretches.append(Stretch(LINE_BREAK + " ", self._marks))

    def space(self) -> None:
        """Add the one space that a border counts as, outside all marks."""
        self._stretches.append(Stretch(" "))

    def take(self) -> list[Stretch]:
        """Return what was collected and start anew; open marks stay open."""
        stretches, self._stretches = self._stretches, []
        return stretches

    def _current(self) -> tuple[str, ...]:
        links = tuple(link for link in self._links[-1:] if link)
        return links + tuple(tag for tag in _MARK_ORDER if self._open.get(tag))


class _Guard:
    """Stands between lxml and a target: bounds the depth and drops what is never shown."""

    def __init__(self, target: EventTarget, max_depth: int | None) -> None:
        self._target = target
        self._max_depth = max_depth
        self._depth = 0
        self._dropped = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._max_depth is not None and self._depth > self._max_depth:
            raise UnreadableText("The text is nested too deeply.")
        if self._dropped or tag in _DROPPED:
            self._dropped += 1
        else:
            self._target.start(tag, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._dropped:
            self._dropped -= 1
        else:
            self._target.end(tag)

    def data(self, text: str) -> None:
        if not self._dropped:
            self._target.data(text)

    def close(self) -> None:
        """End of the input; lxml asks for it."""


class _FragmentReader:
    """Reads a whole fragment as one line of text."""

    def __init__(self) -> None:
        self.inline = InlineCollector()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "br":
            self.inline.line_break()
        elif tag in _BORDERS:
            self.inline.space()
        else:
            self.inline.start(tag, attributes)

    def end(self, tag: str) -> None:
        if tag in _BORDERS:
            self.inline.space()
        else:
            self.inline.end(tag)

    def data(self, text: str) -> None:
        self.inline.text(text)


def _common_length(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length


def _closing(tags: tuple[str, ...]) -> list[str]:
    return [f"</{tag.split(' ', 1)[0]}>" for tag in reversed(tags)]
