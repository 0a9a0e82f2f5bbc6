"""The word runs of a row as html: nothing but marks, both texts exactly, words for the ear."""

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from versioning import presentation
from versioning.comparisons import ComparedRow
from versioning.core.comparing import diff_words
from versioning.core.marks import format_changes
from versioning.core.normalizing import normal_form
from versioning.core.passages import Row, Run
from versioning.models import Passage

_CHARACTERS = st.characters(exclude_categories=("Cc", "Cs"))
_TEXT = st.text(_CHARACTERS, max_size=60)
_MARKS = st.sampled_from(
    ["{}", "<b>{}</b>", "<i>{}</i>", '<a href="https://a.example/?x=1&amp;y=2">{}</a>', "{}<br>"]
)
_WORDS = st.sampled_from(
    ["Stadt", "gehört", "allen", "<b>", "&amp;", "السلام", "👩‍👩‍👧", "ä", "1 %"]
)
_HTML = st.lists(st.tuples(_MARKS, st.lists(_WORDS, max_size=3)), max_size=5).map(
    lambda parts: " ".join(mark.format(_escaped(" ".join(words))) for mark, words in parts)
)
_ROWS = st.lists(_HTML, min_size=1, max_size=4)


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _passage(html, kind="paragraph"):
    if kind == "table_row":
        cells = [normal_form(cell) for cell in html]
        return Passage(
            kind=kind,
            html=" ".join(f"<td>{cell}</td>" for cell, _text in cells),
            text=" ".join(text for _cell, text in cells),
        )
    inline, text = normal_form(html)
    return Passage(kind=kind, html=inline, text=text)


def _row(old, new):
    runs = diff_words(old.text, new.text)[0]
    formats = format_changes(old.as_text(), new.as_text(), runs)
    return ComparedRow(Row("changed", (0,), (0,), runs, formats), (old,), (new,))


def _tree(html):
    return lxml_html.fragment_fromstring(f"<div>{html}</div>", parser=lxml_html.HTMLParser())


def _visible(element):
    """Return the text of an element without words for screen readers."""
    for hidden in element.xpath(".//*[contains(@class, 'syn-hidden')]"):
        hidden.drop_tree()
    return element.text_content()


@given(old=_TEXT, new=_TEXT)
def test_runs_are_only_ins_del_and_hidden_words_and_give_both_texts_back(old, new):
    runs = diff_words(old, new)[0] or (Run("equal", ""),)
    row = ComparedRow(Row("changed", (0,), (0,), runs), (), ())
    for side, text in (("old", old), ("new", new)):
        tree = _tree(presentation.runs_html(row, side))
        assert {element.tag for element in tree.iter()} <= {"div", "ins", "del", "span"}
        assert _visible(tree) == text


@given(old=_HTML, new=_HTML)
def test_marks_stay_inside_the_runs_and_both_texts_come_back(old, new):
    before, after = _passage(old), _passage(new)
    row = _row(before, after)
    for side, passage in (("old", before), ("new", after)):
        tree = _tree(presentation.runs_html(row, side))
        allowed = {"div", "ins", "del", "span", "a", "b", "i", "br"}
        assert {element.tag for element in tree.iter()} <= allowed
        assert _visible(tree) == passage.text
    both = _tree(presentation.runs_html(row, "both"))
    for removed in both.xpath(".//del"):
        removed.drop_tree()
    assert _visible(both) == after.text


@given(old=_ROWS, new=_ROWS)
def test_the_cells_of_a_table_row_keep_their_words(old, new):
    before, after = _passage(old, "table_row"), _passage(new, "table_row")
    row = _row(before, after)
    for side, cells, passage in (("old", old, before), ("new", new, after)):
        shown = [_visible(_tree(html)) for html in presentation.cells_html(row, side)]
        assert [text for text in shown if text] == [
            text for text in (normal_form(cell)[1] for cell in cells) if text
        ]
        assert " ".join(shown).split() == passage.text.split()


def _shown(old, new, side):
    return presentation.runs_html(_row(_passage(old), _passage(new)), side)


def test_a_link_within_changed_words_can_still_be_followed():
    tree = _tree(_shown("Siehe dort.", 'Siehe <a href="https://a.example/">hier</a>.', "new"))
    (link,) = tree.xpath(".//ins/a")
    assert (link.get("href"), link.text) == ("https://a.example/", "hier")


def test_words_whose_marks_alone_differ_stand_in_a_frame_with_words_around_it():
    tree = _tree(_shown("Die Stadt lebt.", "Die <b>Stadt</b> lebt.", "new"))
    (frame,) = tree.xpath(".//span[@class='syn-format']")
    assert frame.text_content() == "Stadt"
    assert frame.getprevious().get("class") == frame.getnext().get("class") == "syn-hidden"
    assert not tree.xpath(".//ins | .//del")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("Die Stadt", "Die <b>Stadt</b>", "„Stadt“ ist jetzt fett"),
        ("Die <i>Stadt</i>", "Die Stadt", "„Stadt“ ist nicht mehr kursiv"),
        (
            'Die <a href="https://a.example/">Stadt</a>',
            'Die <a href="https://b.example/">Stadt</a>',
            "„Stadt“ führt an einen anderen Ort: https://a.example/ → https://b.example/",
        ),
        ("Stadt", '<a href="https://b.example/">Stadt</a>', "„Stadt“ führt jetzt zu https://b."),
        ('<a href="https://a.example/">Stadt</a>', "Stadt", "„Stadt“ führt nicht mehr zu https"),
    ],
)
@override("de")
def test_a_change_of_marks_is_told_in_a_sentence(old, new, sentence):
    (told,) = presentation.format_sentences(_row(_passage(old), _passage(new)))
    assert told.startswith(sentence)


@override("de")
def test_a_change_of_kind_or_level_is_told_in_a_sentence():
    old, new = Passage(kind="list_item", text="x"), Passage(kind="paragraph", text="x")
    assert presentation.format_sentences(_row(old, new)) == ["Listenpunkt → Absatz"]
    old, new = (
        Passage(kind="heading", level=1, text="x"),
        Passage(kind="heading", level=2, text="x"),
    )
    assert presentation.format_sentences(_row(old, new)) == ["Ebene 1 → Ebene 2"]


@override("de")
def test_only_a_few_changes_of_marks_are_told_one_by_one():
    words = [f"Wort{index}" for index in range(9)]
    old, new = _passage(" und ".join(words)), _passage(" und ".join(f"<b>{w}</b>" for w in words))
    told = presentation.format_sentences(_row(old, new))
    assert len(told) == presentation.formats.MAX_SENTENCES + 1
    assert "4" in told[-1]
