"""What the public pages show, as plain data for templates."""

from versioning.presentation.formats import format_sentences
from versioning.presentation.reasons import words_of_change, words_of_reason
from versioning.presentation.rows import chapters, items_of_page, places_on, summary
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
    "chapters",
    "format_sentences",
    "groups_of",
    "items_of_page",
    "joined_numbers",
    "place_of",
    "places_on",
    "relation_words",
    "runs_html",
    "summary",
    "window_sentence",
    "words_of_change",
    "words_of_reason",
]
