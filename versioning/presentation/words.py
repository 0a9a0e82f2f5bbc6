"""The words for what became of a passage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import pgettext, pgettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from versioning.comparisons import ComparedRow
    from versioning.models import Passage

CATEGORIES: dict[str, StrOrPromise] = {
    "kept": pgettext_lazy("comparison", "unchanged"),
    "changed": pgettext_lazy("comparison", "changed"),
    "moved": pgettext_lazy("comparison", "moved"),
    "moved_changed": pgettext_lazy("comparison", "moved and changed"),
    "split": pgettext_lazy("comparison", "split"),
    "merged": pgettext_lazy("comparison", "merged"),
    "added": pgettext_lazy("comparison", "new"),
    "removed": pgettext_lazy("comparison", "removed"),
    "format": pgettext_lazy("comparison", "format only"),
}
"""Categories of rows in the order of the summary, with the words for them."""

FORMATS: dict[str, StrOrPromise] = {
    "bold": pgettext_lazy("comparison", "bold"),
    "italic": pgettext_lazy("comparison", "italic"),
    "link": pgettext_lazy("comparison", "link"),
    "code": pgettext_lazy("comparison", "code"),
    "super": pgettext_lazy("comparison", "superscript"),
    "sub": pgettext_lazy("comparison", "subscript"),
    "kind": pgettext_lazy("comparison", "kind of paragraph"),
    "level": pgettext_lazy("comparison", "level"),
    "marker": pgettext_lazy("comparison", "sign of the list"),
    "cells": pgettext_lazy("comparison", "cells of the table"),
    "image": pgettext_lazy("comparison", "picture or its description"),
}
"""What a difference without other words can be about."""

KINDS: dict[str, StrOrPromise] = {
    "heading": pgettext_lazy("comparison", "heading"),
    "paragraph": pgettext_lazy("comparison", "paragraph"),
    "list_item": pgettext_lazy("comparison", "list item"),
    "table": pgettext_lazy("comparison", "table"),
    "table_row": pgettext_lazy("comparison", "table row"),
    "quote": pgettext_lazy("comparison", "quotation"),
    "caption": pgettext_lazy("comparison", "caption"),
    "measure": pgettext_lazy("comparison", "field of a measure"),
}
"""What a passage can be."""


def category_name(category: str) -> str:
    """Return the word for a category of rows."""
    return str(CATEGORIES.get(category, category))


def relation_words(row: ComparedRow) -> str:
    """Say what became of the passages of a row; of a split or merge, which they were."""
    old, new = joined_numbers(row.old), joined_numbers(row.new)
    numbers = {"old": old, "new": new}
    if row.category == "split" and old and new:
        return pgettext("comparison", "split: %(old)s became %(new)s") % numbers
    if row.category == "merged" and old and new:
        return pgettext("comparison", "merged: %(old)s became %(new)s") % numbers
    return category_name(row.category)


def joined_numbers(passages: Iterable[Passage]) -> str:
    """Return the numbers of passages for citing."""
    return ", ".join(passage.number for passage in passages if passage.number)
