from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import any_html, text_content
from tests.support import no_hang
from versioning.core.cutting import cut_html
from versioning.core.markup import UnreadableText
from versioning.core.normalizing import normal_text
from versioning.core.sanitizing import sanitize_inline

block_tags = st.sampled_from(
    [
        *("p", "h2", "li", "ul", "ol", "blockquote", "div", "figure", "figcaption", "pre"),
        *("table", "tr", "td", "th", "caption", "section", "p data-kind='measure'"),
    ]
)
documents = st.lists(
    st.one_of(
        any_html,
        block_tags.map(lambda tag: f"<{tag}>"),
        block_tags.map(lambda tag: f"</{tag.split()[0]}>"),
        st.tuples(block_tags, any_html).map(lambda t: f"<{t[0]}>{t[1]}</{t[0].split()[0]}>"),
        st.sampled_from(
            ["<hr>", "<img alt='a &lt; b'>", "<embed embedtype='image' id='3' alt='x'>"]
        ),
    ),
    max_size=10,
).map("".join)


def cut(html: str) -> list[tuple]:
    return [(p.kind, p.level, p.marker, p.text) for p in cut_html(html)]


@given(documents)
def test_every_passage_shows_what_it_stores(html):
    for passage in cut_html(html):
        assert passage.text
        assert text_content(passage.html) == passage.text
        assert normal_text(passage.text) == passage.text


@given(documents)
def test_every_passage_is_sanitised(html):
    for passage in cut_html(html):
        if passage.kind != "table_row":
            assert sanitize_inline(passage.html) == passage.html


@given(documents)
def test_the_same_html_is_cut_the_same_way(html):
    assert cut_html(html) == cut_html(html)


def test_each_block_level_element_is_a_passage():
    html = "<h2>T</h2><p>a <b>b</b></p><blockquote>q</blockquote><hr/><p></p><p>&nbsp;<br/></p>"
    assert cut(html) == [
        ("heading", 2, "", "T"),
        ("paragraph", 0, "", "a b"),
        ("quote", 0, "", "q"),
    ]


def test_text_directly_in_the_body_is_a_paragraph():
    assert cut("a<p>b</p>c<div>d<div>e</div>f</div>") == [
        ("paragraph", 0, "", letter) for letter in "abcdef"
    ]


def test_a_nested_item_is_a_passage_of_its_own_and_ends_its_parent():
    html = (
        "<ul><li>Wald<ol start='3'><li>Buche</li><li>Eiche</li></ol>und Feld</li><li>See</li></ul>"
    )
    assert cut(html) == [
        ("list_item", 1, "•", "Wald"),
        ("list_item", 2, "3.", "Buche"),
        ("list_item", 2, "4.", "Eiche"),
        ("list_item", 1, "", "und Feld"),
        ("list_item", 1, "•", "See"),
    ]


def test_an_empty_item_takes_its_number_with_it():
    html = (
        "<ol><li>a</li><li></li><li><p></p><p>c</p><p>d</p></li><li value='9'>e</li><li>f</li></ol>"
    )
    assert cut(html) == [
        ("list_item", 1, "1.", "a"),
        ("list_item", 1, "3.", "c"),
        ("list_item", 1, "", "d"),
        ("list_item", 1, "9.", "e"),
        ("list_item", 1, "10.", "f"),
    ]


@pytest.mark.parametrize("start", ["x", "", "-", "9" * 5000, "٣", "1e9"])
def test_a_strange_list_number_counts_from_one(start):
    assert cut(f"<ol start='{start}'><li>a</li></ol>") == [("list_item", 1, "1.", "a")]


def test_table_rows_are_passages_whose_cells_stand_one_space_apart():
    html = (
        "<table><caption>C</caption><tr><th>A</th><th colspan='2'>B <b>b</b></th></tr>"
        "<tr><td></td><td> 1 </td><td></td><td>2<br>3</td></tr><tr><td></td><td></td></tr></table>"
    )
    caption, head, row = cut_html(html)
    assert (caption.kind, caption.text) == ("caption", "C")
    assert (head.kind, head.text) == ("table_row", "A B b")
    assert head.html == '<th>A</th> <th colspan="2">B <b>b</b></th>'
    assert (row.text, row.html) == ("1 2 3", "<td></td><td>1</td><td></td> <td>2<br> 3</td>")


def test_a_table_in_a_cell_is_text_of_the_cell():
    html = (
        "<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table>d</td><td>e</td></tr></table>"
    )
    assert [(p.kind, p.html) for p in cut_html(html)] == [
        ("table_row", "<td>a b c d</td> <td>e</td>")
    ]


def test_an_image_is_a_caption_that_knows_its_key():
    html = (
        '<p>vor<embed embedtype="image" id="4" alt="Die &lt;Spree&gt;" format="left"/>nach</p>'
        '<figure><embed embedtype="image" id="5" alt="Alt"/><figcaption>Der <i>Fluss</i>'
        '</figcaption></figure><embed embedtype="image" id="6"/><img src="/x.png" alt="fremd">'
    )
    text, image, figure, foreign = cut_html(html)
    assert text.text == "vor nach"
    assert (image.kind, image.text, image.image, image.alt) == (
        "caption",
        "Die <Spree>",
        "4",
        "Die <Spree>",
    )
    assert image.html == "Die &lt;Spree&gt;"
    assert (figure.html, figure.image, figure.alt) == ("Der <i>Fluss</i>", "5", "Alt")
    assert (foreign.text, foreign.image) == ("fremd", "")


def test_a_caption_above_its_image_belongs_to_it():
    html = '<figure><figcaption>Oben</figcaption><embed embedtype="image" id="5" alt="A"/></figure>'
    assert [(p.text, p.image) for p in cut_html(html)] == [("Oben", "5")]


def test_an_embedded_video_becomes_its_address():
    (passage,) = cut_html('<embed embedtype="media" url="https://v.example/1"/>')
    assert passage.html == '<a href="https://v.example/1">https://v.example/1</a>'
    assert cut_html('<embed embedtype="media" url="javascript:1"/>')[0].html == "javascript:1"


def test_measures_keep_their_kind_and_every_passage_its_block():
    (passage,) = cut_html('<p data-kind="measure" data-field="goal">Ziel</p>', block="k.goal")
    assert (passage.kind, passage.block, passage.uid) == ("measure", "k.goal", "")


def test_lines_of_preformatted_text_stay_lines():
    assert cut_html("<pre>a\n  b</pre>")[0].html == "a<br> b"


@pytest.mark.parametrize(
    "html",
    ["<ul><li>" * 10_000, "<div>" * 10_000, "<table><tr><td>" * 5_000, "<b>" * 10_000],
)
def test_text_nested_too_deeply_is_refused(html):
    with pytest.raises(UnreadableText, match="nested too deeply"):
        cut_html(html + "x")


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ("<p>a b c</p>" * 80_000, 80_000),
        ("<li>" * 250_000 + "x", 1),
        ("<td>x" * 100_000, 1),
        ("</div><img alt=x><br>" * 40_000, 40_000),
        ("<" * 1_000_000, 1),
    ],
    ids=["paragraphs", "items", "cells", "images", "brackets"],
)
def test_a_megabyte_is_cut_in_bounded_time(html, count):
    with no_hang():
        assert len(cut_html(html)) == count
