"""The normal form of law 9: what the browser shows is what was stored.

Inline html is read as a flat list of stretches that carry marks, normalised as text, and written
anew. The text content of the written html equals the text, code point for code point, and nothing
stands in it that a browser reads differently: no control characters, no entities but four.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from versioning.core.sanitizing import escape_text, safe_href

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_DEPTH = 500

_CHUNK = 1 << 16
_TAIL = 64
_REMOVED = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\ufffe\uffff]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONG_RUN = re.compile("[^\x00-\u02ff]{32,}")
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
_BREAKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd"}
    | {"details", "div", "dl", "dt", "embed", "fieldset", "figcaption", "figure", "footer"}
    | {"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "img", "li", "main", "nav"}
    | {"ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead"}
    | {"tr", "ul"}
)
DROPPED = frozenset(
    {"audio", "canvas", "datalist", "frameset", "iframe", "noembed", "noframes", "noscript"}
    | {"object", "script", "select", "style", "template", "textarea", "title", "video", "xmp"}
)


class UnreadableText(ValueError):  # noqa: N818 -- it names the text, like UnreadableFile the file
    """A text cannot be read; the message is a sentence for the person who gave it."""


class Stretch(NamedTuple):
    """Text that carries the same marks throughout.

    Attributes:
        text: The words.
        marks: Opening tags without brackets, outermost first, such as ``('a href="/x"', 'b')``.
    """

    text: str
    marks: tuple[str, ...] = ()


def normal_text(text: str) -> str:
    """Return plain text in normal form: NFC, single spaces, no soft hyphens, trimmed.

    Control characters vanish, every run of Unicode white space becomes one U+0020, and lone
    surrogates become U+FFFD. Applying it twice equals applying it once.
    """
    return " ".join(_composed(_cleaned(text)).split())


def normal_form(inline_html: str) -> tuple[str, str]:
    """Return inline html and its text, both in normal form.

    Block borders, ``<br>`` and cell borders inside the fragment count as one space.

    Args:
        inline_html: Any html; of its markup the inline marks stay.

    Returns:
        The html, whose text content is the text, and the text.

    Raises:
        UnreadableText: The html is nested too deeply.
    """
    stretches = normal_stretches(read_stretches(inline_html))
    return written(stretches), joined(stretches)


def read_stretches(inline_html: str) -> list[Stretch]:
    """Return the stretches of a fragment as they stand, before normalising."""
    collector = _FragmentReader()
    parse_events(inline_html, collector)
    return collector.inline.take()


def normal_stretches(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches whose joined text is in normal form, each with its marks."""
    clean = _merged(Stretch(_cleaned(text), marks) for text, marks in stretches)
    result = _merged(_collapsed(_composed_stretches(clean)))
    text = joined(result)
    if text != normal_text(text):
        return [Stretch(normal_text(text))]
    return result


def joined(stretches: Iterable[Stretch]) -> str:
    """Return the text of stretches without their marks."""
    return "".join(stretch.text for stretch in stretches)


def written(stretches: Iterable[Stretch]) -> str:
    """Return stretches as well-formed html."""
    out: list[str] = []
    still_open: tuple[str, ...] = ()
    for text, marks in stretches:
        common = _common_length(still_open, marks)
        out.extend(_closing(still_open[common:]))
        out.extend(f"<{tag}>" for tag in marks[common:])
        out.append(escape_text(text))
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
        if data:
            self._stretches.append(Stretch(data, self._marks))

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


def link_tag(attributes: Mapping[str, str]) -> str:
    """Return the opening tag of a link without brackets, empty when it may not be a link."""
    kind, key = attributes.get("linktype", ""), attributes.get("id", "")
    if kind in {"page", "document"} and re.fullmatch(r"[0-9]{1,18}", key, re.ASCII):
        return f'a linktype="{kind}" id="{key}"'
    href = safe_href(attributes.get("href", ""))
    return f'a href="{escape(href)}"' if href else ""


class EventTarget:
    """Receives what a parser reads; base of the readers of fragments and of documents."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""

    def end(self, tag: str) -> None:
        """Take the end of an element."""

    def data(self, text: str) -> None:
        """Take text."""


def parse_events(html: str, target: EventTarget) -> None:
    """Feed html to a target without building a tree: time grows with the length alone.

    Contents of elements that show no text of their own, such as ``script``, are left out.

    Raises:
        UnreadableText: Elements are nested more than 500 deep.
    """
    parser = etree.HTMLParser(target=_Guard(target), encoding="utf-8", huge_tree=True)
    source = _SURROGATE.sub("\ufffd", html).replace("\x00", "").encode()
    for begin in range(0, len(source), _CHUNK):
        parser.feed(source[begin : begin + _CHUNK])
    if source:
        parser.close()


class _Guard:
    """Stands between lxml and a target: bounds the depth and drops what is never shown."""

    def __init__(self, target: EventTarget) -> None:
        self._target = target
        self._depth = 0
        self._dropped = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise UnreadableText("The text is nested too deeply.")
        if self._dropped or tag in DROPPED:
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


class _FragmentReader(EventTarget):
    """Reads a whole fragment as one line of text."""

    def __init__(self) -> None:
        self.inline = InlineCollector()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _BREAKS:
            self.inline.space()
        self.inline.start(tag, attributes)

    def end(self, tag: str) -> None:
        self.inline.end(tag)
        if tag in _BREAKS:
            self.inline.space()

    def data(self, text: str) -> None:
        self.inline.text(text)


def _cleaned(text: str) -> str:
    return _SURROGATE.sub("\ufffd", _REMOVED.sub("", text))


def _composed(text: str) -> str:
    """Return the text in NFC; in linear time, also for a letter under 100,000 accents."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _LONG_RUN.sub(_accents_in_order, text))


def _accents_in_order(run: re.Match[str]) -> str:
    """Sort accents as NFC would, since its own sorting is quadratic."""
    out: list[str] = []
    decomposed = "".join(unicodedata.normalize("NFD", char) for char in run.group())
    for is_accent, group in groupby(decomposed, lambda char: unicodedata.combining(char) > 0):
        chars = list(group)
        out.extend(sorted(chars, key=unicodedata.combining) if is_accent else chars)
    return "".join(out)


def _composed_stretches(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Compose within stretches, after moving accents to the letter that they stand on."""
    parts: list[tuple[list[str], tuple[str, ...]]] = []
    before = ""
    for text, marks in stretches:
        rest = _composed(text)
        while before and rest and _belongs_to(rest[0], before):
            length = _accents_at_start(rest)
            parts[-1][0].append(rest[:length])
            before = (before + rest[:length])[-_TAIL:]
            rest = rest[length:]
        if rest:
            parts.append(([rest], marks))
            before = rest[-_TAIL:]
    return [Stretch(_composed("".join(texts)), marks) for texts, marks in parts]


def _belongs_to(char: str, before: str) -> bool:
    """Tell whether a character changes or joins the letter before it in NFC."""
    if char.isascii():
        return False
    if unicodedata.combining(unicodedata.normalize("NFD", char)[0]):
        return True
    tail = _composed(before)
    return _composed(tail + char) != tail + _composed(char)


def _accents_at_start(text: str) -> int:
    """Return how many characters at the start go to the letter before, at least one."""
    length = 1
    while length < len(text) and unicodedata.combining(text[length]):
        length += 1
    return length


def _collapsed(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Make every run of white space one space, across borders of stretches, and trim."""
    result: list[Stretch] = []
    after_space = True
    for text, marks in stretches:
        body = re.sub(r"\s+", " ", text)
        body = body[1:] if after_space and body.startswith(" ") else body
        if body:
            result.append(Stretch(body, marks))
            after_space = body.endswith(" ")
    if result and after_space:
        result[-1] = Stretch(result[-1].text[:-1], result[-1].marks)
    return result


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Join neighbours with the same marks and leave out empty ones."""
    filled = (stretch for stretch in stretches if stretch.text)
    return [
        Stretch("".join(stretch.text for stretch in group), marks)
        for marks, group in groupby(filled, lambda stretch: stretch.marks)
    ]


def _common_length(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length


def _closing(tags: tuple[str, ...]) -> list[str]:
    return [f"</{tag.split(' ', 1)[0]}>" for tag in reversed(tags)]
