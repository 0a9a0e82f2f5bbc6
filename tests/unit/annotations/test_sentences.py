"""Sentences of a passage."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotations.core import ranges
from annotations.core.sentences import are_neighbours, sentences, stretch_of

TEXTS = (
    st.text(
        alphabet=st.sampled_from("aB ä1.!?…„“»)。\u0301\U0001f468\u200d\U0001f4bb\n"), max_size=60
    )
    | st.text()
)


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@given(TEXTS)
@example("Ja. \u0301Nein.")
@example("")
def test_sentences_joined_give_the_text_and_none_is_empty(text):
    parts = cut(text)
    assert "".join(parts) == text
    assert all(parts)


@given(TEXTS, st.data())
@example("Ja. \u0301Nein.", None)
def test_a_range_of_sentences_cuts_no_letter_and_has_words_where_they_have(text, data):
    spans = sentences(text)
    if not spans:
        return
    first = data.draw(st.integers(0, len(spans) - 1)) if data else 0
    last = data.draw(st.integers(first, len(spans) - 1)) if data else len(spans) - 1
    start, end = stretch_of(text, spans[first : last + 1])
    assert ranges.snap(text, start, end) == (start, end)
    chosen = text[spans[first][0] : spans[last][1]]
    assert text[start:end].strip() == chosen.strip()


@pytest.mark.parametrize(
    "text",
    [
        "Wir brauchen z. B. Bänke und Bäume.",
        "Das steht in § 3 Abs. 4 Satz 1.",
        "Der Plan gilt ab dem 3. Mai überall.",
        "Am 20. Dezember endet die Frist.",
        "Dr. Berg und Prof. Tal sagen ca. 40 Plätze zu.",
        "Er kostet 1.200.000 Euro bzw. 2 Mio. Euro.",
        "Mehr steht auf www.example.org und in Art. 5.",
        "Busse, Bahnen usw. fahren überall.",
        "„Warum?“, fragt der Bezirk.",
        "Die 2. Stufe folgt.",
        "We need, e.g. Benches.",
        "J. W. Fluss hat es gesagt.",
        "Das Amt sitzt in der Hauptstr. 5 am Fluss.",
    ],
)
def test_signs_within_a_sentence_do_not_cut_it(text):
    assert cut(text) == [text]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ja. Nein! Vielleicht? Gut.", ["Ja. ", "Nein! ", "Vielleicht? ", "Gut."]),
        ("Bis 2030. Dann nicht mehr.", ["Bis 2030. ", "Dann nicht mehr."]),
        ("Er sagt: „Ja.“ Sie nicht.", ["Er sagt: „Ja.“ ", "Sie nicht."]),
        ("Es gilt Abs. 4. Mehr nicht.", ["Es gilt Abs. 4. Mehr nicht."]),
        ("Busse, Bahnen usw. Die Stadt plant.", ["Busse, Bahnen usw. ", "Die Stadt plant."]),
        ("Bäume jeder Art. Die Stadt pflanzt.", ["Bäume jeder Art. ", "Die Stadt pflanzt."]),
        ("Erst (siehe oben). Dann mehr.", ["Erst (siehe oben). ", "Dann mehr."]),
        ("城市属于所有人。我们住在这里。", ["城市属于所有人。", "我们住在这里。"]),
        ("هل هذا لنا؟ نعم.", ["هل هذا لنا؟ ", "نعم."]),
    ],
)
def test_sentences_end_where_readers_see_them_end(text, parts):
    assert cut(text) == parts


def test_the_range_of_a_sentence_has_no_space_at_its_ends():
    text = "Ja. Nein. Gut."
    spans = sentences(text)
    assert [text[slice(*stretch_of(text, [span]))] for span in spans] == ["Ja.", "Nein.", "Gut."]
    assert text[slice(*stretch_of(text, spans[:2]))] == "Ja. Nein."


def test_sentences_with_a_gap_are_no_neighbours():
    assert are_neighbours([3])
    assert are_neighbours([1, 2, 3])
    assert not are_neighbours([1, 3])


def test_a_long_row_of_dots_is_read_in_one_go():
    text = "Inhalt " + "." * 200_000 + " 7"
    assert cut(text) == ["Inhalt " + "." * 200_000 + " ", "7"]


@pytest.mark.parametrize("sentence", ["城市属于大家。", "المدينة للجميع؟ ", "शहर सबका है। "])
def test_scripts_of_all_kinds_are_cut_in_few_steps(sentence, monkeypatch):
    looked = []
    before = ranges._is_plain_border
    monkeypatch.setattr(ranges, "_is_plain_border", lambda *args: looked.append(1) or before(*args))
    text = (sentence * 1000).strip()
    assert len(sentences(text)) == 1000
    assert len(looked) < 20_000
