"""Words of a list are found however they are written, and only as whole words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.core.watching import find_phrases, folded_phrase, words_of

letters = st.sampled_from("abcdeäößſİıﬁＳ９ⓢe\u0301")
phrases = st.text(letters, min_size=1, max_size=8).filter(folded_phrase)


def found(text: str, *words: str) -> list[str]:
    hits = find_phrases(text, [folded_phrase(word) for word in words])
    return [text[hit.start : hit.end] for hit in hits]


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("Das ist DRECK!", "dreck", ["DRECK"]),
        ("Das ist \uff24\uff32\uff25\uff23\uff2b.", "Dreck", ["\uff24\uff32\uff25\uff23\uff2b"]),
        ("Dr\u200beck", "dreck", ["Dr\u200beck"]),
        ("Dre\u00adck", "dreck", ["Dre\u00adck"]),
        ("ⓓⓡⓔⓒⓚ", "dreck", ["ⓓⓡⓔⓒⓚ"]),
        ("STRASSE", "Straße", ["STRASSE"]),
        ("fu\u0308r", "für", ["fu\u0308r"]),
        ("Drecksack", "dreck", []),
        ("Abdreck", "dreck", []),
        ("alle raus hier", "Alle  RAUS", ["alle raus"]),
        ("alle, raus", "alle raus", ["alle, raus"]),
        ("Spam-Mail", "spam", ["Spam"]),
        ("nichts", "", []),
        ("\u200b", "a", []),
    ],
)
def test_a_word_is_found_as_whole_words_whatever_its_letters(text, word, expected):
    assert found(text, word) == expected


@given(phrases, st.text(max_size=10), st.text(max_size=10))
def test_whatever_stands_around_a_word_it_is_found(word, before, after):
    text = f"{before} {word} {after}"
    assert [h for h in find_phrases(text, [folded_phrase(word)]) if h.start <= len(before) + 1]


@given(phrases)
def test_case_and_form_make_no_difference(word):
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert found(unicodedata.normalize(form, word), word)
    assert found(word.casefold(), word)


@given(st.text())
def test_words_stand_in_their_text_one_after_another(text):
    end = 0
    for word in words_of(text):
        assert end <= word.start < word.end <= len(text)
        assert word.folded
        end = word.end
