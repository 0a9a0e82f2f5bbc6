"""Comparison of two texts."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import LCSseq

from tests.unit.versioning.comparison_cases import (
    REVISIONS,
    anything,
    check_laws,
    check_runs,
    documents,
    paragraph,
    paragraphs,
    revision,
    sentences,
    side,
)
from versioning.core import comparing, words
from versioning.core.passages import PassageText, Row, Run

ROOT = Path(__file__).resolve().parents[3]


def runs_of(old: str, new: str) -> list[tuple[str, str]]:
    return [tuple(run) for run in comparing.diff_words(old, new)[0]]


def only_row(old: PassageText, new: PassageText) -> Row:
    (row,) = comparing.compare([old], [new])
    return row


@given(documents())
def test_every_comparison_keeps_the_laws(pair):
    old, new = pair
    check_laws(old, new, comparing.compare(old, new))


@given(sentences, sentences)
def test_runs_give_both_sentences_back_and_cut_no_word(old, new):
    runs, _ = comparing.diff_words(old, new)
    assert side(runs, "delete") == old
    assert side(runs, "insert") == new
    check_runs(runs)


@given(anything, anything)
def test_runs_give_any_text_back_and_cut_no_grapheme(old, new):
    runs, _ = comparing.diff_words(old, new)
    assert side(runs, "delete") == old
    assert side(runs, "insert") == new
    check_runs(runs)


@given(anything)
def test_tokens_joined_are_the_text_and_flags_stay_whole(text):
    assert "".join(words.tokens(text)) == text
    assert words.tokens("🇩🇪🇫🇷") == ["🇩🇪", "🇫🇷"]


@given(st.text(max_size=30))
def test_plain_texts_are_cut_as_all_others(text):
    assert words.tokens(text) == words.tokens(f"{text} \u0301")[: len(words.tokens(text))]


@given(sentences)
def test_a_text_compared_with_itself_is_one_equal_run(text):
    expected = ((Run("equal", text),) if text else ()), False
    assert comparing.diff_words(text, text) == expected


@given(sentences, sentences)
def test_hunks_point_at_their_words_on_both_sides(old, new):
    runs, _ = comparing.diff_words(old, new)
    hunks = comparing.hunks(Row("changed", (0,), (0,), runs))
    for hunk in hunks:
        assert old[hunk.old_start : hunk.old_end] == hunk.old_text
        assert new[hunk.new_start : hunk.new_end] == hunk.new_text
        assert hunk.old_text or hunk.new_text
    assert len(hunks) == sum(
        run.operation != "equal" and (at == 0 or runs[at - 1].operation == "equal")
        for at, run in enumerate(runs)
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "Der Hund bellt laut.",
            "Der alte Hund bellt laut.",
            [("equal", "Der "), ("insert", "alte "), ("equal", "Hund bellt laut.")],
        ),
        (
            "Erster Satz. Dritter Satz.",
            "Erster Satz. Zweiter Satz. Dritter Satz.",
            [("equal", "Erster Satz. "), ("insert", "Zweiter Satz. "), ("equal", "Dritter Satz.")],
        ),
        (
            "Wir planen die neue offene Stadt von morgen.",
            "Wir bauen die neue Stadt von morgen.",
            [
                ("equal", "Wir "),
                ("delete", "planen"),
                ("insert", "bauen"),
                ("equal", " die neue "),
                ("delete", "offene "),
                ("equal", "Stadt von morgen."),
            ],
        ),
        (
            "Ein Bürgerrat tagt im Mai.",
            "Ein Bürgerräte tagt im Mai.",
            [
                ("equal", "Ein "),
                ("delete", "Bürgerrat"),
                ("insert", "Bürgerräte"),
                ("equal", " tagt im Mai."),
            ],
        ),
    ],
)
def test_changes_stand_where_people_would_mark_them(old, new, expected):
    assert runs_of(old, new) == expected


def test_a_lone_word_between_two_insertions_stays_as_it_is():
    assert runs_of("Die Stadt baut.", "Die große Stadt heute baut.") == [
        ("equal", "Die "),
        ("insert", "große "),
        ("equal", "Stadt "),
        ("insert", "heute "),
        ("equal", "baut."),
    ]


def test_words_count_before_signs_where_only_one_can_be_common():
    runs = runs_of("a, b. c d e f g", "b, a. c d e f g")
    assert sum(len(words.words(text)) for operation, text in runs if operation == "equal") >= 5


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "Ziele, Wege",
            "Ziele; Wege",
            [("equal", "Ziele"), ("delete", ","), ("insert", ";"), ("equal", " Wege")],
        ),
        ("Ziele.", "Ziele", [("equal", "Ziele"), ("delete", ".")]),
        ("„Ziele", "Ziele", [("delete", "„"), ("equal", "Ziele")]),
        ("Wege 🚲", "Wege 🚲🚗", [("equal", "Wege 🚲"), ("insert", "🚗")]),
    ],
)
def test_other_signs_between_common_words_are_marked_alone(old, new, expected):
    assert runs_of(old, new) == expected


@given(st.lists(st.text(st.sampled_from("aäB_1 .-\u00a0\u0301\u200c\u200d\r\n🏻👩🇩🇪")), max_size=4))
def test_texts_are_coded_as_their_words_are(texts):
    by_text, by_word = words.WordCodes(), words.Codes()
    ours = "".join(map(by_text.encode, texts))
    theirs = "".join(by_word.encode(words.words(text)) for text in texts)
    assert [ours.index(char) for char in ours] == [theirs.index(char) for char in theirs]


def test_a_lone_word_between_two_changes_joins_them():
    runs = runs_of(
        "Heute plant die Verwaltung gern ihre neuen Radwege der Stadt sehr gründlich und genau.",
        "Heute plant ein Büro gern alle breiten Fußwege der Stadt sehr gründlich und genau.",
    )
    assert [operation for operation, _ in runs] == ["equal", "delete", "insert", "equal"]


def test_a_rewritten_passage_is_shown_whole():
    old, new = "Die Stadt baut neue Wege für alle.", "Niemand braucht heute noch die alten Karten."
    assert comparing.diff_words(old, new) == ((Run("delete", old), Run("insert", new)), True)


def test_html_in_a_text_is_compared_as_text():
    runs = runs_of("Ein <b>Wort</b> mehr", "Ein <i>Wort</i> mehr")
    assert "".join(text for operation, text in runs if operation != "insert") == (
        "Ein <b>Wort</b> mehr"
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"html": "Die <b>offene</b> Stadt"}, ("bold",)),
        ({"html": "Die <i>offene</i> <code>Stadt</code>"}, ("italic", "code")),
        ({"html": '<a href="/neu">Die offene Stadt</a>'}, ("link",)),
        ({"html": "Die offene<sup> Stadt</sup>", "kind": "quote"}, ("super", "kind")),
        ({"level": 2}, ("level",)),
        ({"kind": "heading", "level": 2}, ("kind",)),
        ({"marker": "•"}, ("marker",)),
        ({"image": "7", "alt": "Plan"}, ("image",)),
    ],
)
def test_a_change_of_format_alone_is_one_equal_run_that_says_what(change, expected):
    old = paragraph("Die offene Stadt")
    row = only_row(old, old._replace(**change))
    assert row.relation == "changed"
    assert row.runs == (Run("equal", "Die offene Stadt"),)
    assert row.format == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"kind": "heading", "level": 2}, {"kind": "heading", "level": 3}, ("level",)),
        ({"kind": "list_item", "level": 1}, {"kind": "paragraph"}, ("kind",)),
        ({"kind": "list_item", "marker": "1."}, {"kind": "list_item", "marker": "•"}, ("marker",)),
        (
            {"html": '<a href="/a">Ziele</a> jetzt'},
            {"html": '<a href="/b">Ziele</a> jetzt'},
            ("link",),
        ),
        ({"html": "<b>Ziele</b> jetzt"}, {}, ("bold",)),
    ],
)
def test_a_change_of_format_is_named_also_where_words_changed(old, new, expected):
    before = paragraph("Ziele jetzt")._replace(**old)
    after = paragraph("Ziele jetzt")._replace(**new)
    later = after._replace(text="Ziele jetzt heute", html=after.html and f"{after.html} heute")
    assert only_row(before, after).format == expected
    row = only_row(before, later)
    assert row.format == expected
    assert row.runs[-1] == Run("insert", " heute")


def test_a_number_that_only_counts_on_is_no_change():
    old = paragraph("Radwege bauen")._replace(kind="list_item", marker="9.")
    assert only_row(old, old._replace(marker="10.")).relation == "kept"


def test_another_link_target_is_a_change_and_another_way_to_write_bold_is_none():
    old = paragraph("Hier lesen", html='<a href="/alt">Hier</a> <b>lesen</b>')
    assert only_row(old, old._replace(html='<a href="/neu">Hier</a> <b>lesen</b>')).format == (
        "link",
    )
    same = old._replace(html='<a href="/alt">Hier</a> <strong>lesen</strong>')
    assert only_row(old, same).relation == "kept"


def test_marks_on_the_common_words_of_a_changed_passage_are_named():
    old = paragraph("Die offene Stadt plant Wege", html="Die <b>offene</b> Stadt plant Wege")
    new = paragraph("Die offene Stadt plant neue Wege")
    row = only_row(old, new)
    assert row.relation == "changed"
    assert row.format == ("bold",)


def test_known_lineage_decides_even_against_the_words():
    old, new = paragraphs("Alpha beta gamma.", "Delta."), paragraphs("Delta.", "Omega psi chi.")
    rows = comparing.compare(old, new, lineage=[(0, 1)])
    pairs = {(row.old, row.new): row.relation for row in rows}
    assert pairs[(0,), (1,)] in ("changed", "moved_changed")
    assert pairs[(1,), (0,)] in ("kept", "moved")
    check_laws(old, new, rows)


def test_known_lineage_may_split_and_merge():
    old, new = (
        paragraphs("Eins zwei drei vier.", "Fünf.", "Sechs."),
        paragraphs("Eins zwei.", "Drei vier.", "Fünf Sechs."),
    )
    rows = comparing.compare(old, new, lineage=[(0, 0), (0, 1), (1, 2), (2, 2)])
    assert [(row.relation, row.old, row.new) for row in rows] == [
        ("split", (0,), (0, 1)),
        ("merged", (1, 2), (2,)),
    ]
    check_laws(old, new, rows)


def test_lineage_that_crosses_splits_with_merges_still_keeps_the_laws():
    old, new = paragraphs("Eins zwei.", "Drei vier."), paragraphs("Eins vier.", "Zwei drei.")
    every = [(i, j) for i in range(2) for j in range(2)]
    check_laws(old, new, comparing.compare(old, new, lineage=every))


def test_line_feeds_of_a_split_belong_to_the_runs():
    first = "Die Stadt plant neue Wege für den Radverkehr in allen Bezirken."
    second = "Der Senat beschließt darüber im Herbst des nächsten Jahres."
    rows = comparing.compare(paragraphs(f"{first} {second}"), paragraphs(first, second))
    assert rows[0].relation == "split"
    assert rows[0].runs == (
        Run("equal", first),
        Run("delete", " "),
        Run("insert", "\n"),
        Run("equal", second),
    )


@pytest.mark.parametrize("name", REVISIONS)
def test_real_revisions_keep_the_laws(name):
    old, new = revision(name)
    check_laws(old, new, comparing.compare(old, new))


def test_two_processes_with_other_hash_seeds_give_the_same_bytes():
    code = (
        "from tests.unit.versioning.test_comparing import hash_seed_document as d;"
        "from versioning.core import comparing; print(repr(comparing.compare(*d())))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "31337")
    }
    assert len(outputs) == 1
    assert b"moved" in outputs.pop()


def hash_seed_document() -> tuple[list[PassageText], list[PassageText]]:
    """Make a text with many equally good choices, and a shuffled and edited one."""
    source = random.Random(4)
    vocabulary = [f"Wort{number}" for number in range(40)]
    old = paragraphs(*(" ".join(source.choices(vocabulary, k=12)) for _ in range(120)))
    new = [item._replace(text=item.text.replace("Wort1", "Wort2")) for item in old]
    source.shuffle(new)
    return old, new[:100]


class TestHostileTexts:
    """Bounds are bounds of work; a comparison that hangs fails by never ending."""

    def test_unrelated_texts_of_100_000_characters_are_shown_as_replaced(self):
        source = random.Random(1)
        old, new = (" ".join(f"{source.getrandbits(40):x}" for _ in range(9_500)) for _ in range(2))
        assert comparing.diff_words(old, new) == ((Run("delete", old), Run("insert", new)), True)

    def test_a_million_repeated_signs_come_back_exactly(self):
        old, new = "x" + "." * 1_000_000 + "y", "x" + "." * 500_000 + "y"
        runs, _ = comparing.diff_words(old, new)
        assert side(runs, "delete") == old
        assert side(runs, "insert") == new

    def test_too_large_pairs_keep_their_common_ends(self):
        old = "Anfang " + "a b " * 10_000 + "Ende"
        new = "Anfang " + "c d " * 10_000 + "Ende"
        runs, replaced = comparing.diff_words(old, new)
        assert replaced
        assert runs[0] == Run("equal", "Anfang ")
        assert runs[-1] == Run("equal", " Ende")

    def test_ten_thousand_equal_passages_keep_the_laws(self):
        old = paragraphs("gleich") * 10_000
        new = [paragraph("gleich" if at % 2 else "anders") for at in range(10_000)]
        check_laws(old, new, comparing.compare(old, new))

    def test_ten_thousand_changed_passages_are_all_found(self):
        old = paragraphs(*(f"Maßnahme {at}: Wege {at * 7} bauen" for at in range(10_000)))
        new = paragraphs(*(f"Maßnahme {at}: Wege {at * 7} gut bauen" for at in range(10_000)))
        rows = comparing.compare(old, new)
        assert [(row.relation, row.old, row.new) for row in rows] == [
            ("changed", (at,), (at,)) for at in range(10_000)
        ]


def test_short_lists_of_words_are_compared_by_diff_match_patch(monkeypatch):
    asked = []
    engine = comparing.diff_match_patch

    class Watched(engine):
        def diff_main(self, *args):
            asked.append(args[:2])
            return super().diff_main(*args)

    monkeypatch.setattr(comparing, "diff_match_patch", Watched)

    runs, _replaced = comparing.diff_words(
        "der alte Weg führt nach Hause", "der Weg führt bald nach Haus"
    )

    assert [len(side) for side in asked[0]] == [5, 5]
    assert [run.text for run in runs if run.operation == "insert"] == ["bald ", "Haus"]


@pytest.mark.parametrize("limit", [0, 10**9])
@given(old=..., new=...)
def test_both_ways_to_find_common_words_find_equally_many(limit, old: bytes, new: bytes):
    ours, theirs = ([f"w{byte % 7}" for byte in side[:30]] for side in (old, new))
    usual = comparing.MAX_SHORT
    comparing.MAX_SHORT = limit
    try:
        edits, _too_large = comparing._edits(ours, theirs)
    finally:
        comparing.MAX_SHORT = usual

    kept = len(ours) - sum(edit.old_end - edit.old_start for edit in edits)
    assert kept == LCSseq.similarity(ours, theirs)
