"""The structure of a html document as a flat list: one part per block-level element.

A nested list item is a part of its own, and its parent's text ends before it. Text that stands
directly in a ``div`` or in no element at all is a paragraph. Images without words are no part.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from versioning.core.characters import LINE_BREAK
from versioning.core.markup import MAX_DEPTH, InlineCollector, Stretch, joined, parse_events
from versioning.core.normalizing import normal_stretches, normal_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from versioning.core.passages import Kind

BULLET = "•"

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_KINDS: dict[str, Kind] = {"blockquote": "quote", "caption": "caption", "figcaption": "caption"}
_LISTS = frozenset({"ol", "ul", "menu", "dir"})
_BLOCKS = (
    frozenset({"address", "article", "aside", "body", "center", "dd", "details", "div", "dl"})
    | {"dt", "fieldset", "figure", "footer", "form", "header", "hr", "html", "legend", "li"}
    | {"main", "nav", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr"}
    | _LISTS
    | frozenset(_HEADINGS)
    | frozenset(_KINDS)
)
_MAX_NUMBER = 10**6


class Cell(NamedTuple):
    """A cell of a table row.

    Attributes:
        tag: Its opening tag without brackets: ``td`` or ``th``, maybe with spans.
        stretches: Its words in normal form.
    """

    tag: str
    stretches: list[Stretch]


class Picture(NamedTuple):
    """An image: its key, if it is one of the site's own, and its alternative text."""

    key: str
    alt: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a document, with words.

    Attributes:
        kind: What it is.
        stretches: Its words in normal form; empty for a table row.
        level: Heading level or list depth.
        marker: List marker, only on the first part of a list item.
        ordered: It belongs to a numbered list.
        cells: Cells of a table row.
        table: Ordinal of the table of a row, from 1.
        picture: The image that a caption belongs to.
    """

    kind: Kind
    stretches: list[Stretch] = field(default_factory=list)
    level: int = 0
    marker: str = ""
    ordered: bool = False
    cells: tuple[Cell, ...] = ()
    table: int = 0
    picture: Picture | None = None


def read_structure(html: str) -> list[Part]:
    """Return the parts of a document in reading order.

    Raises:
        UnreadableText: Elements are nested more than 500 deep.
    """
    reader = _StructureReader()
    parse_events(html, reader, max_depth=MAX_DEPTH)
    return reader.finish()


def part_text(part: Part) -> str:
    """Return the words of a part; cells are separated by one space, empty ones leave none."""
    if part.kind != "table_row":
        return joined(part.stretches)
    return " ".join(joined(cell.stretches) for cell in part.cells if cell.stretches)


def has_marks(part: Part) -> bool:
    """Tell whether any words of a part are bold, linked or otherwise marked, or a line breaks."""
    runs = [part.stretches, *(cell.stretches for cell in part.cells)]
    return any(stretch.marks or LINE_BREAK in stretch.text for run in runs for stretch in run)


@dataclass(slots=True)
class _Context:
    """An open block: what text directly inside it is."""

    tag: str
    kind: Kind = "paragraph"
    level: int = 0
    depth: int = 0
    item: _Item | None = None
    count: int = 0
    is_verbatim: bool = False
    pictures: list[Picture] | None = None
    caption: Part | None = None


@dataclass(slots=True)
class _Item:
    """An open list item; its marker is taken by its first part."""

    marker: str
    ordered: bool


class _StructureReader:
    """Turns events into parts."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._inline = InlineCollector()
        self._contexts = [_Context(tag="")]
        self._pictures: list[Picture] = []
        self._tables = 0
        self._row: list[Cell] | None = None
        self._cell = ""
        self._inner_tables = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "br":
            self._inline.line_break()
        elif tag in {"img", "embed"}:
            self._embed(tag, attributes)
        elif tag in {"td", "th"}:
            self._start_cell(tag, attributes)
        elif tag in _BLOCKS:
            self._start_block(tag, attributes)
        else:
            self._inline.start(tag, attributes)

    def end(self, tag: str) -> None:
        if tag in {"br", "img", "embed"}:
            return
        if tag in {"td", "th"}:
            self._end_cell()
        elif tag in _BLOCKS:
            self._end_block(tag)
        else:
            self._inline.end(tag)

    def data(self, text: str) -> None:
        if not self._contexts[-1].is_verbatim or self._row is not None:
            self._inline.text(text)
            return
        first, *lines = text.split("\n")
        self._inline.text(first)
        for line in lines:
            self._inline.line_break()
            self._inline.text(line)

    def finish(self) -> list[Part]:
        """Return the parts once all is read."""
        self._end_row()
        self._flush()
        return self._parts

    def _start_block(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._cell:
            self._inner_tables += tag == "table"
            self._inline.space()
            return
        self._end_row()
        self._flush()
        self._contexts.append(self._context(tag, attributes))
        if tag == "table":
            self._tables += 1
        elif tag == "tr":
            self._row = []

    def _end_block(self, tag: str) -> None:
        if self._cell:
            self._inner_tables -= tag == "table"
            self._inline.space()
            return
        self._end_row()
        self._flush()
        context = self._contexts.pop() if len(self._contexts) > 1 else self._contexts[0]
        if context.pictures is not None:
            self._end_figure(context)

    def _context(self, tag: str, attributes: Mapping[str, str]) -> _Context:
        """Return what a block makes of its text; unless it says more, what its parent does."""
        parent = self._contexts[-1]
        context = replace(parent, tag=tag, pictures=None, caption=None, count=0)
        if tag in _HEADINGS:
            context.kind, context.level = "heading", _HEADINGS[tag]
        elif tag in _KINDS:
            context.kind, context.level = _KINDS[tag], 0
        elif tag in _LISTS:
            context.depth, context.item = parent.depth + 1, None
            context.count = _number(attributes.get("start"), 1) - 1
        elif tag == "li":
            context.kind, context.level = "list_item", max(1, parent.depth)
            context.item = self._item(parent, attributes)
        elif tag == "figure":
            context.pictures = []
        elif attributes.get("data-kind") == "measure":
            context.kind, context.level = "measure", 0
        context.is_verbatim = parent.is_verbatim or tag == "pre"
        return context

    def _item(self, parent: _Context, attributes: Mapping[str, str]) -> _Item:
        parent.count = _number(attributes.get("value"), parent.count + 1)
        ordered = parent.tag == "ol"
        return _Item(f"{parent.count}." if ordered else BULLET, ordered)

    def _start_cell(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._inner_tables:
            self._inline.space()
            return
        if self._row is None:
            self._flush()
            self._row = []
        self._take_cell()
        spans = ((name, _number(attributes.get(name), 1)) for name in ("colspan", "rowspan"))
        self._cell = tag + "".join(f' {name}="{n}"' for name, n in spans if 1 < n < 100)

    def _end_cell(self) -> None:
        if self._inner_tables:
            self._inline.space()
        else:
            self._take_cell()

    def _take_cell(self) -> None:
        """Close the open cell; words between cells are a cell of their own."""
        stretches = normal_stretches(self._inline.take())
        if self._row is not None and (self._cell or stretches):
            self._row.append(Cell(self._cell or "td", stretches))
        self._cell = ""

    def _end_row(self) -> None:
        if self._row is None:
            return
        self._take_cell()
        cells, self._row, self._inner_tables = tuple(self._row), None, 0
        if any(cell.stretches for cell in cells):
            self._parts.append(Part("table_row", cells=cells, table=self._tables))

    def _flush(self) -> None:
        """End the part that is being read, then tell its images."""
        stretches = normal_stretches(self._inline.take())
        context = self._contexts[-1]
        if stretches:
            self._add(self._part(context, stretches))
        pictures, self._pictures = self._pictures, []
        for picture in pictures:
            self._add_picture(picture)

    def _part(self, context: _Context, stretches: list[Stretch]) -> Part:
        item = context.item
        marker = item.marker if item else ""
        if item:
            item.marker = ""
        return Part(
            context.kind,
            stretches,
            level=context.level,
            marker=marker,
            ordered=bool(item and item.ordered),
        )

    def _add(self, part: Part) -> None:
        """Add a part; the caption of a figure waits for the end of it."""
        figure = next((c for c in reversed(self._contexts) if c.pictures is not None), None)
        if figure and part.kind == "caption" and figure.caption is None:
            figure.caption = part
        else:
            self._parts.append(part)

    def _end_figure(self, figure: _Context) -> None:
        pictures = figure.pictures or []
        if figure.caption is not None:
            first = pictures.pop(0) if pictures else None
            self._parts.append(replace(figure.caption, picture=first))
        for picture in pictures:
            self._add_picture(picture)

    def _add_picture(self, picture: Picture) -> None:
        if picture.alt:
            self._parts.append(Part("caption", [Stretch(picture.alt)], picture=picture))

    def _embed(self, tag: str, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("embedtype", "image")
        if kind == "image":
            key = attributes.get("id", "") if tag == "embed" else ""
            key = key if key.isascii() and key.isdigit() else ""
            picture = Picture(key, normal_text(attributes.get("alt", "")))
            pictures = (c.pictures for c in reversed(self._contexts) if c.pictures is not None)
            next(pictures, self._pictures).append(picture)
            self._inline.space()
        elif attributes.get("url"):
            self._link_media(attributes["url"])

    def _link_media(self, url: str) -> None:
        """Put the address where a video stood, since no foreign host is asked for it."""
        if not self._cell:
            self._flush()
        self._inline.start("a", {"href": url})
        self._inline.text(url)
        self._inline.end("a")
        if not self._cell:
            self._flush()


def _number(value: str | None, default: int) -> int:
    """Return a number written in an attribute, if it is one of a reasonable size."""
    digits = (value or "").strip().removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 7):
        return default
    return int((value or "").strip())
