from __future__ import annotations

import re
import unicodedata
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from tests.hostile import any_html, letters, text_content
from tests.support import no_hang
from versioning.core import sanitizing
from versioning.core.markup import safe_href
from versioning.core.normalizing import normal_form
from versioning.core.sanitizing import (
    TextTooLong,
    plain_text,
    render_plain,
    sanitize_inline,
    sealed,
)

VECTORS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext></p><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='\u200bjavascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href=https://a.b onmouseover=alert(1) style=color:red target=_blank>x</a>",
    "<b onclick=alert(1) style='background:url(javascript:alert(1))'>x</b>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<style><img src=</style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form><button formaction=javascript:alert(1)>x</button></form>",
    "<a href='https://a.b/\"onload=alert(1)'>x</a>",
    "<textarea></textarea><script>alert(1)</script>",
    "<template><script>alert(1)</script></template>",
    "<<b>script>alert(1)<</b>/script>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<table><td><b><a href='//evil.example'>x",
]
BAD_HREFS = [
    "javascript:123",
    "JaVaScRiPt:alert(1)",
    "vbscript:1",
    "tel:1",
    "data:,x",
    "//host",
    "\\\\host",
    "/\\host",
    "/\t/host",
    "http:host",
    "https:///x",
    "https://\\evil",
    "kapitel.html",
    "?x=1",
    "",
    " ",
    "\u0001javascript:alert(1)",
    "java\u200bscript:1",
    "https://a.b/" + "x" * 3000,
]
GOOD_HREFS = [
    "https://a.b/c?d=e&f=g#h",
    "http://localhost:8000",
    "mailto:a@b.de",
    "#schritt-für-schritt",
    "#",
    "/de/datenschutz/",
    "/",
    "HTTPS://A.B",
]


def tags_of(html: str) -> set[tuple[str, tuple[str, ...]]]:
    tree = lxml_html.fragment_fromstring(html, create_parent="div")
    return {(node.tag, tuple(sorted(node.attrib))) for node in tree.iterdescendants()}


ALLOWED = {(tag, ()) for tag in ("b", "i", "code", "sup", "sub", "br")} | {
    ("a", ("href",)),
    ("a", ("id", "linktype")),
}


@pytest.mark.parametrize("html", VECTORS)
def test_nothing_but_inline_marks_survives(html):
    clean = sanitize_inline(html)
    assert tags_of(clean) <= ALLOWED
    assert sanitize_inline(clean) == clean


@given(any_html)
def test_any_html_becomes_inline_marks_alone(html):
    clean = sanitize_inline(html)
    assert tags_of(clean) <= ALLOWED
    for href in re.findall(r'href="([^"]*)"', clean):
        assert safe_href(unescape(href)) == unescape(href)


@given(any_html)
def test_sanitising_twice_equals_sanitising_once(html):
    clean = sanitize_inline(html)
    assert sanitize_inline(clean) == clean


@given(any_html)
def test_bleach_agrees_with_every_normal_form(html):
    normal, text = normal_form(html)
    assert sealed(normal, text) == normal


@pytest.mark.parametrize("href", BAD_HREFS)
def test_an_unsafe_address_is_no_link(href):
    assert safe_href(href) is None
    assert sanitize_inline(f'<a href="{escape(href)}">x</a>') == "x"


@pytest.mark.parametrize("href", GOOD_HREFS)
def test_a_safe_address_stays_a_link(href):
    assert sanitize_inline(f'<a href="{escape(href)}">x</a>') == f'<a href="{escape(href)}">x</a>'


def test_internal_links_stay_as_the_database_holds_them():
    html = '<a linktype="page" id="5">a</a> <a linktype="document" id="3">b</a>'
    assert sanitize_inline(html) == html
    assert sanitize_inline('<a linktype="user" id="3">b</a>') == "b"


def test_images_are_never_inline():
    assert sanitize_inline('a<img src="/x.png" alt="y">b') == "a b"
    assert sanitize_inline('a<embed embedtype="image" id="3" alt="y"/>') == "a"


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>" * 10_000,
        "<b>" + "&" * 100_000,
        "<b>x<i>" * 12_000,
        "<a href=https://x.y/z>q</a> " * 3_000,
        "<" * 100_000,
    ],
    ids=["lists", "ampersands", "marks", "links", "brackets"],
)
def test_hundred_kilobytes_of_hostile_html_take_no_hostile_time(html):
    with no_hang():
        clean = sanitize_inline(html)
    assert tags_of(clean) <= ALLOWED


def test_bleach_is_given_small_pieces_alone(monkeypatch):
    sizes = []
    clean = sanitizing.bleach.clean
    monkeypatch.setattr(
        sanitizing.bleach,
        "clean",
        lambda html, **kw: (sizes.append(len(html)), clean(html, **kw))[1],
    )
    html = "<b>" + "&" * 20_000 + "</b>" + '<a href="/x">y</a> <i>z</i>' * 2_000
    assert sanitize_inline(html) == normal_form(html)[0]
    assert max(sizes) <= 10_000


def test_words_survive_the_cut_into_pieces():
    html = "".join(f'<a href="/{n}">Wort <b>{n}</b></a> &amp; ' for n in range(500))
    normal, text = normal_form(html)
    assert text_content(sanitize_inline(html)) == text
    assert sanitize_inline(html) == normal


def test_plain_text_keeps_lines_and_loses_control_characters():
    written = "Bu\u0308rger\x00\x07\r\nzweite\tZeile  \r\n\r\n\r\n\r\ndritte\u2028vierte "
    assert plain_text(written, limit=100) == "B\u00fcrger\nzweite Zeile\n\ndritte\nvierte"


@given(st.text(letters))
def test_plain_text_is_composed_and_idempotent(text):
    plain = plain_text(text, limit=10_000)
    assert unicodedata.is_normalized("NFC", plain)
    assert not set(plain) & set(map(chr, range(10)))
    assert plain_text(plain, limit=10_000) == plain
    plain.encode("utf-8")


@pytest.mark.parametrize("length", [11, 10_000_000])
def test_text_beyond_the_limit_is_refused_and_not_cut(length):
    with pytest.raises(TextTooLong) as error:
        plain_text("x" * length, limit=10)
    assert (error.value.limit, error.value.length) == (10, length)
    assert plain_text("x" * 10 + " \n", limit=10) == "x" * 10


def test_plain_text_is_shown_as_paragraphs_lines_and_links():
    shown = render_plain("Hallo <b>\nZeile (siehe https://a.b/c_(d)?x=1&y=2).\n\nEnde")
    link = "https://a.b/c_(d)?x=1&amp;y=2"
    assert shown == (
        "<p>Hallo &lt;b&gt;<br>Zeile (siehe "
        f'<a href="{link}" rel="nofollow ugc noopener">{link}</a>).</p><p>Ende</p>'
    )


@pytest.mark.parametrize("text", [*VECTORS, *BAD_HREFS])
def test_nothing_a_citizen_writes_is_markup(text):
    assert tags_of(render_plain(text)) <= {("p", ()), ("br", ()), ("a", ("href", "rel"))}


@given(st.lists(st.text(letters) | st.sampled_from(["https://", "http://a.b", "\n\n", ")", "<b>"])))
def test_showing_plain_text_keeps_its_words(pieces):
    plain = plain_text("".join(pieces), limit=10_000)
    shown = render_plain(plain)
    assert tags_of(shown) <= {("p", ()), ("br", ()), ("a", ("href", "rel"))}
    assert text_content(shown).replace("\n", "") == plain.replace("\n", "")


def test_an_address_full_of_brackets_takes_no_hostile_time():
    with no_hang():
        render_plain("https://a" + "])" * 50_000 + " https://" * 20_000)
