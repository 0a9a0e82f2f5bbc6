"""Lasting identity of passages."""

from __future__ import annotations

from itertools import count

from hypothesis import given

from tests.unit.versioning.comparison_cases import documents, paragraph, revision
from versioning.core import lineage

FIRST = "Die Stadt baut bis zum Jahr 2030 neue Radwege in allen zwölf Bezirken."
SECOND = "Offene Daten der Verwaltung helfen Vereinen und Forschung."


def with_uids(passages):
    return [passage._replace(uid=f"old{at}") for at, passage in enumerate(passages)]


def uids_of(old, new) -> list[str]:
    numbers = count()
    rows = lineage.trace(old, new)
    return lineage.assign_uids(rows, old, new, lambda: f"fresh{next(numbers)}")


@given(documents())
def test_no_uid_is_given_twice_and_none_comes_from_nowhere(pair):
    old, new = with_uids(pair[0]), pair[1]
    uids = uids_of(old, new)
    assert len(uids) == len(new) == len(set(uids))
    known = {passage.uid for passage in old}
    assert all(uid in known or uid.startswith("fresh") for uid in uids)


@given(documents())
def test_an_unchanged_text_keeps_all_its_uids(pair):
    old = with_uids(pair[0])
    assert uids_of(old, pair[0]) == [passage.uid for passage in old]


def test_uids_of_real_revisions_are_unique_and_mostly_kept():
    old, new = revision("A09")
    uids = uids_of(with_uids(old), new)
    assert len(set(uids)) == len(new)
    assert sum(uid.startswith("old") for uid in uids) > 0.8 * len(old)


def test_moved_and_edited_passages_keep_their_uid():
    old = with_uids([paragraph(FIRST), paragraph(SECOND)])
    new = [paragraph(SECOND), paragraph(FIRST.replace("neue", "breite"))]
    assert uids_of(old, new) == ["old1", "old0"]


def test_a_split_leaves_the_uid_with_the_most_similar_part():
    old = with_uids([paragraph(f"{SECOND} {FIRST}")])
    assert uids_of(old, [paragraph(SECOND), paragraph(FIRST)]) == ["fresh0", "old0"]


def test_a_merged_passage_takes_the_uid_of_the_most_similar_old_one():
    old = with_uids([paragraph(SECOND), paragraph(FIRST)])
    assert uids_of(old, [paragraph(f"{SECOND} {FIRST}")]) == ["old1"]


def test_similar_text_in_the_same_block_goes_before_equal_text_elsewhere():
    old = with_uids([paragraph(FIRST, block="a"), paragraph(SECOND, block="b")])
    new = [paragraph(f"{FIRST} Ja.", block="a"), paragraph(FIRST, block="c")]
    assert uids_of(old, new) == ["old0", "fresh0"]


def test_another_text_in_the_same_block_is_another_passage():
    old = with_uids([paragraph(FIRST, block="a")])
    assert uids_of(old, [paragraph(SECOND, block="a")]) == ["fresh0"]


def test_an_old_passage_without_uid_gives_none():
    assert uids_of([paragraph(FIRST)], [paragraph(FIRST)]) == ["fresh0"]


def test_a_uid_that_stood_twice_is_given_on_once():
    old = [paragraph(FIRST, uid="same"), paragraph(SECOND, uid="same")]
    assert uids_of(old, [paragraph(FIRST), paragraph(SECOND)]) == ["same", "fresh0"]


def test_translations_match_by_ordinal_where_counts_and_kinds_agree():
    source = [paragraph("Ja.", block="a"), paragraph("Nein.", block="a"), paragraph("O", block="b")]
    translation = [
        paragraph("Oh", block="b"),
        paragraph("Yes.", block="a"),
        paragraph("No.", block="a"),
    ]
    assert lineage.match_translation(source, translation) == [2, 0, 1]


def test_translations_match_only_the_first_passage_where_counts_differ():
    source = [paragraph("Ja. Nein.", block="a")]
    translation = [paragraph("Yes.", block="a"), paragraph("No.", block="a")]
    assert lineage.match_translation(source, translation) == [0, None]


def test_translations_match_only_the_first_passage_where_kinds_differ():
    source = [paragraph("Ja.", block="a"), paragraph("Nein.", block="a")]
    item = paragraph("No.", block="a")._replace(kind="list_item")
    assert lineage.match_translation(source, [paragraph("Yes.", block="a"), item]) == [0, None]


def test_a_translation_of_an_unknown_block_has_no_source():
    source = [paragraph("Ja.", block="a"), paragraph("Nein.")]
    translation = [paragraph("Yes.", block="z"), paragraph("No.")]
    assert lineage.match_translation(source, translation) == [None, None]
