"""Blocks of a strategy text.

A block says what passages it holds by ``passage_sources(value, key)``: pairs of a key and html.
Plain rich text, characters, lists and structures need no such method: versioning knows them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail_localize.segments import StringSegmentValue

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT_FEATURES = [
    "h2", "h3", "h4", "h5", "bold", "italic", "ol", "ul", "link", "document-link",
    "superscript", "subscript", "code", "blockquote",
]  # fmt: skip


class ChapterBlock(blocks.CharBlock):
    """The title of a chapter."""

    class Meta:
        icon = "title"
        label = _("Chapter")

    def passage_sources(self, value: str, key: str) -> Iterator[tuple[str, str]]:
        """Yield the title as the highest heading of the text."""
        yield key, str(format_html("<h1>{}</h1>", value))


class QuoteBlock(blocks.StructBlock):
    """Somebody's words."""

    quote = blocks.TextBlock(label=_("Quote"))
    source = blocks.CharBlock(label=_("Source"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")

    def passage_sources(self, value: dict[str, Any], key: str) -> Iterator[tuple[str, str]]:
        """Yield the words, then their source as a paragraph of its own."""
        yield f"{key}.quote", str(format_html("<blockquote>{}</blockquote>", value["quote"]))
        if value["source"]:
            yield f"{key}.source", str(format_html("<p>{}</p>", value["source"]))


class TableBlock(TypedTableBlock):
    """A table whose rows are passages and whose cells can be translated one by one."""

    def passage_sources(self, value: TypedTable, key: str) -> Iterator[tuple[str, str]]:
        """Yield caption, head and rows as one table."""
        caption = format_html("<caption>{}</caption>", value.caption) if value.caption else ""
        head = format_html_join(
            "", "<th>{}</th>", ((column["heading"],) for column in value.columns)
        )
        rows = format_html_join(
            "",
            "<tr>{}</tr>",
            (
                (format_html_join("", "<td>{}</td>", ((str(cell.value),) for cell in row)),)
                for row in value.rows
            ),
        )
        yield key, str(format_html("<table>{}<tr>{}</tr>{}</table>", caption, head, rows))

    def get_translatable_segments(self, value: TypedTable) -> list[StringSegmentValue]:
        """Return caption, headings and cells, each with its place in the table."""
        return [
            StringSegmentValue(place, text) for place, text in _table_texts(value) if text.strip()
        ]

    def restore_translated_segments(
        self, value: TypedTable, segments: list[StringSegmentValue]
    ) -> TypedTable:
        """Put translated words back into their places."""
        for segment in segments:
            _put_text(value, segment.path, segment.render_text())
        return value


def _table_texts(table: TypedTable) -> Iterator[tuple[str, str]]:
    yield "caption", table.caption or ""
    for index, column in enumerate(table.columns):
        yield f"head.{index}", column["heading"] or ""
    for number, row in enumerate(table.row_data):
        for index, cell in enumerate(row["values"]):
            yield f"row.{number}.{index}", str(cell or "")


def _put_text(table: TypedTable, place: str, text: str) -> None:
    part, *indices = place.split(".")
    if part == "caption":
        table.caption = text
    elif part == "head":
        table.columns[int(indices[0])]["heading"] = text
    else:
        table.row_data[int(indices[0])]["values"][int(indices[1])] = text


class FigureBlock(blocks.StructBlock):
    """A picture with the words that stand for it."""

    image = ImageChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(label=_("Description for people who cannot see the image"))
    caption = blocks.CharBlock(label=_("Caption"), required=False)

    class Meta:
        icon = "image"
        label = _("Image")

    def passage_sources(self, value: dict[str, Any], key: str) -> Iterator[tuple[str, str]]:
        """Yield one figure."""
        if value["image"] is None:
            return
        yield (
            key,
            str(
                format_html(
                    '<figure><embed embedtype="image" id="{}" alt="{}" format="fullwidth"/>'
                    "<figcaption>{}</figcaption></figure>",
                    value["image"].pk,
                    value["alt"],
                    value["caption"] or value["alt"],
                )
            ),
        )


class MeasureBlock(blocks.StructBlock):
    """A measure of the strategy; each field is a passage."""

    title = blocks.CharBlock(label=_("Measure"))
    goal = blocks.TextBlock(label=_("Goal"))
    responsible = blocks.CharBlock(label=_("Responsible"))
    involved = blocks.CharBlock(label=_("Involved"), required=False)
    period = blocks.CharBlock(label=_("Period"), required=False)
    status = blocks.CharBlock(label=_("Status"), required=False)
    contact = blocks.CharBlock(label=_("Contact"), required=False)
    criterion = blocks.TextBlock(label=_("Criterion of success"), required=False)

    class Meta:
        icon = "task"
        label = _("Measure")

    def passage_sources(self, value: dict[str, Any], key: str) -> Iterator[tuple[str, str]]:
        """Yield the title as a heading, then every field that is filled in."""
        yield f"{key}.title", str(format_html("<h2>{}</h2>", value["title"]))
        for name in self.child_blocks:
            if name != "title" and value.get(name):
                html = format_html(
                    '<p data-kind="measure" data-field="{}">{}</p>', name, value[name]
                )
                yield f"{key}.{name}", str(html)


class StrategyBlock(blocks.StreamBlock):
    """The text of a strategy."""

    chapter = ChapterBlock()
    text = blocks.RichTextBlock(features=TEXT_FEATURES, label=_("Text"))
    quote = QuoteBlock()
    table = TableBlock(
        [("text", blocks.CharBlock(required=False, label=_("Text")))], label=_("Table")
    )
    image = FigureBlock()
    measure = MeasureBlock()


class TimelineEntryBlock(blocks.StructBlock):
    """One dated entry of the timeline: "on", "from", or "from … to"."""

    kind = blocks.ChoiceBlock(
        choices=[("on", _("on")), ("from", _("from")), ("span", _("from … to"))],
        default="on",
        label=_("Kind"),
    )
    date = blocks.DateBlock(label=_("Date"))
    end = blocks.DateBlock(label=_("End"), required=False)
    title = blocks.CharBlock(label=_("Title"))
    text = blocks.TextBlock(label=_("Text"), required=False)

    class Meta:
        icon = "date"
        label = _("Entry")


class PhaseBlock(blocks.StructBlock):
    """One phase of the process; the last one that has begun is the current one."""

    title = blocks.CharBlock(label=_("Title"))
    begins = blocks.DateBlock(label=_("Begins"))
    sentence = blocks.CharBlock(
        label=_("What one can do"),
        help_text=_("A whole sentence, such as “The editors are working your comments in.”"),
        required=False,
    )

    class Meta:
        icon = "calendar"
        label = _("Phase")
