"""Rows of a table: compared cell by cell."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.versioning.comparison_cases import check_laws, check_runs, side
from versioning.core import cells, comparing, reading
from versioning.core.markup import escape_text
from versioning.core.passages import PassageText

WORDS = ["Rad", "Weg", "Stadt", "2030", "5", "&", "alle Bezirke", "Ziel 1", ""]
rows = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).filter(any)


def row(*texts: str, tag: str = "td") -> PassageText:
    """Make a row as ``cutting`` does: the space stands before the later of two filled cells."""
    html, filled = "", False
    for text in texts:
        html += " " if text and filled else ""
        html += f"<{tag}>{escape_text(text)}</{tag}>"
        filled = filled or bool(text)
    return PassageText("table_row", " ".join(filter(None, texts)), html)


def runs_of(old: PassageText, new: PassageText) -> list[tuple[str, str]]:
    (found,) = comparing.compare([old], [new])
    return [tuple(run) for run in found.runs]


def texts_of(passage: PassageText) -> list[str]:
    return [passage.text[start:end] for start, end in cells.spans(passage)]


def test_cells_are_found_in_the_text_of_their_row_also_empty_ones():
    assert texts_of(row("Ziel", "", "a & b", "2030")) == ["Ziel", "", "a & b", "2030"]
    assert texts_of(row("", "Ziel")) == ["", "Ziel"]


@pytest.mark.parametrize(
    "passage",
    [
        PassageText("paragraph", "Ziel 1", "<b>Ziel</b> 1"),
        PassageText("table_row", "Ziel 1"),
        PassageText("table_row", "Ziel 1", "<td>Ziel</td><td>2</td>"),
    ],
)
def test_nothing_has_cells_whose_html_says_other_words(passage):
    assert cells.spans(passage) == []


def test_a_word_that_changes_the_column_is_deleted_there_and_inserted_here():
    assert runs_of(row("Rad", "Stadt", "2030"), row("Stadt", "Rad", "2030")) == [
        ("delete", "Rad"),
        ("insert", "Stadt"),
        ("equal", " "),
        ("delete", "Stadt"),
        ("insert", "Rad"),
        ("equal", " 2030"),
    ]


def test_a_row_that_gains_a_cell_shows_that_cell_as_inserted():
    assert runs_of(row("Ziel", "2030"), row("Ziel", "offen", "2030")) == [
        ("equal", "Ziel "),
        ("insert", "offen "),
        ("equal", "2030"),
    ]
    assert runs_of(row("Ziel", "2030"), row("Ziel", "2030", "offen")) == [
        ("equal", "Ziel 2030"),
        ("insert", " offen"),
    ]


def test_a_filled_cell_that_was_empty_is_inserted():
    assert runs_of(row("Ziel", "", "2030"), row("Ziel", "offen", "2030")) == [
        ("equal", "Ziel"),
        ("insert", " offen"),
        ("equal", " 2030"),
    ]


def test_a_row_that_loses_a_cell_shows_that_cell_as_deleted():
    assert runs_of(row("Ziel", "offen", "2030"), row("Ziel", "2030")) == [
        ("equal", "Ziel "),
        ("delete", "offen "),
        ("equal", "2030"),
    ]


def test_words_within_a_cell_are_compared_word_by_word():
    old = row("Ziel", "Wege für alle bauen", "2030")
    new = row("Ziel", "Wege für viele bauen", "2031")
    assert runs_of(old, new) == [
        ("equal", "Ziel Wege für "),
        ("delete", "alle"),
        ("insert", "viele"),
        ("equal", " bauen "),
        ("delete", "2030"),
        ("insert", "2031"),
    ]


def test_a_table_that_gains_a_row_keeps_the_others_and_one_that_gains_a_column_changes_each():
    names = ["Rad", "Bus", "Bahn", "Fuß"]
    old = [row(name, f"Maßnahme {name}", str(2030 + at)) for at, name in enumerate(names)]
    more = [*old[:2], row("Schiff", "Maßnahme Schiff", "2040"), *old[2:]]
    relations = [found.relation for found in comparing.compare(old, more)]
    assert relations == ["kept", "kept", "added", "kept", "kept"]
    wider = [row(*texts_of(passage), f"Amt {at}") for at, passage in enumerate(old)]
    found = comparing.compare(old, wider)
    check_laws(old, wider, found)
    assert [item.relation for item in found] == ["changed"] * 4
    for at, item in enumerate(found):
        assert [tuple(run) for run in item.runs] == [
            ("equal", old[at].text),
            ("insert", f" Amt {at}"),
        ]


def test_the_same_words_in_other_cells_are_a_change_of_format():
    (found,) = comparing.compare([row("Ziel 1", "2030")], [row("Ziel", "1 2030")])
    assert (found.relation, found.format) == ("changed", ("cells",))


def test_rows_with_very_many_cells_are_compared_in_bounded_time():
    old, new = row(*"a" * 3_000), row(*"a" * 2_000)
    runs = comparing.compare([old], [new])[0].runs
    assert side(runs, "delete") == old.text
    assert side(runs, "insert") == new.text


@given(rows, rows)
def test_rows_of_a_table_keep_the_laws_and_no_equal_word_changes_its_column(old, new):
    before, after = row(*old), row(*new)
    found = comparing.compare([before], [after])
    check_laws([before], [after], found)
    if before.text == after.text:  # then words stay, and "cells" says what changed
        assert [run.operation for run in found[0].runs] in ([], ["equal"])
    elif len(old) == len(new) and len(found) == 1:
        check_runs(found[0].runs)
        for one, other in equal_places(found[0].runs):
            assert column(before, one) == column(after, other)


def equal_places(runs):
    """Give the offsets on both sides of every equal character that is no space."""
    old_at = new_at = 0
    for operation, text in runs:
        if operation == "equal":
            yield from (
                (old_at + at, new_at + at) for at, char in enumerate(text) if not char.isspace()
            )
        old_at += len(text) if operation != "insert" else 0
        new_at += len(text) if operation != "delete" else 0


def column(passage: PassageText, at: int) -> int:
    return next(n for n, (start, end) in enumerate(cells.spans(passage)) if start <= at < end)


@pytest.mark.parametrize("kind", ["table_row", "table"])
def test_cells_of_a_json_file_are_kept(kind):
    block = {"type": kind, "text": "Ziel 2030", "html": "<td>Ziel</td><td>2030</td>"}
    (passage,) = reading.read_passages(("a.json", json.dumps([block]).encode()))
    assert (passage.text, texts_of(passage)) == ("Ziel 2030", ["Ziel", "2030"])


def test_cells_of_a_json_file_that_say_other_words_than_its_text_are_left_out():
    block = {"type": "table_row", "text": "Ziel 2031", "html": "<td>Ziel</td><td>2030</td>"}
    (passage,) = reading.read_passages(("a.json", json.dumps([block]).encode()))
    assert (passage.text, passage.html) == ("Ziel 2031", "")


def test_rows_of_a_markdown_table_have_cells():
    text = "| Ziel | Jahr |\n| --- | --- |\n| Rad | 2030 |\n"
    passages = reading.read_passages(("a.md", text.encode()))
    assert [texts_of(passage) for passage in passages] == [["Ziel", "Jahr"], ["Rad", "2030"]]
