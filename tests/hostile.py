"""Hostile text and html for property tests, and an independent reader of text content."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

from hypothesis import strategies as st

HOSTILE = (
    "\x00\x01\t\n\r\x0b\x0c\x1c\x7f\x80\x85\xa0\xad\u0301\u0308\u0327\u1100\u1161\u11a8"
    "\u09c7\u09be\u0f73\u200b\u200d\u2028\u2000\u3000\ufeff\ufdd0\ufffe\U0001f468\ud800 aeo<>&\"';"
)
letters = st.sampled_from(HOSTILE) | st.characters()
words = st.text(letters, max_size=12)
tags = st.sampled_from(
    [
        *("b", "i", "code", "sup", "sub", "strong", "em", "span", "u"),
        *("a href='https://a.b/?x=1&amp;y=2'", "a href='javascript:1'", "a linktype='page' id='7'"),
    ]
)
pieces = st.one_of(
    words.map(escape),
    st.tuples(tags, words).map(lambda t: f"<{t[0]}>{escape(t[1])}</{t[0].split()[0]}>"),
    tags.map(lambda tag: f"<{tag}>"),
    tags.map(lambda tag: f"</{tag.split()[0]}>"),
    st.sampled_from(["<br>", "<br/>", "&shy;", "&nbsp;", "&#0;", "&#x80;", "&#13;", "&#55296;"]),
)
inline_html = st.lists(pieces, max_size=8).map("".join)
any_html = inline_html | st.text(letters, max_size=60) | st.text("<>/b!-&;#x1a=\"' ", max_size=40)


class _TextContent(HTMLParser):
    """An independent reader: what a browser's ``textContent`` gives for simple html."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.found.append(data)


def text_content(html: str) -> str:
    reader = _TextContent()
    reader.feed(html)
    reader.close()
    assert reader.open == [], f"not well formed: {html}"
    return "".join(reader.found)
