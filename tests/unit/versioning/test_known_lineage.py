"""Alignment of passages of which somebody has said what belongs together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.versioning.comparison_cases import check_laws, documents, paragraph, paragraphs
from versioning.core import aligning, comparing, lineage

FIRST = "Die Stadt baut bis zum Jahr 2030 neue Radwege in allen zwölf Bezirken."
SECOND = "Offene Daten der Verwaltung helfen Vereinen und Forschung."
THIRD = "Ein Rat aus zufällig gelosten Menschen begleitet jede größere Entscheidung."


def pairs_of(rows):
    return {(i, j) for row in rows for i in row.old for j in row.new}


@st.composite
def some_pairs(draw):
    """Draw two texts and pairs of their indices."""
    old, new = draw(documents())
    if not old or not new:
        return old, new, []
    place = st.tuples(st.integers(0, len(old) - 1), st.integers(0, len(new) - 1))
    return old, new, draw(st.lists(place, max_size=6))


@given(some_pairs())
def test_what_is_said_to_be_apart_never_comes_together(case):
    old, new, apart = case
    rows = comparing.compare(old, new, apart=apart)
    check_laws(old, new, rows)
    assert not pairs_of(rows) & set(apart)
    assert not pairs_of(lineage.trace(old, new, apart=apart)) & set(apart)


@given(some_pairs())
def test_apart_goes_before_lineage(case):
    old, new, pairs = case
    rows = comparing.compare(old, new, lineage=pairs, apart=pairs)
    check_laws(old, new, rows)
    assert not pairs_of(rows) & set(pairs)


@given(some_pairs())
def test_a_complete_lineage_leaves_nothing_to_guess(case):
    old, new, pairs = case
    rows = comparing.compare(old, new, lineage=pairs, complete=True)
    check_laws(old, new, rows)
    assert pairs_of(rows) <= set(pairs)


@given(documents())
def test_a_stored_lineage_gives_the_same_rows_again(pair):
    old, new = pair
    traced = lineage.trace(old, new)
    again = aligning.align(old, new, lineage=sorted(pairs_of(traced)), complete=True)
    assert pairs_of(again) == pairs_of(traced)


@given(some_pairs())
def test_one_stated_pair_is_always_kept(case):
    old, new, pairs = case
    if pairs:
        assert pairs[0] in pairs_of(lineage.trace(old, new, lineage=pairs[:1]))


def test_a_stated_successor_takes_the_uid_from_the_likelier_passage():
    old = paragraphs(FIRST)
    new = paragraphs(FIRST, SECOND)
    rows = lineage.trace(old, new, lineage=[(0, 1)])
    assert pairs_of(rows) == {(0, 1)}


def test_an_equal_text_that_is_another_passage_stays_another_passage():
    old, new = [paragraph(FIRST, uid="old0")], [paragraph(FIRST)]
    rows = lineage.trace(old, new, apart=[(0, 0)])
    assert [row.relation for row in rows] == ["removed", "added"]
    assert lineage.assign_uids(rows, old, new, lambda: "fresh") == ["fresh"]


def test_a_part_that_does_not_belong_leaves_the_rest_of_a_split():
    old = paragraphs(f"{FIRST} {SECOND} {THIRD}")
    new = paragraphs(FIRST, SECOND, THIRD)
    assert pairs_of(lineage.trace(old, new)) == {(0, 0), (0, 1), (0, 2)}
    assert pairs_of(lineage.trace(old, new, apart=[(0, 1)])) <= {(0, 0), (0, 2)}


def test_two_stated_parts_make_a_split_and_two_origins_a_merge():
    split = lineage.trace(paragraphs(FIRST), paragraphs(SECOND, THIRD), lineage=[(0, 0), (0, 1)])
    assert [row.relation for row in split] == ["split"]
    merged = lineage.trace(paragraphs(SECOND, THIRD), paragraphs(FIRST), lineage=[(0, 0), (1, 0)])
    assert [row.relation for row in merged] == ["merged"]
