"""Word files: paragraphs, headings, lists, tables, links and inline marks.

Insertions that nobody accepted yet count as text, deletions do not. Notes, comments, headers and
tables of contents are left out.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from versioning.core.markup import escape_text
from versioning.core.reading.archives import Archive
from versioning.core.structure import read_structure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from versioning.core.reading.files import Content
    from versioning.core.structure import Part

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"

_SKIPPED = frozenset(
    {_W + tag for tag in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "sectPr")}
    | {_W + tag for tag in ("footnoteReference", "endnoteReference", "annotationRef")}
    | {_FALLBACK}
)
_WORDS = frozenset({_W + "t", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"})
_CHARACTERS = {"tab": " ", "noBreakHyphen": "\u2011", "br": "<br>", "cr": "<br>"}
_OFF = frozenset({"0", "false", "off", "none"})
_BULLETS = frozenset({"bullet", "none"})
_MAX_STYLES = 20


class _Style(NamedTuple):
    """What a paragraph style says."""

    name: str
    parent: str
    outline: int | None
    numbering: Element | None


class _Item(NamedTuple):
    """That a paragraph is a list item: its level from 0, and whether it is numbered."""

    level: int
    ordered: bool


class _OpenLists:
    """The lists that are open while items follow each other."""

    def __init__(self) -> None:
        """Start outside all lists."""
        self._tags: list[str] = []

    def change(self, item: _Item | None) -> str:
        """Return the tags that close and open lists before an item, or before other text."""
        depth = item.level + 1 if item else 0
        tag = "ol" if item and item.ordered else "ul"
        out = []
        while len(self._tags) > depth or (len(self._tags) == depth > 0 and self._tags[-1] != tag):
            out.append(f"</{self._tags.pop()}>")
        while len(self._tags) < depth:
            self._tags.append(tag)
            out.append(f"<{tag}>")
        return "".join(out)


def parts_of_docx(content: Content) -> list[Part]:
    """Return the parts of a Word file."""
    archive = Archive(content)
    body = archive.required_xml("word/document.xml").find(_W + "body")
    return read_structure("" if body is None else "".join(_Writer(archive).blocks(body)))


class _Writer:
    """Writes the html of a Word file."""

    def __init__(self, archive: Archive) -> None:
        self._styles = _styles(archive.xml("word/styles.xml"))
        self._formats = _number_formats(archive.xml("word/numbering.xml"))
        self._links = _links(archive.xml("word/_rels/document.xml.rels"))

    def blocks(self, parent: Element) -> Iterator[str]:
        """Yield the html of blocks, list items wrapped into lists of their depth."""
        lists = _OpenLists()
        for element in _block_elements(parent):
            item = self._item(element) if element.tag == _W + "p" else None
            yield lists.change(item)
            yield from self._block(element, item)
        yield lists.change(None)

    def _block(self, element: Element, item: _Item | None) -> Iterator[str]:
        if element.tag == _W + "tbl":
            yield from self._table(element)
            return
        name = self._style_name(element)
        if name.startswith("toc "):
            return
        tag = "li" if item else self._tag(element, name)
        yield f"<{tag}>{''.join(self._inline(element))}</{tag}>"
        for box in _boxes(element):
            yield from self.blocks(box)

    def _table(self, table: Element) -> Iterator[str]:
        yield "<table>"
        for row in _children(table, "tr"):
            yield "<tr>"
            for cell in _children(row, "tc"):
                yield f"<td>{''.join(self.blocks(cell))}</td>"
            yield "</tr>"
        yield "</table>"

    def _tag(self, paragraph: Element, name: str) -> str:
        level = self._heading_level(paragraph, name)
        if level:
            return f"h{level}"
        if "quote" in name:
            return "blockquote"
        return "figcaption" if name == "caption" else "p"

    def _heading_level(self, paragraph: Element, name: str) -> int:
        if name == "title":
            return 1
        for style in self._chain(paragraph):
            if match := re.fullmatch(r"(?:heading|überschrift) ?([1-9])", style.name):
                return min(6, int(match.group(1)))
            if style.outline is not None and style.outline < 9:
                return min(6, style.outline + 1)
        return 0

    def _item(self, paragraph: Element) -> _Item | None:
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        chain = list(self._chain(paragraph))
        if self._heading_level(paragraph, chain[0].name if chain else ""):
            return None
        numbering = own if own is not None else _first_numbering(chain)
        key = _value(numbering, "numId") if numbering is not None else ""
        if key in {"", "0"}:
            return None
        level = _value(numbering, "ilvl")
        if not level and own is None and (match := re.search(r"[2-9]\Z", chain[0].name)):
            level = str(int(match.group()) - 1)
        depth = min(8, int(level)) if level.isascii() and level.isdigit() and level else 0
        return _Item(depth, self._formats.get((key, depth), "bullet") not in _BULLETS)

    def _chain(self, paragraph: Element) -> Iterator[_Style]:
        """Yield the style of a paragraph, then those that it is based on."""
        key = _value(paragraph.find(_W + "pPr"), "pStyle")
        for _turn in range(_MAX_STYLES):
            style = self._styles.get(key)
            if style is None:
                return
            yield style
            key = style.parent

    def _style_name(self, paragraph: Element) -> str:
        return next((style.name for style in self._chain(paragraph)), "")

    def _inline(self, parent: Element) -> Iterator[str]:
        for element in parent:
            if element.tag in _SKIPPED or element.tag == _W + "txbxContent":
                continue
            if element.tag == _W + "r":
                yield self._run(element)
            elif element.tag in _WORDS:
                yield escape_text(element.text or "")
            elif element.tag == _W + "hyperlink":
                href = self._links.get(element.get(_R + "id", ""), "")
                anchor = element.get(_W + "anchor", "")
                href = href or (f"#{anchor}" if anchor else "")
                yield f'<a href="{escape(href)}">{"".join(self._inline(element))}</a>'
            else:
                yield from self._inline(element)

    def _run(self, run: Element) -> str:
        inner = "".join(_run_text(run))
        for tag in _marks(run.find(_W + "rPr")):
            inner = f"<{tag}>{inner}</{tag}>"
        return inner


def _block_elements(parent: Element) -> Iterator[Element]:
    """Yield paragraphs and tables, also those inside content controls and insertions."""
    for element in parent:
        if element.tag in {_W + "p", _W + "tbl"}:
            yield element
        elif element.tag not in _SKIPPED:
            yield from _block_elements(element)


def _children(parent: Element, tag: str) -> Iterator[Element]:
    """Yield rows or cells, also those inside content controls."""
    for element in parent:
        if element.tag == _W + tag:
            yield element
        elif element.tag in {_W + "sdt", _W + "sdtContent", _W + "ins", _W + "customXml"}:
            yield from _children(element, tag)


def _boxes(parent: Element) -> Iterator[Element]:
    """Yield the text boxes that hang on a paragraph."""
    for element in parent:
        if element.tag == _W + "txbxContent":
            yield element
        elif element.tag not in _SKIPPED:
            yield from _boxes(element)


def _run_text(run: Element) -> Iterator[str]:
    for element in run:
        if element.tag in _SKIPPED or element.tag == _W + "txbxContent":
            continue
        if element.tag in _WORDS:
            yield escape_text(element.text or "")
        elif element.tag == _DRAWING:
            yield f'<img alt="{escape(element.get("descr", ""))}">'
        elif element.tag.removeprefix(_W) in _CHARACTERS:
            yield _CHARACTERS[element.tag.removeprefix(_W)]
        else:
            yield from _run_text(element)


def _marks(properties: Element | None) -> Iterator[str]:
    if properties is None:
        return
    for name in ("b", "i"):
        element = properties.find(_W + name)
        if element is not None and element.get(_W + "val", "1") not in _OFF:
            yield name
    position = _value(properties, "vertAlign")
    if position in {"superscript", "subscript"}:
        yield position[:3]


def _styles(root: Element | None) -> dict[str, _Style]:
    styles: dict[str, _Style] = {}
    for style in root.iter(_W + "style") if root is not None else ():
        properties = style.find(_W + "pPr")
        outline = _value(properties, "outlineLvl")
        styles[style.get(_W + "styleId", "")] = _Style(
            name=_value(style, "name").lower(),
            parent=_value(style, "basedOn"),
            outline=int(outline) if outline in set("0123456789") else None,
            numbering=None if properties is None else properties.find(_W + "numPr"),
        )
    return styles


def _first_numbering(chain: list[_Style]) -> Element | None:
    return next((style.numbering for style in chain if style.numbering is not None), None)


def _number_formats(root: Element | None) -> dict[tuple[str, int], str]:
    """Return the number format of each list and level."""
    if root is None:
        return {}
    abstract = {
        definition.get(_W + "abstractNumId", ""): {
            level.get(_W + "ilvl", ""): _value(level, "numFmt")
            for level in definition.iter(_W + "lvl")
        }
        for definition in root.iter(_W + "abstractNum")
    }
    return {
        (number.get(_W + "numId", ""), int(level)): number_format
        for number in root.iter(_W + "num")
        for level, number_format in abstract.get(_value(number, "abstractNumId"), {}).items()
        if level in set("012345678")
    }


def _links(root: Element | None) -> dict[str, str]:
    if root is None:
        return {}
    return {
        relationship.get("Id", ""): relationship.get("Target", "")
        for relationship in root.iter(_RELATIONSHIP)
        if relationship.get("TargetMode") == "External"
    }


def _value(parent: Element | None, tag: str) -> str:
    element = None if parent is None else parent.find(_W + tag)
    return "" if element is None else element.get(_W + "val", "")
