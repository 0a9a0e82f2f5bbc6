"""Doubts about lineage: rare, and about passages that a person can decide on."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.unit.versioning.comparison_cases import documents, paragraph, paragraphs, revision
from versioning.core import lineage
from versioning.core.doubts import MAX_CANDIDATES, doubtful

WAYS = "Die Stadt baut bis zum Jahr 2030 neue Radwege in allen zwölf Bezirken."
DATA = "Offene Daten der Verwaltung helfen Vereinen, Forschung und kleinen Unternehmen in Berlin."
LOT = "Ein Rat aus zufällig gelosten Menschen begleitet jede größere Entscheidung der Stadt."

HALF = (
    "Zum Jahr 2030 neue Radwege in den Bezirken: "
    "wer sie plant, fragt vorher die Schulen und Vereine."
)


def doubts(old, new, **more):
    return doubtful(lineage.trace(old, new), old, new, **more)


@given(documents())
def test_doubts_name_passages_that_are_there(pair):
    old, new = pair
    found = doubts(old, new)
    assert [doubt.new for doubt in found] == sorted({doubt.new for doubt in found})
    for doubt in found:
        assert 0 <= doubt.new < len(new)
        assert 1 <= len(doubt.candidates) <= MAX_CANDIDATES
        assert all(0 <= candidate.old < len(old) for candidate in doubt.candidates)
        scores = [candidate.similarity for candidate in doubt.candidates]
        assert scores == sorted(scores, reverse=True)


def test_small_edits_moves_and_new_passages_raise_no_doubt():
    new = paragraphs(LOT, WAYS.replace("neue", "breite"), "Wasser gehört in jeden Hof und Park.")
    assert doubts(paragraphs(WAYS, DATA, LOT), new) == []


def test_a_pair_that_is_hardly_alike_is_doubtful():
    rewritten = (
        "Die Stadt baut in allen Bezirken Spielplätze, "
        "die auch Kindern und deren Eltern am Abend gefallen."
    )
    old, new = paragraphs(WAYS, DATA), paragraphs(rewritten, DATA)
    rows = lineage.trace(old, new, lineage=[(0, 0)])
    (doubt,) = doubtful(rows, old, new)
    assert (doubt.new, doubt.guess, doubt.cause) == (0, 0, "unlike")


def test_a_removed_and_a_new_passage_that_might_belong_together_are_doubtful():
    old, new = paragraphs(WAYS, DATA, LOT), paragraphs(DATA, LOT, HALF)
    (doubt,) = doubts(old, new)
    assert (doubt.new, doubt.guess, doubt.cause) == (2, None, "together")
    assert [candidate.old for candidate in doubt.candidates] == [0]


def test_two_candidates_that_are_about_equally_good_are_doubtful():
    first = "Jede Schule erhält bis 2030 eine schnelle Leitung und neue Geräte vom Land"
    second = "Jede Kita erhält bis 2031 eine schnelle Leitung und alte Möbel vom Land"
    between = "Jede Halle erhält bis 2032 eine schnelle Leitung und nichts vom Land"
    old, new = paragraphs(DATA, first, second, LOT), paragraphs(DATA, between, LOT)
    (doubt,) = doubts(old, new)
    assert doubt.cause == "tie"
    assert {candidate.old for candidate in doubt.candidates} == {1, 2}


def test_what_somebody_has_decided_is_not_asked_again():
    old, new = paragraphs(WAYS, DATA, LOT), paragraphs(DATA, LOT, HALF)
    assert doubts(old, new, settled={2}) == []


def test_short_passages_are_not_worth_a_question():
    assert doubts([paragraph("Ziele der Stadt")], [paragraph("Wege der Stadt")]) == []


@pytest.mark.parametrize("name", ["A05", "A06", "A07", "A09", "A10"])
def test_a_revision_of_a_real_text_raises_few_questions(name):
    old, new = ([p._replace(uid="") for p in side] for side in revision(name))
    assert len(doubts(old, new)) <= 1
