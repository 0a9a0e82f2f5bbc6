"""The parts of which mails are made: one template gives the plain text and the HTML.

In the context stands ``part``: "text" or "html". In HTML what people wrote is escaped by Django as
everywhere; in plain text nothing is. Neither can hold anything that the other does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

if TYPE_CHECKING:
    from django.template.context import Context

register = template.Library()

MARGIN = "margin:0 0 16px"
HEADING = "margin:28px 0 8px;font-size:18px;line-height:1.3"
WORDS = f"{MARGIN};padding:0 0 0 12px;border-left:3px solid #8a94a3"
LINK = "color:inherit;text-decoration:underline"
BUTTON = (
    "display:inline-block;padding:10px 18px;border-radius:4px;background-color:#00538a;"
    "color:#ffffff;font-weight:bold;text-decoration:underline"
)


def is_html(context: Context) -> bool:
    """Tell which part is being made."""
    return bool(context.get("part") == "html")


@register.simple_block_tag(takes_context=True)
def paragraph(context: Context, content: str) -> str:
    """Give a paragraph; line breaks in it mean nothing."""
    line = " ".join(content.split())
    if not line:
        return ""
    if not is_html(context):
        return f"{line}\n\n"
    return format_html('<p style="{}">{}</p>\n', MARGIN, _safe(line))


@register.simple_block_tag(takes_context=True)
def heading(context: Context, content: str) -> str:
    """Give the heading of a section."""
    line = " ".join(content.split())
    if not is_html(context):
        return f"{line}\n\n"
    return format_html('<h2 style="{}">{}</h2>\n', HEADING, _safe(line))


@register.simple_block_tag(takes_context=True)
def words(context: Context, content: str) -> str:
    """Give what somebody wrote, with its line breaks, marked as the words of another."""
    lines = content.strip()
    if not lines:
        return ""
    if not is_html(context):
        return f"{lines}\n\n"
    broken = _safe(re.sub(r"\r\n|\r|\n", "<br>", lines))
    return format_html('<blockquote dir="auto" style="{}">{}</blockquote>\n', WORDS, broken)


@register.simple_tag(takes_context=True)
def link(context: Context, url: str, label: str, *, is_main: bool = True) -> str:
    """Give an address: in HTML as a button, or as a line of its own where it is not the main one.

    Args:
        context: Of the template.
        url: In full, an address of this site.
        label: What happens; in plain text the sentence before says it.
        is_main: Whether it stands out.
    """
    if not is_html(context):
        return f"{url}\n\n"
    style = BUTTON if is_main else LINK
    return format_html(
        '<p style="{}"><a href="{}" style="{}">{}</a></p>\n', MARGIN, url, style, label
    )


def _safe(rendered: str) -> Any:  # noqa: ANN401  # a string that is marked
    """Mark what the template has escaped already."""
    return mark_safe(rendered)  # noqa: S308  # autoescape is on for this part, see ``letters``
