"""Comparison of texts that are huge, strange or empty: exact, bounded and the same every time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import no_hang
from tests.unit.versioning.comparison_cases import (
    check_laws,
    check_runs,
    documents,
    paragraph,
    paragraphs,
    side,
)
from versioning.core import comparing
from versioning.core.normalizing import normal_text
from versioning.core.passages import PassageText

RTL = "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd \u0645\u0631\u062d\u0628\u0627"


def compared(old: list, new: list):
    with no_hang():
        rows = comparing.compare(old, new)
    check_laws(old, new, rows)
    return rows


def prose(source: random.Random, length: int) -> str:
    vocabulary = [f"{source.getrandbits(30):x}" for _ in range(3_000)]
    return " ".join(source.choice(vocabulary) for _ in range(length // 8))


def test_unrelated_passages_of_100_000_characters_are_removed_and_added():
    source = random.Random(1)
    rows = compared(paragraphs(prose(source, 100_000)), paragraphs(prose(source, 100_000)))
    assert [row.relation for row in rows] == ["removed", "added"]


def test_one_word_in_a_passage_of_100_000_characters_is_found():
    text = prose(random.Random(2), 100_000)
    words = text.split()
    words[len(words) // 2] = "geändert"
    (row,) = compared(paragraphs(text), paragraphs(" ".join(words)))
    assert [run.text for run in row.runs if run.operation == "insert"] == ["geändert"]


def test_twenty_unrelated_passages_of_100_000_characters_on_each_side_come_to_an_end():
    source = random.Random(3)
    old, new = (paragraphs(*(prose(source, 100_000) for _ in range(20))) for _ in range(2))
    assert len(compared(old, new)) == 40


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x" * 1_000_000, "x" * 500_000),
        ("x " * 500_000, "x " * 250_000 + "y"),
        ("x y " * 250_000, "y x x " * 160_000),
        ("." * 1_000_000, "." * 500_000 + "!" + "." * 400_000),
        ("e" + "\u0301" * 1_000_000, "e" + "\u0301" * 500_000),
        ("👩\u200d" * 100_000, "👩\u200d" * 90_000 + "👧"),
        ("🚲🚗" * 50_000, "🚗🚲🚲" * 30_000),
    ],
    ids=["letters", "words", "two words", "dots", "accents", "joined emoji", "emoji"],
)
def test_a_million_repeated_characters_come_back_exactly(old, new):
    with no_hang():
        runs, _ = comparing.diff_words(old, new)
    assert side(runs, "delete") == old
    assert side(runs, "insert") == new


def test_a_passage_as_large_as_a_file_may_be_comes_to_an_end():
    source = random.Random(4)
    compared(paragraphs(prose(source, 10_000_000)), paragraphs(prose(source, 10_000_000)))


def test_many_passages_of_few_words_come_to_an_end():
    source = random.Random(5)
    old, new = (
        paragraphs(*(" ".join(source.choices("abcdefgh", k=9)) for _ in range(4_000)))
        for _ in range(2)
    )
    compared(old, new)


def test_a_long_text_that_stands_there_twice_is_compared_in_order():
    text = [f"Absatz {at} mit Worten" for at in range(6_000)]
    rows = compared(paragraphs(*text, *text), paragraphs(*text, *text[1:]))
    assert [row.relation for row in rows].count("kept") == 11_999


def test_two_empty_versions_have_no_rows_and_an_empty_one_gives_all_as_added_or_removed():
    text = paragraphs("Eins.", "Zwei.")
    assert compared([], []) == []
    assert [row.relation for row in compared([], text)] == ["added", "added"]
    assert [row.relation for row in compared(text, [])] == ["removed", "removed"]


def test_passages_that_share_text_and_identity_stay_where_they_are():
    twice = [PassageText("paragraph", "Die Stadt baut neue Wege", uid="u") for _ in range(2)]
    assert [row.relation for row in compared(twice, twice)] == ["kept", "kept"]


@given(documents())
def test_a_version_against_itself_is_kept_whole(pair):
    old, _ = pair
    assert {row.relation for row in compared(old, old)} <= {"kept"}


@given(documents())
def test_the_same_texts_give_the_same_rows(pair):
    assert comparing.compare(*pair) == comparing.compare(*pair)


@given(documents())
def test_hints_change_what_belongs_together_but_break_no_law(pair):
    old, new = pair
    same = [item._replace(uid=f"u{at % 4}") for at, item in enumerate(old)]
    other = [item._replace(uid=f"u{at % 3}") for at, item in enumerate(new)]
    compared(same, other)


@given(documents(), st.data())
def test_any_lineage_and_any_pairs_kept_apart_keep_the_laws(pair, data):
    old, new = pair
    places = st.tuples(st.integers(0, max(0, len(old) - 1)), st.integers(0, max(0, len(new) - 1)))
    drawn = data.draw(st.lists(places, max_size=6)) if old and new else []
    rows = comparing.compare(old, new, lineage=drawn[:3], apart=drawn[3:])
    check_laws(old, new, rows)
    pairs = {(i, j) for row in rows for i in row.old for j in row.new}
    assert not pairs & set(drawn[3:])


def test_right_to_left_words_are_marked_whole_and_in_the_order_of_the_text():
    old, new = f"{RTL} \u05d0", f"{RTL} \u05d1"
    assert [tuple(run) for run in comparing.diff_words(old, new)[0]] == [
        ("equal", f"{RTL} "),
        ("delete", "\u05d0"),
        ("insert", "\u05d1"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("das Café am Platz", "das Cafe\u0301 am Platz"),
        ("Bürger\u00adbeteiligung für alle", "Bürgerbeteiligung für alle"),
        ("Ziele\u00a0und  Wege", "Ziele und Wege"),
    ],
    ids=["NFC and NFD", "soft hyphen", "spaces"],
)
def test_what_normalising_makes_equal_is_kept(old, new):
    rows = compared(paragraphs(normal_text(old)), paragraphs(normal_text(new)))
    assert [row.relation for row in rows] == ["kept"]


def test_texts_that_nobody_normalised_come_back_exactly_too():
    old, new = "das Café am Platz", "das Cafe\u0301 am Platz \u00ad"
    runs, _ = comparing.diff_words(old, new)
    check_runs(runs)
    assert (side(runs, "delete"), side(runs, "insert")) == (old, new)


@pytest.mark.parametrize(
    ("old", "new", "deleted", "inserted"),
    [
        (
            "Wir 👩\u200d👩\u200d👧 hier",
            "Wir 👩\u200d👩\u200d👦 hier",
            "👩\u200d👩\u200d👧",
            "👩\u200d👩\u200d👦",
        ),
        ("gut 👍🏽 so", "gut 👍🏿 so", "👍🏽", "👍🏿"),
        ("aus 🇩🇪 her", "aus 🇩🇰 her", "🇩🇪", "🇩🇰"),
        ("Liebe ❤\ufe0f hier", "Liebe ❤ hier", "❤\ufe0f", "❤"),
        ("ein e\u0327\u0301 da", "ein e\u0301 da", "e\u0327\u0301", "e\u0301"),
    ],
)
def test_graphemes_are_never_cut(old, new, deleted, inserted):
    runs, _ = comparing.diff_words(old, new)
    assert [run.text for run in runs if run.operation == "delete"] == [deleted]
    assert [run.text for run in runs if run.operation == "insert"] == [inserted]


SIGNS = st.text(st.sampled_from("🚲🚗🌳.-\u200d👩\u0301"), max_size=40)


@given(SIGNS, SIGNS)
def test_stretches_without_a_word_come_back_exactly_and_cut_no_grapheme(old, new):
    runs, _ = comparing.diff_words(f"Wege {old} da", f"Wege {new} da")
    check_runs(runs)
    assert side(runs, "delete") == f"Wege {old} da"
    assert side(runs, "insert") == f"Wege {new} da"


def test_a_row_of_emoji_is_compared_sign_by_sign():
    runs, _ = comparing.diff_words("🚲🚗🌳🏠🚌🚆", "🚲🚗🏠🚌🚆🚀")
    assert [tuple(run) for run in runs] == [
        ("equal", "🚲🚗"),
        ("delete", "🌳"),
        ("equal", "🏠🚌🚆"),
        ("insert", "🚀"),
    ]


@given(
    st.lists(
        st.sampled_from(["eins zwei drei", "vier fünf sechs", "sieben acht", "neun zehn"]),
        unique=True,
    )
)
def test_kept_and_moved_passages_are_the_same_seen_from_the_other_side(order):
    old, new = paragraphs(*sorted(order)), paragraphs(*order)
    there = {(row.old, row.new) for row in comparing.compare(old, new)}
    back = {(row.new, row.old) for row in comparing.compare(new, old)}
    assert there == back


def test_a_split_is_a_merge_seen_from_the_other_side():
    text = "Die Stadt plant neue Wege für alle. Der Senat beschließt im Herbst darüber."
    old, new = paragraphs(text), paragraphs(*[f"{part}." for part in text.rstrip(".").split(". ")])
    assert [row.relation for row in compared(old, new)] == ["split"]
    assert [row.relation for row in compared(new, old)] == ["merged"]


@pytest.mark.parametrize("text", ["", " ", "\n", "\u0301", "\u200d", "\U0001f1e9"])
def test_a_passage_of_a_single_strange_character_is_compared(text):
    runs, _ = comparing.diff_words(text, f"{text} und mehr")
    assert side(runs, "delete") == text
    assert side(runs, "insert") == f"{text} und mehr"


def test_a_passage_without_words_has_no_likeness_to_fear():
    compared(paragraphs("***", "…", "→"), [paragraph("→"), paragraph("* * *")])
