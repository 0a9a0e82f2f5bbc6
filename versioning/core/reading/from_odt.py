"""OpenDocument texts: paragraphs, headings, lists, tables, links and inline marks.

Notes, comments, deleted text and tables of contents are left out.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from versioning.core.markup import escape_text
from versioning.core.reading.archives import Archive
from versioning.core.structure import read_structure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from versioning.core.reading.files import Content
    from versioning.core.structure import Part

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TEXT, _TABLE, _OFFICE = _NS % "text", _NS % "table", _NS % "office"
_STYLE, _DRAW = _NS % "style", _NS % "drawing"
_FO, _SVG = _NS % "xsl-fo-compatible", _NS % "svg-compatible"
_HREF = "{http://www.w3.org/1999/xlink}href"

_SKIPPED = frozenset(
    {_TEXT + tag for tag in ("note", "tracked-changes", "table-of-content", "ruby-text")}
    | {_OFFICE + tag for tag in ("annotation", "annotation-end", "forms")}
    | {_TABLE + "covered-table-cell", _SVG + "title", _SVG + "desc"}
)
_ROW_GROUPS = frozenset({_TABLE + tag for tag in ("table-header-rows", "table-rows")})
_MAX_SPACES = 20
_COUNTS = frozenset(str(count) for count in range(1, _MAX_SPACES))


def parts_of_odt(content: Content) -> list[Part]:
    """Return the parts of an OpenDocument text."""
    archive = Archive(content)
    root = archive.required_xml("content.xml")
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        return []
    return read_structure("".join(_Writer([root, archive.xml("styles.xml")]).blocks(body)))


class _Writer:
    """Writes the html of an OpenDocument text."""

    def __init__(self, roots: list[Element | None]) -> None:
        self._marks: dict[str, tuple[str, ...]] = {}
        self._numbered: dict[str, bool] = {}
        self._quotes: set[str] = {"Quotations"}
        for root in roots:
            if root is not None:
                self._read_styles(root)

    def blocks(self, parent: Element, numbered: bool = False) -> Iterator[str]:
        """Yield the html of blocks."""
        for element in parent:
            tag = element.tag
            if tag in _SKIPPED:
                continue
            if tag in {_TEXT + "p", _TEXT + "h"}:
                yield from self._paragraph(element)
            elif tag == _TEXT + "list":
                yield from self._list(element, numbered)
            elif tag == _TABLE + "table":
                yield f"<table>{''.join(self._rows(element))}</table>"
            else:
                yield from self._frame(element)
                yield from self.blocks(element, numbered)

    def _list(self, element: Element, numbered: bool) -> Iterator[str]:
        style = element.get(_TEXT + "style-name")
        numbered = numbered if style is None else self._numbered.get(style, False)
        tag = "ol" if numbered else "ul"
        yield f"<{tag}>"
        for item in element:
            if item.tag in {_TEXT + "list-item", _TEXT + "list-header"}:
                yield f"<li>{''.join(self.blocks(item, numbered))}</li>"
        yield f"</{tag}>"

    def _rows(self, table: Element) -> Iterator[str]:
        for element in table:
            if element.tag == _TABLE + "table-row":
                cells = (cell for cell in element if cell.tag == _TABLE + "table-cell")
                yield "<tr>"
                yield from (f"<td>{''.join(self.blocks(cell))}</td>" for cell in cells)
                yield "</tr>"
            elif element.tag in _ROW_GROUPS:
                yield from self._rows(element)

    def _paragraph(self, element: Element) -> Iterator[str]:
        tag = "p"
        if element.tag == _TEXT + "h":
            level = element.get(_TEXT + "outline-level", "1")
            tag = f"h{level if level in set('123456') else 6}"
        elif element.get(_TEXT + "style-name") in self._quotes:
            tag = "blockquote"
        yield f"<{tag}>{''.join(self._inline(element))}</{tag}>"
        for box in _boxes(element):
            yield from self.blocks(box)

    def _inline(self, element: Element) -> Iterator[str]:
        yield escape_text(element.text or "")
        for child in element:
            if child.tag not in _SKIPPED:
                yield from self._child(child)
            yield escape_text(child.tail or "")

    def _child(self, child: Element) -> Iterator[str]:
        if child.tag == _TEXT + "s":
            count = child.get(_TEXT + "c", "1")
            yield " " * (int(count) if count in _COUNTS else 1)
        elif child.tag == _TEXT + "tab":
            yield " "
        elif child.tag == _TEXT + "line-break":
            yield "<br>"
        elif child.tag == _DRAW + "frame":
            yield from self._frame(child)
        elif child.tag == _TEXT + "a":
            href = escape(child.get(_HREF, ""))
            yield f'<a href="{href}">{"".join(self._inline(child))}</a>'
        else:
            marks = self._marks.get(child.get(_TEXT + "style-name", ""), ())
            yield "".join(f"<{mark}>" for mark in marks)
            yield from self._inline(child)
            yield "".join(f"</{mark}>" for mark in reversed(marks))

    def _frame(self, frame: Element) -> Iterator[str]:
        """Yield the image of a frame; the words of a text box follow its paragraph."""
        if frame.find(_DRAW + "image") is not None:
            names = (frame.findtext(_SVG + tag) or "" for tag in ("desc", "title"))
            yield f'<img alt="{escape(next(filter(None, names), ""))}">'

    def _read_styles(self, root: Element) -> None:
        for style in root.iter(_STYLE + "style"):
            name = style.get(_STYLE + "name", "")
            if style.get(_STYLE + "parent-style-name") == "Quotations":
                self._quotes.add(name)
            properties = style.find(_STYLE + "text-properties")
            if style.get(_STYLE + "family") == "text" and properties is not None:
                self._marks[name] = tuple(_marks(properties))
        for style in root.iter(_TEXT + "list-style"):
            levels = list(style)
            is_numbered = bool(levels) and levels[0].tag == _TEXT + "list-level-style-number"
            self._numbered[style.get(_STYLE + "name", "")] = is_numbered


def _boxes(parent: Element) -> Iterator[Element]:
    """Yield the text boxes that hang on a paragraph."""
    for element in parent:
        if element.tag == _DRAW + "text-box":
            yield element
        elif element.tag not in _SKIPPED:
            yield from _boxes(element)


def _marks(properties: Element) -> Iterator[str]:
    if properties.get(_FO + "font-weight") in {"bold", "600", "700", "800", "900"}:
        yield "b"
    if properties.get(_FO + "font-style") in {"italic", "oblique"}:
        yield "i"
    position = properties.get(_STYLE + "text-position", "")
    if position.startswith("super"):
        yield "sup"
    elif position.startswith("sub"):
        yield "sub"
