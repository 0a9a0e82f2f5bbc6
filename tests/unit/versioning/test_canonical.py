"""Canonical JSON is that of RFC 8785, and nothing else is read as such."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from versioning.core.canonical import NotCanonical, canonical, read_canonical
from versioning.core.hashing import canonical_json

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_the_example_of_the_standard_has_its_canonical_form():
    """RFC 8785, section 3.2.2 and 3.2.3: numbers, escapes and the order of keys."""
    data = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    assert canonical(data).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_keys_are_sorted_by_the_code_units_of_javascript():
    """RFC 8785, section 3.2.3."""
    data = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    order = list(json.loads(canonical(data)))
    assert order == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740991, "9007199254740991"),
        (295147905179352830000.0, "295147905179352830000"),
        (1e23, "1e+23"),
        (0.000001, "0.000001"),
    ],
)
def test_numbers_are_written_as_in_the_table_of_the_standard(number, text):
    """RFC 8785, appendix B."""
    assert canonical(number).decode() == text


@settings(max_examples=50)
@given(PLAIN)
def test_what_hashes_cover_is_in_the_same_form(data):
    assert canonical(data) == canonical_json(data)
    assert read_canonical(canonical(data)) == data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"NaN",
        b'"\\u00e4"',
        b'"\xff"',
        b'"\\ud800"',
        b"99999999999999999999999999",
        b"[" * 100_000,
        b"[]\n",
    ],
)
def test_anything_else_is_refused(content):
    with pytest.raises(NotCanonical):
        read_canonical(content)
