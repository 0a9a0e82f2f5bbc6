"""What the public pages show, as plain data for templates."""

from versioning.presentation.formats import format_sentences
from versioning.presentation.rows import (
    items_of_page,
    page_of_change,
    selected_rows,
    summary,
)
from versioning.presentation.runs import anchor, cells_html, runs_html
from versioning.presentation.versions import Group, groups_of, window_sentence
from versioning.presentation.words import CATEGORIES, FORMATS, category_name

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
    "page_of_change",
    "runs_html",
    "selected_rows",
    "summary",
    "window_sentence",
]
