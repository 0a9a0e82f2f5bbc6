"""Elements around stretches of a passage's html, its marks kept and its text unchanged."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from versioning.core.markup import escape_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>]*>|[^<]+")
_CELLS = frozenset({"td", "th"})


class Part(NamedTuple):
    """A part of a stretch that stands in one text node.

    Attributes:
        stretch: Which stretch it belongs to, from 0.
        is_first: The stretch begins here.
        is_last: The stretch ends here.
        in_link: It stands in a link, so it cannot be one.
    """

    stretch: int
    is_first: bool
    is_last: bool
    in_link: bool


def wrapped(
    html: str,
    stretches: Sequence[tuple[int, int]],
    element: Callable[[Part], tuple[str, str]],
) -> str:
    """Put elements around stretches of html in normal form.

    A stretch that runs across marks gets one element in each text node, so the html stays well
    formed. Spaces between the cells of a row stay bare, because nothing else may stand there.
    The text content does not change.

    Args:
        html: Html in normal form, links resolved or not.
        stretches: Start and end of each stretch, in order, none over another.
        element: Returns the opening and the closing tag around one part.
    """
    out: list[str] = []
    walk = _Walk(stretches)
    links = cells = 0
    has_cells = "<td" in html or "<th" in html
    for token in _TOKEN.finditer(html):
        closing, tag = token.group(1), token.group(2)
        if tag:
            step = -1 if closing else 1
            links += step if tag == "a" else 0
            cells += step if tag in _CELLS else 0
            out.append(token.group())
            continue
        is_bare = has_cells and not cells
        for text, part in walk.through(unescape(token.group()), in_link=links > 0):
            opening, end = element(part) if part and not is_bare else ("", "")
            out.append(f"{opening}{escape_text(text)}{end}")
    return "".join(out)


class _Walk:
    """Reads text nodes from front to back and cuts them at the borders of stretches."""

    def __init__(self, stretches: Sequence[tuple[int, int]]) -> None:
        self._stretches = stretches
        self._index = 0
        self._at = 0

    def through(self, text: str, *, in_link: bool) -> Iterator[tuple[str, Part | None]]:
        """Yield the parts of one text node, those outside of any stretch with None."""
        begin = self._at
        self._at += len(text)
        while begin < self._at:
            start, end = self._next(begin)
            if start > begin:
                until = min(start, self._at)
                part = None
            else:
                until = min(end, self._at)
                is_first = self._stretches[self._index][0] == begin
                part = Part(self._index, is_first, until == end, in_link)
            offset = self._at - len(text)
            yield text[begin - offset : until - offset], part
            begin = until

    def _next(self, begin: int) -> tuple[int, int]:
        """Return the stretch that holds or follows an offset."""
        while self._index < len(self._stretches) and self._stretches[self._index][1] <= begin:
            self._index += 1
        if self._index == len(self._stretches):
            return self._at, self._at
        return self._stretches[self._index]
