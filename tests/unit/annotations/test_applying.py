"""Putting other words into a stored text changes these words and nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.core.applying import (
    CannotApply,
    replace_in_plain,
    replace_words,
    replaced,
)
from annotations.core.ranges import snap
from versioning.core.cutting import cut_html
from versioning.core.normalizing import normal_text

LINK = '<a linktype="page" id="3">Bus</a>'

CASES = [
    ("plain", "<p>Busse fahren jede Stunde.</p>", "jede Stunde", "alle zehn Minuten",
     "<p>Busse fahren alle zehn Minuten.</p>"),
    ("keys stay", '<p data-block-key="x1">A b c</p>', "b", "B", '<p data-block-key="x1">A B c</p>'),
    ("inside a mark", "<p>Die <b>große Stadt</b> lebt</p>", "große", "kleine",
     "<p>Die <b>kleine Stadt</b> lebt</p>"),
    ("words that stay keep their link", f"<p>Der {LINK} fährt jede Stunde</p>",
     "Der Bus fährt jede Stunde", "Der Bus fährt alle zehn Minuten",
     f"<p>Der {LINK} fährt alle zehn Minuten</p>"),
    ("over the end of a mark", "<p>Die <b>große</b> Stadt lebt</p>", "große Stadt", "Gemeinde",
     "<p>Die Gemeinde lebt</p>"),
    ("between two marks", "<p><b>Eins</b><i>zwei</i> drei</p>", "Einszwei", "Null",
     "<p>Null drei</p>"),
    ("a mark of one word goes", f"<p>Der {LINK} fährt</p>", "Bus ", "",
     "<p>Der fährt</p>"),
    ("entities stay", "<p>Grün &amp; Blau &lt; Rot</p>", "Rot", "Gelb & <b>",
     "<p>Grün &amp; Blau &lt; Gelb &amp; &lt;b&gt;</p>"),
    ("spaces stay", "<p>Ein  \n langer   Satz</p>", "Satz", "Weg", "<p>Ein  \n langer   Weg</p>"),
    ("soft hyphens stay elsewhere", "<p>Stra\u00adßen und Wege</p>", "Wege", "Plätze",
     "<p>Stra\u00adßen und Plätze</p>"),
    ("soft hyphens go with their word", "<p>Stra\u00adßen und Wege</p>", "Straßen", "Plätze",
     "<p>Plätze und Wege</p>"),
    ("a decomposed letter", "<p>fu\u0308r alle</p>", "für", "mit", "<p>mit alle</p>"),
    ("break before", "<p>Eins<br/>zwei</p>", "zwei", "drei", "<p>Eins<br/>drei</p>"),
    ("break inside", "<p>Eins<br/>zwei drei</p>", "Eins zwei", "Null", "<p>Null drei</p>"),
    ("item of a list", "<ul><li>a<ul><li>b c</li></ul></li><li>d</li></ul>", "c", "C",
     "<ul><li>a<ul><li>b C</li></ul></li><li>d</li></ul>"),
    ("parent of a nested list", "<ul><li>a x<ul><li>b</li></ul></li></ul>", "x", "y",
     "<ul><li>a y<ul><li>b</li></ul></li></ul>"),
    ("beside an embed", '<p>a b</p><embed embedtype="image" id="4" alt="Ein Baum"/><p>c</p>',
     "b", "B", '<p>a B</p><embed embedtype="image" id="4" alt="Ein Baum"/><p>c</p>'),
    ("cell of a table", "<table><tr><td>a</td><td>b</td></tr></table>", "b", "c",
     "<table><tr><td>a</td><td>c</td></tr></table>"),
    ("marks within marks", "<p>a <b><i>x</i></b> <b><b>y</b></b> z</p>", "x y", "",
     "<p>a z</p>"),
    ("emoji", "<p>Ja 👩‍👩‍👧 und 🇩🇪 nein</p>", "nein", "doch", "<p>Ja 👩‍👩‍👧 und 🇩🇪 doch</p>"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "words", "new", "expected"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_words_are_replaced_and_all_else_stays(html, words, new, expected):
    ordinal, start = next(
        (at, passage.text.index(words))
        for at, passage in enumerate(cut_html(html))
        if words in passage.text
    )
    assert replace_words(html, ordinal, start, start + len(words), new) == expected


@pytest.mark.parametrize(
    ("html", "at", "words", "expected"),
    [
        ("<p><b>Stadt</b> lebt</p>", 5, " und Land", "<p><b>Stadt</b> und Land lebt</p>"),
        ("<p><b>Stadt</b> lebt</p>", 0, "Die ", "<p>Die <b>Stadt</b> lebt</p>"),
        ("<p>Es lebt <b>die Stadt</b></p>", 17, "!", "<p>Es lebt <b>die Stadt</b>!</p>"),
        ("<p><b>ab</b></p>", 1, "x", "<p><b>axb</b></p>"),
    ],
)
def test_inserted_words_carry_the_marks_of_both_sides(html, at, words, expected):
    assert replace_words(html, 0, at, at, words) == expected


@pytest.mark.parametrize(
    ("html", "ordinal", "start", "end", "words"),
    [
        ("<p>a</p>", 1, 0, 1, "b"),
        ("<p>a</p>", 0, 0, 2, "b"),
        ("<p>a</p>", 0, 1, 0, "b"),
        ("<p>a</p>", 0, 0, 1, " "),
        ('<embed embedtype="image" id="4" alt="Ein Baum"/>', 0, 0, 3, "Kein"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", 0, 0, 3, "c"),
        ("<p>Zahl</p><p>&#7477;\u0301</p>", 1, 1, 2, "x"),
    ],
    ids=["no passage", "too long", "turned round", "nothing left", "picture", "cells", "half"],
)
def test_what_cannot_be_done_without_changing_more_is_refused(html, ordinal, start, end, words):
    with pytest.raises(CannotApply):
        replace_words(html, ordinal, start, end, words)


def test_paragraphs_of_plain_text_stay_plain():
    value = "Erster Absatz\n\nKosten < 5 & mehr\n\n\nDritter"

    assert (
        replace_in_plain(value, 1, 9, 10, "7") == "Erster Absatz\n\nKosten < 7 & mehr\n\n\nDritter"
    )
    assert replace_in_plain(value, 2, 0, 7, "<b>") == (
        "Erster Absatz\n\nKosten < 5 & mehr\n\n\n<b>"
    )


words = st.lists(
    st.sampled_from(
        ["Stadt", "für", "a", "Stra\u00adße", "👩‍👩‍👧", "&amp;", "x&lt;y", "Ö", "e\u0301"]
    ),
    min_size=1,
    max_size=4,
).map(" ".join)
spaced = st.tuples(words, st.sampled_from(["", " ", "  ", "\n", "&nbsp;"])).map("".join)
marked = st.one_of(
    spaced,
    spaced.map("<b>{}</b>".format),
    spaced.map("<i>x <b>{}</b></i>".format),
    spaced.map('<a linktype="page" id="3">{}</a>'.format),
    spaced.map("{}<br/>".format),
    spaced.map("<em></em>{}".format),
)
inline = st.lists(marked, min_size=1, max_size=4).map("".join)
block = st.one_of(
    inline.map('<p data-block-key="k1">{}</p>'.format),
    inline.map("<h2>{}</h2>".format),
    inline.map("<blockquote>{}</blockquote>".format),
    st.tuples(inline, inline).map(
        lambda two: "<ul><li>{}<ul><li>{}</li></ul></li></ul>".format(*two)
    ),
    st.just('<embed embedtype="image" id="4" alt="Ein Baum" format="left"/>'),
    st.just("<p></p>"),
)
documents = st.lists(block, min_size=1, max_size=4).map("".join)
proposals = st.one_of(st.text(max_size=12), words, st.just(""))


def places_of(html):
    """Passages whose words stand in text, with their ordinals."""
    return [(at, one) for at, one in enumerate(cut_html(html)) if not one.image]


@settings(max_examples=60)
@given(st.data(), documents, proposals, st.booleans())
def test_law_the_passage_says_exactly_what_was_asked_for_and_no_other_changes(
    data, html, proposal, decompose
):
    html = unicodedata.normalize("NFD", html) if decompose else html
    places = places_of(html)
    if not places:
        return
    ordinal, passage = data.draw(st.sampled_from(places))
    start = data.draw(st.integers(0, len(passage.text) - 1))
    end = data.draw(st.integers(start + 1, len(passage.text)))
    start, end = snap(passage.text, start, end)
    wanted = replaced(passage.text, start, end, proposal)
    if not wanted:
        with pytest.raises(CannotApply):
            replace_words(html, ordinal, start, end, proposal)
        return

    result = cut_html(replace_words(html, ordinal, start, end, proposal))

    before = cut_html(html)
    assert [one.text for one in result] == [
        wanted if at == ordinal else one.text for at, one in enumerate(before)
    ]
    assert [one for at, one in enumerate(result) if at != ordinal] == [
        one for at, one in enumerate(before) if at != ordinal
    ]
    assert result[ordinal]._replace(text="", html="") == passage._replace(text="", html="")


@given(st.lists(words, min_size=1, max_size=4).map("\n\n".join), st.data(), proposals)
def test_law_plain_text_is_cut_into_the_same_paragraphs(value, data, proposal):
    paragraphs = [normal_text(part) for part in value.split("\n\n")]
    at = data.draw(st.integers(0, len(paragraphs) - 1))
    start, end = snap(paragraphs[at], 0, data.draw(st.integers(1, len(paragraphs[at]))))
    wanted = replaced(paragraphs[at], start, end, proposal)
    if not wanted:
        return

    result = replace_in_plain(value, at, start, end, proposal)

    paragraphs[at] = wanted
    assert [normal_text(part) for part in result.split("\n\n")] == paragraphs


@settings(max_examples=40)
@given(documents, proposals)
def test_putting_the_old_words_back_gives_the_old_words(html, proposal):
    places = places_of(html)
    if not places or not normal_text(proposal):
        return
    ordinal, passage = places[0]
    text = passage.text

    there = replace_words(html, ordinal, 0, len(text), proposal)
    back = replace_words(there, ordinal, 0, len(normal_text(proposal)), text)

    assert [one.text for one in cut_html(back)] == [one.text for one in cut_html(html)]
