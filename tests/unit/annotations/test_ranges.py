"""Ranges: description, search, UTF-16, grapheme clusters, abbreviation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.core import ranges

CASES = json.loads(
    (Path(__file__).parents[2] / "cases" / "ranges.json").read_text(encoding="utf-8")
)


def named(cases):
    return [pytest.param(case, id=case["name"]) for case in cases]


words = st.text(
    st.sampled_from("ab ß😀é\u0303\u200d👩🏽🇩🇪\u05d0\u0627\u064e"), min_size=1, max_size=40
)


@st.composite
def texts_with_range(draw):
    text = draw(words)
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, len(text)))


@pytest.mark.parametrize("case", named(CASES["ranges"]))
def test_shared_case_converts_both_ways_and_quotes_its_words(case):
    text, start, end = case["text"], case["start"], case["end"]
    assert text[start:end] == case["exact"]
    assert ranges.quote(text, start, end).exact == case["exact"]
    assert ranges.to_utf16(text, start) == case["utf16_start"]
    assert ranges.to_utf16(text, end) == case["utf16_end"]
    assert ranges.from_utf16(text, case["utf16_start"]) == start
    assert ranges.from_utf16(text, case["utf16_end"]) == end


@pytest.mark.parametrize("case", named(CASES["ranges"]))
def test_shared_case_cuts_no_letter_and_so_stays_when_snapped(case):
    start, end = case["start"], case["end"]
    assert ranges.snap(case["text"], start, end) == (start, end)


@pytest.mark.parametrize("case", named(CASES["refused"]))
def test_offset_inside_a_surrogate_pair_or_outside_the_text_is_refused(case):
    with pytest.raises(ranges.RangeError):
        ranges.from_utf16(case["text"], case["utf16"])


@pytest.mark.parametrize("case", named(CASES["snapped"]))
def test_range_that_cuts_a_letter_is_extended_outwards(case):
    snapped = ranges.snap(case["text"], case["start"], case["end"])
    assert snapped == (case["snapped_start"], case["snapped_end"])


@given(texts_with_range())
def test_describing_and_finding_gives_the_range_back(chosen):
    text, start, end = chosen
    assert (start, end) in ranges.find_quote(text, *ranges.quote(text, start, end))


@given(texts_with_range())
def test_every_place_of_a_quote_holds_its_words(chosen):
    text, start, end = chosen
    found = ranges.find_quote(text, text[start:end])
    assert found == sorted(found)
    assert {text[first:last] for first, last in found} == {text[start:end]}


@given(texts_with_range())
def test_utf16_there_and_back_gives_the_offset_back(chosen):
    text, start, end = chosen
    for offset in (start, end):
        assert ranges.from_utf16(text, ranges.to_utf16(text, offset)) == offset


@given(words, st.integers(0, 100))
def test_each_utf16_offset_is_converted_exactly_or_refused(text, offset):
    try:
        point = ranges.from_utf16(text, offset)
    except ranges.RangeError:
        assert offset not in {ranges.to_utf16(text, point) for point in range(len(text) + 1)}
    else:
        assert ranges.to_utf16(text, point) == offset


@given(texts_with_range())
def test_snapping_extends_within_the_text_and_twice_equals_once(chosen):
    text, start, end = chosen
    first, last = ranges.snap(text, start, end)
    assert 0 <= first <= start < end <= last <= len(text)
    assert ranges.snap(text, first, last) == (first, last)


@given(texts_with_range())
def test_snapped_range_equals_whole_clusters_counted_from_the_beginning(chosen):
    text, start, end = chosen
    borders = {0}
    for cluster in ranges._CLUSTER.finditer(text):
        borders.add(cluster.end())
    assert set(ranges.snap(text, start, end)) <= borders


def test_surroundings_decide_between_equal_words():
    text = "Der Bezirk prüft. Der Senat prüft. Der Bund prüft."
    start = text.index("prüft", text.index("Senat"))
    found = ranges.find_quote(text, *ranges.quote(text, start, start + 5))
    assert found == [(start, start + 5)]


def test_places_with_equal_surroundings_are_all_named():
    assert ranges.find_quote("x a x a x", "a", "x ", " x") == [(2, 3), (6, 7)]


def test_empty_quote_stands_nowhere():
    assert ranges.find_quote("Text", "") == []


def test_context_has_at_most_32_characters_on_either_side():
    described = ranges.quote("a" * 40 + "Wort" + "b" * 40, 40, 44)
    assert described == ("Wort", "a" * 32, "b" * 32)


@pytest.mark.parametrize(
    ("start", "end"),
    [(-1, 2), (0, 5), (2, 2), (3, 1), (True, 2), (0, True), (0.0, 1), ("0", 1), (0, None)],
)
def test_range_that_does_not_fit_is_refused(start, end):
    with pytest.raises(ranges.RangeError):
        ranges.check_range("Wort", start, end)


@pytest.mark.parametrize("offset", [-1, 5, True])
def test_offset_outside_the_text_is_not_converted(offset):
    with pytest.raises(ranges.RangeError):
        ranges.to_utf16("Wort", offset)


@pytest.mark.parametrize(
    ("text", "offset", "cut"),
    [
        ("Absatz", 3, True),
        ("§ 32", 2, False),
        ("a b", 1, False),
        ("q\u0307", 1, True),
        ("👍🏽", 1, True),
        ("😀😀", 1, False),
        ("Wort", 0, False),
        ("Wort", 4, False),
    ],
)
def test_offset_inside_a_word_or_a_letter_cuts_it(text, offset, cut):
    assert ranges.is_cut(text, offset) is cut


def test_quote_of_1000_characters_stays_whole():
    words = "w" * 1000
    assert ranges.abbreviate(words) == words
    assert ranges.readable(words, 1000) == words


def test_longer_quote_keeps_its_first_and_last_500_characters():
    words = "a" * 500 + "m" + "z" * 500
    kept = ranges.abbreviate(words)
    assert kept == "a" * 500 + "z" * 500
    assert ranges.readable(kept, len(words)) == "a" * 500 + " […] " + "z" * 500
    assert ranges.digest(words) != ranges.digest(kept)
