"""From a page to its passages: which html a page holds, block by block.

A field of ``versioned_fields`` may be rich text, a StreamField, or plain text. Within a
StreamField every block that holds words is walked; a block class may say itself what it holds by
``passage_sources(value, key)``, which yields pairs of a key and html. Blocks that hold no words
(numbers, dates, choosers other than images) yield nothing.

The key of a source is the id of its block, ``id.field`` inside a structure and ``id.id`` inside a
list or a nested stream, or the name of the field where there are no blocks. Wagtail repeats block
ids in copies and translations, so a key means something only together with its page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html, format_html_join
from wagtail import blocks
from wagtail.blocks.stream_block import StreamValue
from wagtail.fields import RichTextField
from wagtail.images.blocks import ImageBlock, ImageChooserBlock
from wagtail.rich_text import RichText

from versioning.core.cutting import cut_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models

    from versioning.core.passages import PassageText

    Source = tuple[str, str]


def passages_of(page: models.Model) -> list[PassageText]:
    """Cut the versioned fields of a page into passages.

    Args:
        page: A page whose class names ``versioned_fields``.

    Returns:
        Passages in reading order, without lasting identity.

    Raises:
        UnreadableText: A field is nested too deeply.
    """
    return [passage for key, html in page_sources(page) for passage in cut_html(html, block=key)]


def passages_of_field(page: models.Model, name: str) -> list[PassageText]:
    """Cut one field of a page into passages.

    Raises:
        UnreadableText: It is nested too deeply.
    """
    return [
        passage for key, html in field_sources(page, name) for passage in cut_html(html, block=key)
    ]


def page_sources(page: models.Model) -> Iterator[Source]:
    """Yield every piece of html that a page's versioned fields hold, with its key."""
    for name in page.versioned_fields:  # type: ignore[attr-defined]  # VersionedPageMixin
        yield from field_sources(page, name)


def field_sources(page: models.Model, name: str) -> Iterator[Source]:
    """Yield every piece of html that one field of a page holds, with its key."""
    value = getattr(page, name)
    if isinstance(value, StreamValue):
        yield from _children(value)
    elif isinstance(page._meta.get_field(name), RichTextField):
        yield name, value or ""
    elif value:
        yield name, _paragraphs(str(value))


def block_sources(block: blocks.Block, value: Any, key: str) -> Iterator[Source]:  # noqa: ANN401  # a block's value
    """Yield the html of one block and of all that it holds.

    Args:
        block: The block's definition.
        value: Its value.
        key: Its key.
    """
    own = getattr(block, "passage_sources", None)
    if value is None:
        return
    if own is not None:
        yield from own(value, key)
    elif isinstance(block, blocks.StreamBlock):
        yield from _children(value, f"{key}.")
    elif isinstance(block, blocks.ListBlock):
        for item in value.bound_blocks:
            yield from block_sources(item.block, item.value, f"{key}.{item.id or ''}")
    elif isinstance(block, blocks.StructBlock) and not isinstance(block, ImageBlock):
        for name, child in block.child_blocks.items():
            yield from block_sources(child, value.get(name), f"{key}.{name}")
    elif html := _leaf_html(block, value):
        yield key, html


def _children(stream: StreamValue, prefix: str = "") -> Iterator[Source]:
    for child in stream:
        yield from block_sources(child.block, child.value, f"{prefix}{child.id or ''}")


def _leaf_html(block: blocks.Block, value: Any) -> str:  # noqa: ANN401  # a block's value
    if isinstance(value, RichText):
        return value.source or ""
    if isinstance(block, blocks.RawHTMLBlock):
        return str(value)
    if isinstance(block, ImageBlock | ImageChooserBlock):
        return _image_html(value)
    if isinstance(block, blocks.BlockQuoteBlock):
        return format_html("<blockquote>{}</blockquote>", value) if value else ""
    if isinstance(block, blocks.CharBlock | blocks.TextBlock):
        return _paragraphs(value)
    return ""


def _image_html(image: Any) -> str:  # noqa: ANN401  # the site's own image model
    alt = getattr(image, "contextual_alt_text", None)
    if alt is None:
        alt = image.default_alt_text
    return format_html('<embed embedtype="image" id="{}" alt="{}"/>', image.pk, alt)


def _paragraphs(text: str) -> str:
    """Return plain text as paragraphs; a blank line divides them."""
    return format_html_join("", "<p>{}</p>", ((part,) for part in paragraphs_in(text)))


def paragraphs_in(text: str) -> list[str]:
    """Return the paragraphs of plain text, none of them blank."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return [part for part in parts if part.strip()]
