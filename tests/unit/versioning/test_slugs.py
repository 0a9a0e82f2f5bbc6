"""Parts of addresses."""

from __future__ import annotations

import pytest

from versioning.core.slugs import MAX_LENGTH, ascii_slug


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Straßen für alle", "strassen-fuer-alle"),
        ("A\u0308mter", "aemter"),
        ("Café, à la carte!", "cafe-a-la-carte"),
        ("2030 – 2035", "2030-2035"),
        ("战略", ""),
        ("---", ""),
    ],
)
def test_titles_become_plain_parts_of_addresses(title, slug):
    assert ascii_slug(title) == slug


def test_long_titles_are_cut():
    assert len(ascii_slug("ein langes Wort " * 50)) <= MAX_LENGTH
