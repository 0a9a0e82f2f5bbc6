"""Word files: paragraphs, headings, lists, tables, links, inline marks, notes and images.

Tracked changes are all accepted or all refused. The notes at the foot of the page stand behind
their chapter. Headers and tables of contents are left out; comments are told apart from the text.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from versioning.core.markup import escape_text
from versioning.core.reading.archives import Archive
from versioning.core.reading.margins import Margin
from versioning.core.reading.pictures import Pictures
from versioning.core.reading.tracked import resolve_changes
from versioning.core.reading.whole import whole_document
from versioning.core.reading.word_parts import (
    NUMBER,
    Style,
    W,
    comments_of,
    exported_item,
    first_numbering,
    has_only_number,
    has_words,
    is_label,
    notes_of,
    number_formats,
    relations_of,
    styles_of,
    value_of,
    words_behind_label,
)
from versioning.core.structure import read_structure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from versioning.core.reading.blocks import SourceDocument
    from versioning.core.reading.files import Content
    from versioning.core.structure import Part

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_GRAPHIC = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_VML_IMAGE = "{urn:schemas-microsoft-com:vml}imagedata"
_CHARTS = ("/chart", "/chartex", "/diagram")

_SKIPPED = frozenset(
    {W + tag for tag in ("instrText", "delInstrText", "rPr", "pPr", "sectPr", "annotationRef")}
    | {_FALLBACK}
)
_NOTES = {W + "footnoteReference": "footnotes", W + "endnoteReference": "endnotes"}
_MARGIN = frozenset(
    {W + tag for tag in ("commentRangeStart", "commentRangeEnd", "commentReference")}
)
_WORDS = frozenset({W + "t", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"})
_CHARACTERS = {"tab": " ", "noBreakHyphen": "\u2011", "br": "<br>", "cr": "<br>"}
_AROUND = re.compile(r"word/(?:header|footer)[0-9]*\.xml")
_OFF = frozenset({"0", "false", "off", "none"})
_BULLETS = frozenset({"bullet", "none"})
_MAX_STYLES = 20


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
    """Return the parts of a Word file with all changes accepted, without notes and images."""
    writer = _Writer(Archive(content), refuse=False, is_whole=False)
    return read_structure("".join(writer.document()))


def document_of_docx(content: Content, *, refuse_changes: bool) -> SourceDocument:
    """Return a Word file as a document that is to be imported.

    Args:
        content: The file.
        refuse_changes: Refuse tracked changes instead of accepting them.

    Raises:
        UnreadableFile: It is damaged, encrypted, too large, or wants to load something.
    """
    return whole_document(_Writer(Archive(content), refuse=refuse_changes, is_whole=True))


class _Writer:
    """Writes the html of a Word file, with its notes and images if it is wanted whole."""

    def __init__(self, archive: Archive, *, refuse: bool, is_whole: bool) -> None:
        self.remarks: Counter[str] = Counter()
        self.pictures = Pictures(archive if is_whole else None, self.remarks)
        self._relations = relations_of(archive)
        self._styles = styles_of(archive.xml("word/styles.xml"))
        self._formats = number_formats(archive.xml("word/numbering.xml"))
        self.margin = Margin(comments_of(archive.xml("word/comments.xml")))
        self.notes: dict[str, dict[str, Element]] = {}
        self._pending: list[tuple[int, Element]] = []
        self._noted = 0
        self._root = archive.required_xml("word/document.xml")
        self._resolve(self._root, refuse=refuse)
        for name in _NOTES.values() if is_whole else ():
            root = archive.xml(f"word/{name}.xml")
            if root is not None:
                self._resolve(root, refuse=refuse)
            self.notes[name] = notes_of(root)
        around = (path for path in archive.names() if _AROUND.fullmatch(path))
        self.remarks["headers"] = sum(has_words(archive.xml(path)) for path in around)

    def _resolve(self, root: Element, *, refuse: bool) -> None:
        kind = "changes_refused" if refuse else "changes_accepted"
        self.remarks[kind] += resolve_changes(root, refuse=refuse)

    def document(self) -> Iterator[str]:
        """Yield the html of the text; notes stand behind their chapter."""
        body = self._root.find(W + "body")
        if body is not None:
            yield from self.blocks(body, is_top=True)
            yield from self._foot()

    def _foot(self) -> Iterator[str]:
        """Yield the notes of a chapter that has ended."""
        pending, self._pending = self._pending, []
        for number, note in pending:
            words = " ".join("".join(self._inline(each)) for each in note.iter(W + "p"))
            yield f"<p><sup>{number}</sup> {words}</p>"

    def blocks(self, parent: Element, *, is_top: bool = False) -> Iterator[str]:
        """Yield the html of blocks, list items wrapped into lists of their depth."""
        lists = _OpenLists()
        for element in _block_elements(parent):
            item = self._item(element) if element.tag == W + "p" else None
            yield lists.change(item)
            if is_top and self._pending and self._is_chapter(element):
                yield from self._foot()
            yield from self._block(element, item)
        yield lists.change(None)

    def _block(self, element: Element, item: _Item | None) -> Iterator[str]:
        if element.tag == W + "tbl":
            yield from self._table(element)
            return
        name = self._style_name(element)
        if name.startswith("toc "):
            self.remarks["contents"] += 1
            return
        tag = "li" if item else self._tag(element, name)
        html = "".join(self._inline(element))
        self.margin.paragraph(html)
        yield f"<{tag}>{html}</{tag}>"
        for box in _boxes(element):
            self.remarks["text_boxes"] += 1
            yield from self.blocks(box)

    def _is_chapter(self, element: Element) -> bool:
        """Tell whether a new chapter begins."""
        is_text = element.tag == W + "p"
        return is_text and self._heading_level(element, self._style_name(element)) == 1

    def _table(self, table: Element) -> Iterator[str]:
        yield "<table>"
        rows = [list(_children(row, "tc")) for row in _children(table, "tr")]
        for cells in _without_numbers(rows):
            yield "<tr>"
            for cell in cells:
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
        own = paragraph.find(f"{W}pPr/{W}numPr")
        chain = list(self._chain(paragraph))
        if self._heading_level(paragraph, chain[0].name if chain else ""):
            return None
        if exported := exported_item(paragraph):
            return _Item(*exported)
        numbering = own if own is not None else first_numbering(chain)
        key = value_of(numbering, "numId") if numbering is not None else ""
        if key in {"", "0"}:
            return None
        level = value_of(numbering, "ilvl")
        if not level and own is None and (match := re.search(r"[2-9]\Z", chain[0].name)):
            level = str(int(match.group()) - 1)
        depth = min(8, int(level)) if level.isascii() and level.isdigit() and level else 0
        return _Item(depth, self._formats.get((key, depth), "bullet") not in _BULLETS)

    def _chain(self, paragraph: Element) -> Iterator[Style]:
        """Yield the style of a paragraph, then those that it is based on."""
        key = value_of(paragraph.find(W + "pPr"), "pStyle")
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
            if element.tag in _SKIPPED or element.tag == W + "txbxContent":
                continue
            if element.tag == W + "r":
                yield self._run(element)
            elif element.tag in _WORDS:
                yield self._words(element)
            elif element.tag in _MARGIN:
                self._comment(element)
            elif element.tag == W + "hyperlink":
                href = self._relations.links.get(element.get(_R + "id", ""), "")
                anchor = element.get(W + "anchor", "")
                href = href or (f"#{anchor}" if anchor else "")
                yield f'<a href="{escape(href)}">{"".join(self._inline(element))}</a>'
            else:
                yield from self._inline(element)

    def _run(self, run: Element) -> str:
        if (typed := words_behind_label(run)) is not None:
            return escape_text(typed)
        inner = "".join(self._run_text(run))
        for tag in _marks(run.find(W + "rPr")):
            inner = f"<{tag}>{inner}</{tag}>"
        return inner

    def _run_text(self, run: Element) -> Iterator[str]:
        for element in run:
            if element.tag in _SKIPPED or element.tag == W + "txbxContent":
                continue
            if element.tag in _WORDS:
                yield self._words(element)
            elif element.tag in _NOTES:
                yield self._note(element)
            elif element.tag in _MARGIN:
                self._comment(element)
            elif element.tag in {W + "drawing", W + "pict", W + "object"}:
                yield from self._drawing(element)
            elif element.tag.removeprefix(W) in _CHARACTERS:
                self.margin.words(" ")
                yield _CHARACTERS[element.tag.removeprefix(W)]
            else:
                yield from self._run_text(element)

    def _words(self, element: Element) -> str:
        self.margin.words(element.text or "")
        return escape_text(element.text or "")

    def _comment(self, element: Element) -> None:
        key = element.get(W + "id", "")
        if element.tag == W + "commentRangeStart":
            self.margin.begin(key)
        elif element.tag == W + "commentRangeEnd":
            self.margin.end(key)
        else:
            self.margin.mark(key)

    def _note(self, reference: Element) -> str:
        """Return the number of a note, each note once."""
        notes = self.notes.get(_NOTES[reference.tag], {})
        note = notes.pop(reference.get(W + "id", ""), None)
        if note is None:
            return ""
        self._noted += 1
        self.remarks["footnotes"] += 1
        self._pending.append((self._noted, note))
        return f"<sup>{self._noted}</sup>"

    def _drawing(self, drawing: Element) -> Iterator[str]:
        """Yield the images of a drawing; charts and embedded objects are left out."""
        properties = next(drawing.iter(_DRAWING), None)
        found = {} if properties is None else properties.attrib
        alt, name = found.get("descr", "") or found.get("title", ""), found.get("name", "")
        if drawing.tag == W + "object" or _is_chart(drawing):
            self.remarks["objects"] += 1
            yield f'<img alt="{escape(alt)}">'
            return
        keys = list(_images(drawing))
        if not keys and alt:
            yield f'<img alt="{escape(alt)}">'
        for key in keys:
            path = self._relations.parts.get(key, "")
            self.remarks["images_elsewhere"] += not path
            yield self.pictures.html(path, alt=alt, name=name)


def _block_elements(parent: Element) -> Iterator[Element]:
    """Yield paragraphs and tables, also those inside content controls and insertions."""
    for element in parent:
        if element.tag in {W + "p", W + "tbl"}:
            yield element
        elif element.tag not in _SKIPPED:
            yield from _block_elements(element)


def _children(parent: Element, tag: str) -> Iterator[Element]:
    """Yield rows or cells, also those inside content controls."""
    for element in parent:
        if element.tag == W + tag:
            yield element
        elif element.tag in {W + "sdt", W + "sdtContent", W + "ins", W + "customXml"}:
            yield from _children(element, tag)


def _without_numbers(rows: list[list[Element]]) -> list[list[Element]]:
    """Leave out the column of numbers that an exported version has before its rows."""
    first = [row[0] for row in rows if row]
    is_exported = any(is_label(run, NUMBER) for cell in first for run in cell.iter(W + "r"))
    return [row[1:] for row in rows] if is_exported and all(map(has_only_number, first)) else rows


def _boxes(parent: Element) -> Iterator[Element]:
    """Yield the text boxes that hang on a paragraph."""
    for element in parent:
        if element.tag == W + "txbxContent":
            yield element
        elif element.tag not in _SKIPPED:
            yield from _boxes(element)


def _images(drawing: Element) -> Iterator[str]:
    """Yield the keys of the images of a drawing; those of text boxes in it are not its own."""
    for element in drawing:
        if element.tag in _SKIPPED or element.tag == W + "txbxContent":
            continue
        if element.tag == _GRAPHIC + "blip":
            yield element.get(_R + "embed", "") or element.get(_R + "link", "")
        elif element.tag == _VML_IMAGE:
            yield element.get(_R + "id", "")
        yield from _images(element)


def _is_chart(drawing: Element) -> bool:
    data = next(drawing.iter(_GRAPHIC + "graphicData"), None)
    return data is not None and data.get("uri", "").endswith(_CHARTS)


def _marks(properties: Element | None) -> Iterator[str]:
    if properties is None:
        return
    for name in ("b", "i"):
        element = properties.find(W + name)
        if element is not None and element.get(W + "val", "1") not in _OFF:
            yield name
    position = value_of(properties, "vertAlign")
    if position in {"superscript", "subscript"}:
        yield position[:3]
