"""Cells stay words in every spreadsheet (S13)."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.core.cells import harmless, printable

SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
TEXTS = st.text(
    st.sampled_from("".join(SIGNS) + "\t\r\n ,;|\"'ab1(!") | st.characters(), max_size=30
)


@pytest.mark.parametrize("text", ["=1", " =1+1", "+49 30", "-5", "@SUM(A1)", "\t=1", "＝1", "\r=1"])
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(text):
    assert harmless(text).strip().startswith("'")


@pytest.mark.parametrize("text", ["Ja.", "5 - 3 = 2", "a@b", "", "Ein Satz; noch einer, und mehr"])
def test_all_other_texts_stay_as_they_are(text):
    assert harmless(text) == text


@given(texts=st.lists(TEXTS, min_size=1, max_size=4), separator=st.sampled_from(",;\t|"))
def test_no_cell_begins_like_a_formula_however_it_is_cut(texts, separator):
    written = io.StringIO(newline="")
    csv.writer(written).writerow([harmless(text) for text in texts])
    line = written.getvalue()
    cells = re.split(rf"[{separator}\n\r]", line)
    for row in csv.reader(io.StringIO(line, newline=""), delimiter=separator):
        cells += row
    assert not [cell for cell in cells if cell.lstrip().lstrip('" ').startswith(SIGNS)]


@given(text=TEXTS)
def test_nothing_but_apostrophes_is_added(text):
    def words(some: str) -> str:
        return re.sub(r"[\s']+", "", printable(some))

    assert words(harmless(text)) == words(text)
