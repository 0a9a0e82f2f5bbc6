"""Elements around stretches of html: well formed, and the text stays what it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from versioning.core.markup import Stretch, joined, written
from versioning.core.wrapping import Part, wrapped

MARKS = st.lists(st.sampled_from(["b", "i", "code"]), max_size=2, unique=True).map(
    lambda tags: tuple(sorted(tags))
)
LINK = st.sampled_from([(), ('a href="/x?a=1&amp;b=%3E"',), ('a linktype="page" id="4"',)])
MARKED = st.builds(
    lambda text, link, marks: Stretch(text, link + marks),
    st.text(alphabet="ab <>&\"'é🙂", min_size=1, max_size=6),
    LINK,
    MARKS,
)


def element(part: Part) -> tuple[str, str]:
    return f'<span data-index="{part.stretch}">', "</span>"


def tree_of(html: str):
    return lxml_html.fragment_fromstring(f"<div>{html}</div>", parser=lxml_html.HTMLParser())


@given(st.lists(MARKED, max_size=6), st.lists(st.integers(0, 30), max_size=8, unique=True))
def test_the_text_stays_and_each_stretch_holds_its_words(stretches, borders):
    text = joined(stretches)
    borders = sorted(border for border in borders if border <= len(text))
    places = list(zip(borders[::2], borders[1::2], strict=False))

    tree = tree_of(wrapped(written(stretches), places, element))

    assert tree.text_content() == text
    for index, (start, end) in enumerate(places):
        parts = tree.xpath(f"//span[@data-index='{index}']")
        assert "".join(part.text_content() for part in parts) == text[start:end]
    assert not tree.xpath("//span[not(node())]")
    assert not tree.xpath("//span//*")


@given(st.lists(MARKED, max_size=6))
def test_html_without_stretches_is_the_same(stretches):
    assert wrapped(written(stretches), [], element) == written(stretches)


def test_a_stretch_across_marks_has_a_first_and_a_last_part():
    parts: list[Part] = []

    def seen(part: Part) -> tuple[str, str]:
        parts.append(part)
        return "[", "]"

    html = wrapped('ein <b>Wort <a href="/x">mehr</a></b> hier', [(4, 11)], seen)

    assert html == 'ein <b>[Wort ]<a href="/x">[me]hr</a></b> hier'
    assert parts == [Part(0, True, False, False), Part(0, False, True, True)]


def test_the_space_between_cells_stays_bare():
    html = wrapped("<td>eins</td> <td>zwei</td>", [(0, 9)], lambda part: ("[", "]"))
    assert html == "<td>[eins]</td> <td>[zwei]</td>"


def test_a_line_break_stays_where_it_is():
    html = wrapped("eins<br> zwei", [(2, 7)], lambda part: ("[", "]"))
    assert html == "ei[ns]<br>[ zw]ei"
