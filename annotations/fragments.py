"""Pieces of html kept by what they show: the same data gives the same html, so none is ever old.

A write changes one card of a text and makes the whole text anew; all other cards are found here.
The key of a piece holds every value of its data, not a stamp: there is nothing to empty.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils import translation

from versioning.models import Passage
from versioning.page_cache import text_store

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MOST = 4_000
"""Pieces that a process keeps: a few texts with their cards."""

_kept: dict[Hashable, str] = {}


def kept_fragment(data: list[Any], make: Callable[[], str]) -> str:
    """Return the html that shows some data, rendered where it is not known.

    Args:
        data: All that the html depends on besides the language: plain values, and data classes or
            models that hold such. Of a frozen passage it is enough to know which one it is.
        make: Renders it.
    """
    if text_store() is None:
        return make()
    key = (translation.get_language(), _plain(data))
    html = _kept.get(key)
    if html is None:
        html = make()
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = html
    return html


def _plain(value: Any) -> Hashable:  # noqa: ANN401  # what templates get
    """Return the values that something holds, as something that can be compared."""
    if isinstance(value, (list, tuple)):
        return tuple([_plain(one) for one in value])
    if isinstance(value, Passage):
        body, picture = getattr(value, "body", ""), getattr(value, "picture", None)
        return (value.pk, value.withheld_at, value.withheld_ground, body, _plain(picture))
    if isinstance(value, Model):
        locale = value._state.fields_cache.get("locale")  # the one related row that is shown
        held = [repr(one) for name, one in vars(value).items() if name[0] != "_"]
        return (locale.language_code if locale else "", *held)
    if is_dataclass(value):
        return tuple([_plain(getattr(value, field.name)) for field in fields(value)])
    return value if isinstance(value, (str, int)) else repr(value)
