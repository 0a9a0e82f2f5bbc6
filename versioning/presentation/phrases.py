"""Words that stand at every row of a page: translated once for each language, not once a row."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language, gettext


def said(words: str) -> str:
    """Return words in the language of the reader.

    Args:
        words: A message that ``gettext_noop`` marks where it is written down.
    """
    return _translated(words, get_language() or "")


@lru_cache(maxsize=256)
def _translated(words: str, _language: str) -> str:
    return gettext(words)
