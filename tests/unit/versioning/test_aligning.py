"""Alignment of passages."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.versioning.comparison_cases import (
    WORDS,
    check_laws,
    documents,
    paragraph,
    paragraphs,
    revision,
)
from versioning.core import aligning, comparing, matching

LONG = [
    "Die Stadt baut bis zum Jahr 2030 neue Radwege in allen zwölf Bezirken.",
    "Offene Daten der Verwaltung helfen Vereinen, Forschung und kleinen Unternehmen.",
    "Ein Rat aus zufällig gelosten Menschen begleitet jede größere Entscheidung.",
    "Schulen erhalten schnelle Leitungen und Geräte, die sie selbst auswählen.",
    "Das Klima im Kiez wird mit Bäumen, Wasser und hellem Pflaster verbessert.",
]


def relations(old, new, **hints):
    rows = comparing.compare(old, new, **hints)
    check_laws(old, new, rows)
    return [(row.relation, row.old, row.new) for row in rows]


def test_equal_texts_are_kept():
    passages = paragraphs(*LONG)
    assert relations(passages, passages) == [("kept", (at,), (at,)) for at in range(5)]


def test_two_empty_texts_have_no_rows():
    assert relations([], []) == []


def test_a_moved_passage_is_found_and_the_others_stay():
    new = [LONG[at] for at in (1, 2, 3, 0, 4)]
    assert relations(paragraphs(*LONG), paragraphs(*new)) == [
        ("kept", (1,), (0,)),
        ("kept", (2,), (1,)),
        ("kept", (3,), (2,)),
        ("moved", (0,), (3,)),
        ("kept", (4,), (4,)),
    ]


def test_a_moved_and_edited_passage_is_found():
    edited = LONG[0].replace("neue Radwege", "breite und sichere Wege")
    rows = relations(paragraphs(*LONG), paragraphs(*LONG[1:], edited))
    assert rows[-1] == ("moved_changed", (0,), (4,))


def test_of_two_passages_that_change_places_the_shorter_has_moved():
    long, short = LONG[0], "Eine Folge davon."
    assert relations(paragraphs(long, short), paragraphs(short, long)) == [
        ("moved", (1,), (0,)),
        ("kept", (0,), (1,)),
    ]


def test_added_and_removed_passages_stand_where_they_stood():
    old = paragraphs(LONG[0], LONG[1], LONG[2])
    new = paragraphs(LONG[0], LONG[3], LONG[2])
    assert relations(old, new) == [
        ("kept", (0,), (0,)),
        ("removed", (1,), ()),
        ("added", (), (1,)),
        ("kept", (2,), (2,)),
    ]


def test_a_passage_cut_in_two_is_a_split_wherever_it_is_cut():
    words = f"{LONG[0]} {LONG[1]}".split()
    for cut in range(4, len(words) - 4):
        parts = " ".join(words[:cut]), " ".join(words[cut:])
        new = paragraphs(LONG[2], *parts, LONG[3])
        assert relations(paragraphs(LONG[2], " ".join(words), LONG[3]), new) == [
            ("kept", (0,), (0,)),
            ("split", (1,), (1, 2)),
            ("kept", (2,), (3,)),
        ]


def test_several_passages_joined_are_merged():
    new = paragraphs(LONG[0], " ".join(LONG[1:4]), LONG[4])
    assert relations(paragraphs(*LONG), new) == [
        ("kept", (0,), (0,)),
        ("merged", (1, 2, 3), (1,)),
        ("kept", (4,), (2,)),
    ]


def test_a_split_that_also_moved_is_a_split():
    new = paragraphs(
        *LONG[1:], "Die Stadt baut bis zum Jahr 2030", "neue Radwege in allen zwölf Bezirken."
    )
    assert ("split", (0,), (4, 5)) in relations(paragraphs(*LONG), new)


def test_the_same_identity_decides_between_equal_texts():
    old = [paragraph("Entfällt.", uid="a"), paragraph("Entfällt.", uid="b")]
    new = [paragraph("Entfällt.", uid="b")]
    assert ("kept", (1,), (0,)) in relations(old, new)


def test_a_wrong_identity_does_not_outweigh_the_words():
    old = [paragraph(text, uid=str(at)) for at, text in enumerate(LONG)]
    new = [paragraph(text, uid=str(at)) for at, text in enumerate(["Ganz neu.", *LONG])]
    assert relations(old, new) == [
        ("added", (), (0,)),
        *(("kept", (at,), (at + 1,)) for at in range(5)),
    ]


def test_the_same_block_decides_between_similar_texts():
    old = [
        paragraph("Wege für alle bauen", block="x"),
        paragraph("Wege für viele bauen", block="y"),
    ]
    new = [paragraph("Wege für manche bauen", block="y")]
    assert relations(old, new) == [("removed", (0,), ()), ("changed", (1,), (0,))]


@pytest.mark.parametrize("words", ["Entfällt.", "(3) (weggefallen)", "@include(box_prefix)"])
def test_a_short_text_that_stands_elsewhere_too_does_not_move(words):
    old = paragraphs(words, *LONG[:4], words, LONG[4])
    new = paragraphs(words, LONG[0], words, *LONG[1:4], words.replace("3", "9"), LONG[4], words)
    assert not {"moved", "moved_changed"} & {relation for relation, _, _ in relations(old, new)}
    rows = relations(paragraphs(*LONG, words), paragraphs(words, *LONG))
    assert ("moved", (5,), (0,)) in rows
    apart = relations(paragraphs(words, *LONG, words), paragraphs(*LONG[:2], words, *LONG[2:]))
    assert ("added", (), (2,)) in apart
    assert not any(relation == "moved" for relation, _, _ in apart)


def test_a_short_text_moves_with_the_passage_beside_it():
    box = "Kasten", LONG[0]
    old = paragraphs(*box, *LONG[1:])
    new = paragraphs(*LONG[1:], *box, "Kasten")
    rows = relations(old, new)
    assert ("moved", (1,), (5,)) in rows
    assert ("moved", (0,), (4,)) in rows


def test_a_heading_is_paired_with_a_heading():
    old = [paragraph("Ziele und Wege der Stadt")._replace(kind="heading")]
    new = [
        paragraph("Ziele und Mittel der Stadt"),
        paragraph("Ziele und Mittel der Stadt")._replace(kind="heading"),
    ]
    assert relations(old, new) == [("added", (), (0,)), ("changed", (0,), (1,))]


@given(documents())
def test_every_alignment_is_the_same_on_every_call(pair):
    assert aligning.align(*pair) == aligning.align(*pair)


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_equal_pairs_are_equal_and_in_order(old, new):
    pairs = matching.equal_pairs(old, new)
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))


@given(st.lists(st.integers(0, 40), unique=True, max_size=20))
def test_outside_the_stretches_out_of_order_everything_stands_in_its_place(places):
    stretches = matching.crossing(places)
    inside = {at for start, end in stretches for at in range(start, end)}
    for at, place in enumerate(places):
        in_place = max(places[:at], default=-1) < place < min(places[at + 1 :], default=99)
        assert in_place == (at not in inside)
    assert all(a[1] < b[0] for a, b in pairwise(stretches))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 9)), max_size=8))
def test_the_heaviest_chain_is_heaviest(weighted):
    chain = [weighted[at] for at in matching.heaviest_chain(weighted)]
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(chain))
    assert sum(item[2] for item in chain) == brute_force(weighted)


def brute_force(weighted) -> int:
    best = {}
    for old, new, weight in sorted(weighted):
        below = [total for (i, j), total in best.items() if i < old and j < new]
        best[old, new] = max(best.get((old, new), 0), weight + max(below, default=0))
    return max(best.values(), default=0)


@pytest.mark.parametrize("share", [0.0, 0.15, 0.35])
def test_moves_in_a_real_text_are_found(share):
    """Bounds of DESIGN section 3, on the chapters of one real text."""
    old, _ = revision("A09")
    source = random.Random(7)
    movable = [at for at, item in enumerate(old) if len(item.text.split()) >= 8]
    moved = set(source.sample(movable, 12))
    order = [at for at in range(len(old)) if at not in moved]
    for at in sorted(moved):
        order.insert(source.randrange(len(order) + 1), at)
    new = [edited(old[at], share, source) if at in moved else old[at] for at in order]
    rows = comparing.compare(old, new)
    found = {(row.old[0], order[row.new[0]]) for row in rows if row.relation.startswith("moved")}
    right = {(at, at) for at in moved} & found
    assert len(right) >= (0.9 if share > 0.2 else 0.98) * len(moved)
    assert len(right) >= 0.98 * len(found)


def edited(passage, share, source):
    words = passage.text.split()
    for at in source.sample(range(len(words)), round(len(words) * share)):
        words[at] = source.choice(WORDS)
    return passage._replace(text=" ".join(words), html="")
