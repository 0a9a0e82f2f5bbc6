"""What editors say about the lineage of a draft."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.versioning.comparison_cases import documents, paragraph
from versioning.core.corrections import (
    MAX_CORRECTIONS,
    ContradictoryCorrections,
    Correction,
    MalformedCorrections,
    keys_of,
    read_corrections,
    resolve,
)

A, B = (str(UUID(int=number)) for number in (1, 2))
OLD = [paragraph("Alte Wege", uid=A), paragraph("Alte Ziele", uid=B)]
NEW = [
    paragraph("Neue Wege", block="x"),
    paragraph("Neue Ziele", block="x"),
    paragraph("Ganz anderes", block="y"),
]
KEYS = keys_of(NEW)


def known(*corrections, new=NEW):
    return resolve(corrections, OLD, new)


@given(documents())
def test_every_passage_has_a_key_of_its_own_that_finds_it(pair):
    _old, new = pair
    keys = keys_of(new)
    assert len(set(keys)) == len(new)
    corrections = [Correction(1, "", key, same=False) for key in keys]
    assert list(resolve(corrections, [], new).places.values()) == list(range(len(new)))


@given(documents(), st.integers(1, 9))
def test_what_is_stored_is_read_again(pair, number):
    corrections = [Correction(number, A, key, same=False) for key in keys_of(pair[1])]
    assert read_corrections([item.as_data() for item in corrections]) == corrections


def test_a_stated_pair_is_lineage_and_a_refused_one_is_apart():
    found = known(Correction(1, A, KEYS[1], same=True), Correction(1, B, KEYS[2], same=False))
    assert (found.lineage, found.apart, found.settled) == ([(0, 1)], {(1, 2)}, {1, 2})


def test_a_new_passage_is_apart_from_every_old_one():
    assert known(Correction(1, "", KEYS[0], same=False)).apart == {(0, 0), (1, 0)}


def test_a_key_finds_its_passage_after_others_came_before_it():
    new = [paragraph("Davor", block="x"), *NEW]
    assert known(Correction(1, A, KEYS[1], same=True), new=new).lineage == [(0, 2)]


def test_a_key_finds_its_passage_in_a_block_that_was_pasted_anew():
    new = [paragraph(passage.text, block="fresh") for passage in NEW]
    assert known(Correction(1, A, KEYS[1], same=True), new=new).lineage == [(0, 1)]


def test_a_key_finds_its_passage_after_its_words_were_edited():
    new = [NEW[0], paragraph("Neue Ziele und mehr", block="x"), NEW[2]]
    assert known(Correction(1, A, KEYS[1], same=True), new=new).lineage == [(0, 1)]


def test_an_edited_passage_is_lost_where_its_block_has_other_passages():
    new = [NEW[0], paragraph("Dazu", block="x"), paragraph("Neue Ziele und mehr", block="x")]
    correction = Correction(1, A, KEYS[1], same=True)
    assert known(correction, new=new).lost == [correction]


def test_words_that_stand_twice_elsewhere_are_nobodys():
    new = [paragraph("Neue Ziele", block="p"), paragraph("Neue Ziele", block="q")]
    assert known(Correction(1, A, KEYS[1], same=True), new=new).lost


def test_an_unknown_uid_is_lost():
    assert known(Correction(1, str(UUID(int=9)), KEYS[0], same=True)).lost


GOOD = Correction(1, A, KEYS[0], same=True).as_data()


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        "[]",
        [1],
        [{}],
        [GOOD | {"more": 1}],
        [GOOD | {"version": "1"}],
        [GOOD | {"version": True}],
        [GOOD | {"version": 0}],
        [GOOD | {"old": "x"}],
        [GOOD | {"old": ""}],
        [GOOD | {"old": None}],
        [GOOD | {"new": "0.1.block"}],
        [GOOD | {"new": 5}],
        [GOOD | {"new": KEYS[0] + "\x00"}],
        [GOOD | {"new": KEYS[0] + "\ud800"}],
        [GOOD | {"same": "true"}],
        [GOOD] * (MAX_CORRECTIONS + 1),
    ],
)
def test_anything_else_is_refused(data):
    with pytest.raises(MalformedCorrections):
        read_corrections(data)


def test_the_same_correction_twice_is_one():
    assert read_corrections([GOOD, GOOD]) == [Correction(1, A, KEYS[0], same=True)]


@pytest.mark.parametrize(
    "corrections",
    [
        [(A, KEYS[0], True), (A, KEYS[0], False)],
        [(A, KEYS[0], True), ("", KEYS[0], False)],
        [(A, KEYS[0], True), (A, KEYS[1], True), (B, KEYS[0], True)],
    ],
)
def test_what_cannot_both_be_true_is_refused(corrections):
    data = [Correction(1, old, new, same).as_data() for old, new, same in corrections]
    with pytest.raises(ContradictoryCorrections):
        read_corrections(data)


def test_a_split_and_a_merge_are_no_contradictions():
    for pairs in ([(A, KEYS[0]), (A, KEYS[1])], [(A, KEYS[0]), (B, KEYS[0])]):
        data = [Correction(1, *pair, same=True).as_data() for pair in pairs]
        assert len(read_corrections(data)) == 2
