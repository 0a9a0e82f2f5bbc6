from __future__ import annotations

import unicodedata
from html import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.hostile import any_html, letters, text_content, words
from tests.support import no_hang
from versioning.core.normalizing import normal_form, normal_text


def is_normal(text: str) -> bool:
    return (
        unicodedata.is_normalized("NFC", text)
        and text == " ".join(text.split())
        and not any(unicodedata.category(char) in {"Cc", "Cs"} for char in text)
        and "\xad" not in text
    )


@given(any_html)
@example("e<b>\u0301</b>")
@example("<b>a </b> <br> <i> b</i>")
@example("\u1100<b>\u1161</b><i>\u11a8</i>")
@example("\n<b>\nx</b>")
@example("&amp;lt;b&amp;gt;")
def test_the_text_content_of_normal_html_is_its_text(html):
    normal, text = normal_form(html)
    assert text_content(normal) == text


@given(any_html)
def test_text_is_composed_single_spaced_and_without_controls(html):
    _html, text = normal_form(html)
    assert is_normal(text)


@given(any_html)
@example("<b>a<br></b><br> b")
@example("a <b><br>b</b>")
def test_the_normal_form_of_a_normal_form_is_itself(html):
    normal, text = normal_form(html)
    assert normal_form(normal) == (normal, text)


@given(st.text(letters))
def test_text_without_marks_is_the_same_by_both_ways(text):
    assert normal_form(escape(text).replace("\ufdd0", ""))[1] == normal_text(text)


@given(st.lists(st.tuples(st.sampled_from(["b", "i", "code", "span"]), words), max_size=6))
def test_marks_never_change_the_words(stretches):
    marked = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in stretches)
    assert normal_form(marked)[1] == normal_text("".join(text for _tag, text in stretches))


@given(st.text(letters))
def test_normal_text_is_idempotent(text):
    assert is_normal(normal_text(text))
    assert normal_text(normal_text(text)) == normal_text(text)


@pytest.mark.parametrize(
    ("html", "normal"),
    [
        ("Berlins Sm&shy;art", "Berlins Smart"),
        ("<b>a</b>\n\t<i>b</i>", "<b>a</b> <i>b</i>"),
        ("a<br>b", "a<br> b"),
        ("a<br><br/> <br>b<br>", "a<br> b"),
        ("a <b><br>b</b>", "a<br> <b>b</b>"),
        ("<b>a\u00ad\x07</b> &#1;<i>b&shy;</i>", "<b>a</b> <i>b</i>"),
        ("<b>a</b>\ufdd0b", "<b>a</b>b"),
        ("<p>a</p><p>b</p>", "a b"),
        ("e<b>\u0301x</b>", "\u00e9<b>x</b>"),
        ("<strong>a</strong><b>b</b>", "<b>ab</b>"),
        ("<i>a<b>b</i>c</b>", "<i>a</i><b><i>b</i></b>c"),
        ("<a href='https://a.b/?x=1&amp;y=2'>l</a>", '<a href="https://a.b/?x=1&amp;y=2">l</a>'),
        ('<a id="5" linktype="page">l</a>', '<a linktype="page" id="5">l</a>'),
        ("<a linktype='page' id='5 x'>l</a>", "l"),
        ("<script>x</script>a<style>y</style><!-- z -->b", "ab"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("  <b> </b> ", ""),
        ("", ""),
        ("\u200d\u200bx\ufeff", "\u200d\u200bx\ufeff"),
    ],
)
def test_inline_html_is_written_in_one_way(html, normal):
    assert normal_form(html)[0] == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("a\u00a0\u2028 b\r\n", "a b"),
        ("Bu\u0308r\u00adger", "B\u00fcrger"),
        ("a\x00\x07b", "ab"),
        ("\ud83dx", "\ufffdx"),
        ("<b>", "<b>"),
    ],
)
def test_plain_text_is_normalised(text, normal):
    assert normal_text(text) == normal


@pytest.mark.parametrize(
    "html",
    [
        "a" + "\u0301\u0327" * 100_000,
        "a" + "<b>\u0301</b>\u0327" * 20_000,
        "<b>" * 50_000 + "x",
        "<b>x<i>" * 20_000,
        "&" * 300_000,
        "<" * 100_000,
        "<a href='" + "x" * 300_000,
        " <br>" * 50_000,
    ],
    ids=["accents", "marked accents", "depth", "marks", "ampersands", "brackets", "link", "breaks"],
)
def test_hostile_length_is_no_hostile_time(html):
    with no_hang():
        normal, text = normal_form(html)
        assert text_content(normal) == text
