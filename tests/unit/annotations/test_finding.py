"""Laws of finding words in what citizens wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.core.finding import MAX_WORDS, excerpt, fold, marked, words_of

TEXTS = st.text(max_size=200)
WORDS = st.lists(st.text(min_size=1, max_size=6).map(fold), max_size=4)


@given(TEXTS)
def test_folding_twice_equals_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(TEXTS, TEXTS)
def test_folding_pieces_gives_the_pieces_of_the_folded_text(one, two):
    assert fold(one + two) == fold(one) + fold(two)


@given(st.text(alphabet=st.characters(categories=["Cs", "Lu", "Cc"]), max_size=40))
def test_what_is_folded_can_be_stored(text):
    assert "\0" not in fold(text)
    fold(text).encode()


@given(TEXTS, WORDS)
def test_joining_the_pieces_gives_the_text_back(text, words):
    assert "".join(piece.text for piece in marked(text, words)) == text


@given(TEXTS, WORDS)
def test_something_is_marked_exactly_where_a_word_stands(text, words):
    holds = any(word and word in fold(text) for word in words)
    assert any(piece.is_found for piece in marked(text, words)) == holds


@given(TEXTS, WORDS, st.integers(20, 80))
def test_an_excerpt_is_a_stretch_of_the_text_and_not_much_longer_than_asked_for(text, words, limit):
    shown = "".join(piece.text for piece in excerpt(text, words, limit))
    assert len(shown) <= limit + 4
    if len(text) <= limit:
        assert shown == text
    assert shown.removeprefix("… ").removesuffix(" …") in text or "…" in text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("übergang", "Der ÜBERGANG"),
        ("ubergang", "Der Übergang"),
        ("ÜBERGANG", "Der U\u0308bergang"),
        ("strasse", "Hauptstraße"),
        ("STRASSE", "hauptstraße"),
        ("stelle", "Bushaltestellen"),
        ("%", "50 % mehr"),
        ("µg", "30 μg Feinstaub"),
        ("istanbul", "İSTANBUL"),
    ],
)
def test_case_marks_and_joined_words_do_not_matter(question, text):
    (word,) = words_of(question)
    assert word in fold(text)
    assert any(piece.is_found for piece in marked(text, [word]))


def test_the_whole_letter_is_marked_where_it_folds_to_two():
    assert [p.text for p in marked("Maßstab", ["s"]) if p.is_found] == ["ßs"]


def test_an_excerpt_begins_shortly_before_the_word_and_shows_it():
    text = "Anfang " * 50 + "Laterne " + "Ende " * 50
    shown = excerpt(text, ["laterne"], 120)
    assert [p.text for p in shown if p.is_found] == ["Laterne"]
    assert shown[0].text == "… "
    assert shown[-1].text == " …"
    assert shown[1].text.startswith("Anfang")


def test_a_question_has_few_words_each_once():
    assert words_of("Bus  bus\tBUS Bahn") == ["bus", "bahn"]
    assert len(words_of(" ".join(map(str, range(500))))) == MAX_WORDS
    assert words_of("\0 \ud800") == []
    assert sum(map(len, words_of("x" * 5_000))) <= 200
