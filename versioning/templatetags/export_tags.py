"""Tags and filters of printed documents."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from versioning.exports import printed
from versioning.presentation.tables import Table

if TYPE_CHECKING:
    from versioning.comparisons import ComparedRow
    from versioning.models import Passage
    from versioning.presentation.rows import ShownRow

_FIRST = 500
_RIGHT = frozenset({"R", "AL"})

register = template.Library()

register.filter("reasons_below", printed.reasons_below)
register.filter("annotations_words", printed.annotations_words)


@register.filter
def passage_attributes(passage: Passage, language: str = "") -> SafeString:
    """Return language and direction of the words of a passage where they need to be told."""
    own = passage.locale.language_code
    attributes = SafeString() if own == language else format_html(' lang="{}"', own)
    return attributes + SafeString(' dir="rtl"') if is_right_to_left(passage.text) else attributes


@register.filter
def row_attributes(row: ComparedRow, language: str = "") -> SafeString:
    """Return language and direction of the words of a row where they need to be told."""
    return passage_attributes(shown_side(row)[0], language)


@register.filter
def under_element(item: ShownRow | Table) -> str:
    """Return the element of a heading below a chapter; where there is no chapter, that of one."""
    section = item.rows[0].shown.section if isinstance(item, Table) else item.section
    return "h2" if section == item.under else "h3"


@register.filter
def shown_side(row: ComparedRow) -> tuple[Passage, ...]:
    """Return the passages that name what a row is: the new ones where there are any."""
    return row.new or row.old


@register.filter
def is_right_to_left(text: str) -> bool:
    """Tell whether the first letter of a text is of a script that runs from right to left."""
    for character in text[:_FIRST]:
        kind = unicodedata.bidirectional(character)
        if kind in _RIGHT:
            return True
        if kind == "L":
            return False
    return False
