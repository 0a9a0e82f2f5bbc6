from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from versioning.core.hashing import canonical_json, text_hash, version_hash

safe = st.integers(-(2**53) + 1, 2**53 - 1)
text = st.text(st.characters(exclude_categories=["Cs"]))
data = st.recursive(
    st.none() | st.booleans() | safe | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)


def _version(**changes) -> str:
    values = {"number": 1, "locale": "de", "passages": [{"text": "a", "uid": "1"}], "previous": ""}
    return version_hash(**{**values, **changes})


def test_the_hash_of_a_text_is_its_sha256_in_utf_8():
    assert text_hash("Spree") == sha256(b"Spree").hexdigest()
    assert text_hash("ä") != text_hash("a\u0308")


def test_canonical_json_sorts_keys_by_utf_16_units_as_rfc_8785_demands():
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical_json(dict.fromkeys(keys, 0)))) == ordered


def test_canonical_json_has_no_spaces_and_writes_letters_as_they_are():
    assert canonical_json({"b": [1, True, None], "a": 'ü\n\x07"'}) == (
        '{"a":"ü\\n\\u0007\\"","b":[1,true,null]}'.encode()
    )


@given(data)
def test_canonical_json_gives_the_data_back(value):
    assert json.loads(canonical_json(value)) == value


@pytest.mark.parametrize("value", [1.5, {1: "a"}, {"a": object()}, b"x", {"a": {2, 3}}])
def test_data_without_one_json_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical_json(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800"])
def test_data_that_other_languages_read_differently_is_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011 -- the message is the encoder's for half characters
        canonical_json([value])


def test_the_order_of_keys_does_not_change_a_version_hash():
    assert _version() == _version(passages=[{"uid": "1", "text": "a"}])


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 2},
        {"locale": "en"},
        {"previous": "0" * 64},
        {"passages": [{"text": "b", "uid": "1"}]},
        {"passages": [{"text": "a", "uid": "1"}, {"text": "a", "uid": "1"}]},
        {"passages": []},
    ],
)
def test_any_change_of_a_version_changes_its_hash(changes):
    assert _version(**changes) != _version()
