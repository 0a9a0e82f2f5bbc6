"""Tracked changes of an OpenDocument text: all accepted, or all refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ID = _TEXT + "id"
_CHANGE = _TEXT + "change-id"
_START, _END, _DELETED = (_TEXT + tag for tag in ("change-start", "change-end", "change"))
_PARAGRAPHS = frozenset({_TEXT + "p", _TEXT + "h"})
_CONTENT = frozenset({*_PARAGRAPHS, _TEXT + "list", _TABLE + "table"})
_BLOCKS = frozenset({*_CONTENT, _TEXT + "section", _TEXT + "list-item"})


def resolve_changes(body: Element, *, refuse: bool) -> int:
    """Accept or refuse all tracked changes of a text, in place.

    The text as it stands has them all accepted; deleted words are kept aside.

    Args:
        body: The element ``office:text``.
        refuse: Take inserted words out and put deleted ones back.

    Returns:
        How many changes there were.
    """
    tracked = body.find(_TEXT + "tracked-changes")
    if tracked is None:
        return 0
    regions = {region.get(_ID, ""): region for region in tracked}
    if refuse:
        body.remove(tracked)
        _Refusal(regions).blocks(body)
    return len(regions)


class _Refusal:
    """Goes through a text and takes back each change."""

    def __init__(self, regions: dict[str, Element]) -> None:
        """Start outside all insertions."""
        self._regions = regions
        self._inside: set[str] = set()

    def blocks(self, parent: Element) -> None:
        """Take back the changes in a body, list item or cell."""
        waiting: Element | None = None
        for child in list(parent):
            if child.tag in {_START, _END}:
                self._pass(child)
            elif child.tag in _PARAGRAPHS:
                waiting = self._paragraph(parent, child, waiting)
            else:
                was_inside = bool(self._inside)
                self.blocks(child)
                if was_inside and self._inside and child.tag in _BLOCKS:
                    parent.remove(child)

    def _paragraph(
        self, parent: Element, paragraph: Element, waiting: Element | None
    ) -> Element | None:
        """Take back the changes in a paragraph.

        Args:
            parent: What it stands in.
            paragraph: The paragraph.
            waiting: The paragraph before, where the mark between the two was inserted.

        Returns:
            The paragraph that the next one has to be joined to, or nothing.
        """
        is_new = bool(self._inside) and waiting is None
        restored = self._inline(paragraph)
        goes_on = bool(self._inside)
        if waiting is not None:
            _append(waiting, paragraph)
            parent.remove(paragraph)
            return waiting if goes_on else None
        at = list(parent).index(paragraph) + 1
        parent[at:at] = restored
        if is_new and goes_on and not _says(paragraph):
            parent.remove(paragraph)
            return None
        return paragraph if goes_on else None

    def _inline(self, element: Element) -> list[Element]:
        """Take back the changes inside an element; return paragraphs that come behind it."""
        behind: list[Element] = []
        if self._inside:
            element.text = ""
        for child in list(element):
            if child.tag in {_START, _END}:
                self._pass(child)
            elif child.tag == _DELETED:
                restored = self._put_back(child)
                if restored and restored[-1].tag in _PARAGRAPHS:
                    _move_rest(element, child, restored[-1])
                    return [*behind, *restored, *self._inline(restored[-1])]
                behind += restored
            else:
                was_inside = bool(self._inside)
                behind += self._inline(child)
                if was_inside and self._inside:
                    child.clear()
            if self._inside:
                child.tail = ""
        return behind

    def _pass(self, mark: Element) -> None:
        """Go into an insertion, or out of it."""
        key = mark.get(_CHANGE, "")
        region = self._regions.get(key)
        is_insertion = region is not None and region.find(_TEXT + "insertion") is not None
        if mark.tag == _START and is_insertion:
            self._inside.add(key)
        elif mark.tag == _END:
            self._inside.discard(key)

    def _put_back(self, mark: Element) -> list[Element]:
        """Put deleted words where they stood; whole paragraphs among them come behind."""
        region = self._regions.get(mark.get(_CHANGE, ""))
        deletion = None if region is None else region.find(_TEXT + "deletion")
        if deletion is None or self._inside:
            return []
        found = [element for element in deletion if element.tag in _CONTENT]
        tail = mark.tail
        mark.clear()
        mark.tag, mark.tail = _TEXT + "span", tail
        if found and found[0].tag in _PARAGRAPHS:
            first = found.pop(0)
            mark.text = first.text
            mark[:] = list(first)
        return found


def _move_rest(element: Element, mark: Element, last: Element) -> None:
    """Put what stands behind a mark at the end of the last paragraph that was deleted there."""
    rest = list(element)[list(element).index(mark) + 1 :]
    _append_text(last, mark.tail or "")
    mark.tail = ""
    for child in rest:
        element.remove(child)
    last.extend(rest)


def _append(paragraph: Element, other: Element) -> None:
    """Put the words of another paragraph at the end of one."""
    _append_text(paragraph, other.text or "")
    paragraph.extend(list(other))


def _append_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _says(paragraph: Element) -> bool:
    return bool("".join(paragraph.itertext()).strip())
