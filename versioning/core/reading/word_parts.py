"""Parts of a Word file beside its text: styles, numbering, relations, notes, comments."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from versioning.core.reading.margins import comment_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from versioning.core.reading.archives import Archive
    from versioning.core.reading.blocks import SourceComment

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
NUMBER, MARKER = "PassageNumber", "ListMarker"
"""Styles of what an exported version has before its words; they are written again each time."""
STEP = 425
"""How far a level of a list is indented there, in twentieths of a point."""
_LONG = 7
_IS_NUMBER = re.compile(r"\A(?:[0-9]+(?:\.[0-9a-z]+)*)?(?:\t+|\Z)")
_IS_MARKER = re.compile(r"\A(?:[^\w\s]|\w{1,4}[.)])?(?:\t+|\Z)")
_REMOTE = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*:)?(?://|\\\\)[^/\\]|file:/{4}|(?:https?|ftps?|smb):", re.IGNORECASE
)
"""Addresses on other computers, those of Windows' networks among them."""


class Style(NamedTuple):
    """What a paragraph style says."""

    name: str
    parent: str
    outline: int | None
    numbering: Element | None


class Relations(NamedTuple):
    """Where the document points to.

    Attributes:
        links: Addresses by key.
        parts: Parts of the same file by key.
    """

    links: dict[str, str]
    parts: dict[str, str]


def styles_of(root: Element | None) -> dict[str, Style]:
    """Return the styles by their keys."""
    styles: dict[str, Style] = {}
    for style in root.iter(W + "style") if root is not None else ():
        properties = style.find(W + "pPr")
        outline = value_of(properties, "outlineLvl")
        styles[style.get(W + "styleId", "")] = Style(
            name=value_of(style, "name").lower(),
            parent=value_of(style, "basedOn"),
            outline=int(outline) if outline in set("0123456789") else None,
            numbering=None if properties is None else properties.find(W + "numPr"),
        )
    return styles


def first_numbering(chain: list[Style]) -> Element | None:
    """Return the numbering of the first style that has one."""
    return next((style.numbering for style in chain if style.numbering is not None), None)


def number_formats(root: Element | None) -> dict[tuple[str, int], str]:
    """Return the number format of each list and level."""
    if root is None:
        return {}
    abstract = {
        definition.get(W + "abstractNumId", ""): {
            level.get(W + "ilvl", ""): value_of(level, "numFmt")
            for level in definition.iter(W + "lvl")
        }
        for definition in root.iter(W + "abstractNum")
    }
    return {
        (number.get(W + "numId", ""), int(level)): number_format
        for number in root.iter(W + "num")
        for level, number_format in abstract.get(value_of(number, "abstractNumId"), {}).items()
        if level in set("012345678")
    }


def relations_of(archive: Archive) -> Relations:
    """Return where the document points to.

    Links may lead anywhere; nothing else may, since Word would load it on opening the file.

    Raises:
        UnreadableFile: Some part of the file would load something from another computer.
    """
    found = Relations({}, {})
    for path in archive.names():
        if not path.endswith(".rels"):
            continue
        root = archive.required_xml(path)
        for relation in root.iter(_RELATIONSHIP):
            target, kind = relation.get("Target", ""), relation.get("Type", "").rpartition("/")[2]
            is_outside = relation.get("TargetMode") == "External"
            if is_outside and kind != "hyperlink" and _REMOTE.search(target):
                raise archive.remote(target)
            if path == "word/_rels/document.xml.rels":
                known = found.links if is_outside else found.parts
                joined = posixpath.normpath(posixpath.join("/word", target)).lstrip("/")
                known[relation.get("Id", "")] = target if is_outside else joined
    return found


def notes_of(root: Element | None) -> dict[str, Element]:
    """Return footnotes or endnotes by their keys, without the lines that divide them."""
    if root is None:
        return {}
    return {
        note.get(W + "id", ""): note for note in root if note.get(W + "type", "normal") == "normal"
    }


def comments_of(root: Element | None) -> dict[str, SourceComment]:
    """Return the comments by their keys, those without words left out."""
    found: dict[str, SourceComment] = {}
    for comment in root.iter(W + "comment") if root is not None else ():
        paragraphs = ["".join(_words(each)) for each in comment.iter(W + "p")]
        author, written = comment.get(W + "author", ""), comment.get(W + "date", "")
        made = comment_of(author, written, paragraphs)
        if made.text:
            found[comment.get(W + "id", "")] = made
    return found


def is_label(run: Element, style: str) -> bool:
    """Tell whether a run is one that an exported version has before its words.

    Args:
        run: Of a paragraph.
        style: ``NUMBER`` or ``MARKER``.
    """
    return value_of(run.find(W + "rPr"), "rStyle") == style


def words_behind_label(run: Element) -> str | None:
    """Return what somebody has typed behind a number or marker of an exported version.

    Word gives such words the style of the label, so that they must not be left out with it.

    Returns:
        The words, mostly none; None for any other run.
    """
    labels = {NUMBER: _IS_NUMBER, MARKER: _IS_MARKER}
    label = labels.get(value_of(run.find(W + "rPr"), "rStyle"))
    if label is None:
        return None
    text = "".join(
        each.text or "" if each.tag == W + "t" else "\t"
        for each in run.iter()
        if each.tag in {W + "t", W + "tab"}
    )
    return label.sub("", text, count=1).replace("\t", " ")


def exported_item(paragraph: Element) -> tuple[int, bool] | None:
    """Return level, from 0, and whether it counts, of a list item of an exported version."""
    marker = next((run for run in paragraph.iter(W + "r") if is_label(run, MARKER)), None)
    if marker is None:
        return None
    indent = paragraph.find(f"{W}pPr/{W}ind")
    left = "" if indent is None else indent.get(W + "left", "") or indent.get(W + "start", "")
    depth = int(left) // STEP if left.isascii() and left.isdigit() and len(left) < _LONG else 1
    return min(8, max(0, depth - 1)), "".join(_words(marker))[:1].isalnum()


def has_only_number(cell: Element) -> bool:
    """Tell whether a cell holds the number of its row in an exported version, or nothing."""
    runs = [run for run in cell.iter(W + "r") if "".join(_words(run)).strip()]
    return all(words_behind_label(run) == "" for run in runs)


def has_words(root: Element | None) -> bool:
    """Tell whether a part says anything, such as a header."""
    return root is not None and any((element.text or "").strip() for element in root.iter(W + "t"))


def _words(paragraph: Element) -> Iterator[str]:
    for element in paragraph.iter():
        if element.tag == W + "t":
            yield element.text or ""
        elif element.tag in {W + "tab", W + "br"}:
            yield " "


def value_of(parent: Element | None, tag: str) -> str:
    """Return the value of a property, empty if there is none."""
    element = None if parent is None else parent.find(W + tag)
    return "" if element is None else element.get(W + "val", "")
