"""What the public pages show, as plain data for templates."""

from versioning.presentation.formats import format_sentences
from versioning.presentation.rows import (
    items_of_page,
    page_of_change,
    selected_rows,
    summary,
)
from versioning.presentation.runs import anchor, cells_html, place_of, runs_html
from versioning.presentation.versions import Group, groups_of, window_sentence
from versioning.presentation.words import (
    CATEGORIES,
    FORMATS,
    category_name,
    joined_numbers,
    relation_words,
)

__all__ = [
    "CATEGORIES",
    "FORMATS",
    "Group",
    "anchor",
    "category_name",
    "cells_html",
    "format_sentences",
    "groups_of",
    "items_of_page",
    "joined_numbers",
    "page_of_change",
    "place_of",
    "relation_words",
    "runs_html",
    "selected_rows",
    "summary",
    "window_sentence",
]
