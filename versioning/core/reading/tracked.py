"""Tracked changes of a Word file: all accepted, or all refused."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_INSERTED = frozenset({_W + "ins", _W + "moveTo"})
_DELETED = frozenset({_W + "del", _W + "moveFrom"})
_AROUND = _INSERTED | _DELETED
_OLD_PROPERTIES = {_W + "pPr": _W + "pPrChange", _W + "rPr": _W + "rPrChange"}
_COUNTED = _AROUND | frozenset(_OLD_PROPERTIES.values())
_KEPT = frozenset({_W + "rPr", _W + "sectPr", *_AROUND})
_PLAIN = _W + "customXml"
_BLOCKS = frozenset(_W + tag for tag in ("p", "tbl", "sdt", "sectPr"))


def resolve_changes(root: Element, *, refuse: bool) -> int:
    """Accept or refuse all tracked changes of a part, in place.

    A paragraph whose mark goes is joined with the one behind it, which keeps its own look.

    Args:
        root: The part, such as the document or its footnotes.
        refuse: Leave the text as it was before the changes.

    Returns:
        How many changes there were.
    """
    found = sum(element.tag in _COUNTED for element in root.iter())
    if not found:
        return 0
    gone = _INSERTED if refuse else _DELETED
    for parent in list(root.iter()):
        if refuse:
            _restore(parent)
        if parent.tag not in _OLD_PROPERTIES and parent.tag != _W + "trPr":
            _remove(parent, gone)
    for parent in list(root.iter()):
        _join(parent, gone)
    for element in root.iter(_W + "delText"):
        element.tag = _W + "t"
    return found


def _restore(properties: Element) -> None:
    """Put back the properties that a change has replaced."""
    change = properties.find(_OLD_PROPERTIES.get(properties.tag, "-"))
    if change is None:
        return
    before = [element for old in change for element in old]
    for element in list(properties):
        if element.tag not in _KEPT:
            properties.remove(element)
    properties[:0] = before


def _remove(parent: Element, gone: frozenset[str]) -> None:
    """Take out what is gone; what stays is no change any more."""
    for child in list(parent):
        if child.tag in gone or _is_marked(child, "trPr", gone):
            parent.remove(child)
        elif child.tag in _AROUND:
            child.tag = _PLAIN


def _join(parent: Element, gone: frozenset[str]) -> None:
    """Join each paragraph whose mark is gone with the next one."""
    children = [child for child in parent if child.tag in _BLOCKS]
    for child, following in pairwise(children):
        if child.tag != _W + "p" or following.tag != _W + "p":
            continue
        if not _is_marked(child, f"pPr/{_W}rPr", gone):
            continue
        words = [element for element in child if element.tag != _W + "pPr"]
        at = int(following.find(_W + "pPr") is not None)
        following[at:at] = words
        parent.remove(child)


def _is_marked(element: Element, properties: str, gone: frozenset[str]) -> bool:
    found = element.find(_W + properties)
    return found is not None and any(child.tag in gone for child in found)
