"""OpenDocument texts: paragraphs, headings, lists, tables, links, inline marks, notes, images.

Tracked changes are all accepted or all refused. The notes at the foot of the page stand behind
their chapter. Tables of contents are left out; comments are told apart from the text.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from versioning.core.markup import escape_text
from versioning.core.reading.archives import Archive
from versioning.core.reading.margins import Margin, comment_of
from versioning.core.reading.pictures import Pictures
from versioning.core.reading.tracked_odt import resolve_changes
from versioning.core.reading.whole import whole_document
from versioning.core.structure import read_structure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from versioning.core.reading.blocks import SourceComment, SourceDocument
    from versioning.core.reading.files import Content
    from versioning.core.structure import Part

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TEXT, _TABLE, _OFFICE = _NS % "text", _NS % "table", _NS % "office"
_STYLE, _DRAW = _NS % "style", _NS % "drawing"
_FO, _SVG = _NS % "xsl-fo-compatible", _NS % "svg-compatible"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ANNOTATION, _ANNOTATION_END = _OFFICE + "annotation", _OFFICE + "annotation-end"
_NOTE = _TEXT + "note"
_REMOTE = ("http:", "https:", "ftp:", "//")
_HREF = "{http://www.w3.org/1999/xlink}href"

_SKIPPED = frozenset(
    {_TEXT + tag for tag in ("tracked-changes", "table-of-content", "ruby-text")}
    | {_OFFICE + "forms"}
    | {_TABLE + "covered-table-cell", _SVG + "title", _SVG + "desc"}
)
_ROW_GROUPS = frozenset({_TABLE + tag for tag in ("table-header-rows", "table-rows")})
_MAX_SPACES = 20
_COUNTS = frozenset(str(count) for count in range(1, _MAX_SPACES))


def parts_of_odt(content: Content) -> list[Part]:
    """Return the parts of an OpenDocument text with all changes accepted, without notes."""
    writer = _Writer(Archive(content), refuse=False, is_whole=False)
    return read_structure("".join(writer.document()))


def document_of_odt(content: Content, *, refuse_changes: bool) -> SourceDocument:
    """Return an OpenDocument text as a document that is to be imported.

    Args:
        content: The file.
        refuse_changes: Refuse tracked changes instead of accepting them.

    Raises:
        UnreadableFile: It is damaged, encrypted, too large, or wants to load something.
    """
    return whole_document(_Writer(Archive(content), refuse=refuse_changes, is_whole=True))


class _Writer:
    """Writes the html of an OpenDocument text, with notes and images if it is wanted whole."""

    def __init__(self, archive: Archive, *, refuse: bool, is_whole: bool) -> None:
        manifest = archive.data("META-INF/manifest.xml") or b""
        if b"encryption-data" in manifest:
            raise archive.encrypted()
        self.remarks: Counter[str] = Counter()
        self.pictures = Pictures(archive if is_whole else None, self.remarks)
        self._archive = archive
        self._is_whole = is_whole
        self._marks: dict[str, tuple[str, ...]] = {}
        self._numbered: dict[str, bool] = {}
        self._quotes: set[str] = {"Quotations"}
        self._pending: list[tuple[int, Element]] = []
        root = archive.required_xml("content.xml")
        for each in (root, archive.xml("styles.xml")):
            if each is not None:
                self._read_styles(each)
        self._body = root.find(f"{_OFFICE}body/{_OFFICE}text")
        found = 0 if self._body is None else resolve_changes(self._body, refuse=refuse)
        self.remarks["changes_refused" if refuse else "changes_accepted"] = found
        self.margin = Margin(_comments(self._body) if is_whole else {})

    def document(self) -> Iterator[str]:
        """Yield the html of the text; notes stand behind their chapter."""
        if self._body is not None:
            yield from self.blocks(self._body)
            yield from self._foot()

    def _foot(self) -> Iterator[str]:
        """Yield the notes of a chapter that has ended."""
        pending, self._pending = self._pending, []
        for number, note in pending:
            words = " ".join("".join(self._inline(each)) for each in note.iter(_TEXT + "p"))
            yield f"<p><sup>{number}</sup> {words}</p>"

    def blocks(self, parent: Element, numbered: bool = False) -> Iterator[str]:
        """Yield the html of blocks."""
        for element in parent:
            tag = element.tag
            self.remarks["contents"] += tag == _TEXT + "table-of-content"
            if tag in _SKIPPED or tag in {_ANNOTATION, _ANNOTATION_END}:
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
            if tag == "h1":
                yield from self._foot()
        elif element.get(_TEXT + "style-name") in self._quotes:
            tag = "blockquote"
        html = "".join(self._inline(element))
        self.margin.paragraph(html)
        yield f"<{tag}>{html}</{tag}>"
        for box in _boxes(element):
            self.remarks["text_boxes"] += 1
            yield from self.blocks(box)

    def _inline(self, element: Element) -> Iterator[str]:
        yield self._words(element.text)
        for child in element:
            if child.tag not in _SKIPPED:
                yield from self._child(child)
            yield self._words(child.tail)

    def _words(self, text: str | None) -> str:
        self.margin.words(text or "")
        return escape_text(text or "")

    def _child(self, child: Element) -> Iterator[str]:
        if child.tag in {_ANNOTATION, _ANNOTATION_END}:
            self._comment(child)
        elif child.tag == _NOTE:
            yield self._note(child)
        elif child.tag == _TEXT + "s":
            self.margin.words(" ")
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

    def _comment(self, element: Element) -> None:
        """Begin or end the words of a comment; one without an end stands at a single place."""
        key = element.get(_OFFICE + "name", "")
        if element.tag == _ANNOTATION_END:
            self.margin.end(key)
        elif key:
            self.margin.begin(key)
        else:
            self.margin.mark(f"#{id(element)}")

    def _note(self, note: Element) -> str:
        """Return the number of a note at the foot of the page or the end."""
        body = note.find(_TEXT + "note-body")
        if body is None or not self._is_whole:
            return ""
        self.remarks["footnotes"] += 1
        self._pending.append((self.remarks["footnotes"], body))
        return f"<sup>{self.remarks['footnotes']}</sup>"

    def _frame(self, frame: Element) -> Iterator[str]:
        """Yield the image of a frame; the words of a text box follow its paragraph."""
        if frame.find(_DRAW + "object") is not None:
            self.remarks["objects"] += 1
            return
        image = frame.find(_DRAW + "image")
        if image is None:
            return
        names = (frame.findtext(_SVG + tag) or "" for tag in ("desc", "title"))
        alt = next(filter(None, names), "")
        path = image.get(_HREF, "")
        if path.lower().startswith(_REMOTE):
            raise self._archive.remote(path)
        path = posixpath.normpath(path) if path else ""
        yield self.pictures.html(path, alt=alt, name=frame.get(_DRAW + "name", ""))

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


def _comments(body: Element | None) -> dict[str, SourceComment]:
    """Return the comments by their names; those without one have a key of their own."""
    found: dict[str, SourceComment] = {}
    for element in body.iter(_ANNOTATION) if body is not None else ():
        paragraphs = ["".join(each.itertext()) for each in element.iter(_TEXT + "p")]
        author = element.findtext(_DC + "creator") or ""
        made = comment_of(author, element.findtext(_DC + "date") or "", paragraphs)
        if made.text:
            found[element.get(_OFFICE + "name", "") or f"#{id(element)}"] = made
    return found


def _boxes(parent: Element) -> Iterator[Element]:
    """Yield the text boxes that hang on a paragraph."""
    for element in parent:
        if element.tag == _DRAW + "text-box":
            yield element
        elif element.tag not in _SKIPPED and element.tag != _ANNOTATION:
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
