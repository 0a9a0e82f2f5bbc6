"""What a suggested edit means for a text that has gone on since."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.core.applying import replaced
from annotations.core.merging import Wish, meet, narrowed
from versioning.core.normalizing import normal_text

BASE = "Die Busse fahren jede Stunde in den Ort."
WORDS = "jede Stunde"
NEW = "alle zehn Minuten"
LONG = "Die Stadt baut neue Radwege. Die Busse fahren auch nachts in alle Orte."

TABLE = [
    # what happened, text now, words, wanted, state, result
    ("nothing", BASE, WORDS, NEW, "clean", "Die Busse fahren alle zehn Minuten in den Ort."),
    ("another sentence behind", f"{BASE} Und zurück.", WORDS, NEW, "merged",
     "Die Busse fahren alle zehn Minuten in den Ort. Und zurück."),
    ("another word before", "Viele Busse fahren jede Stunde in den Ort.", WORDS, NEW, "merged",
     "Viele Busse fahren alle zehn Minuten in den Ort."),
    ("words put in right before", "Die Busse fahren heute jede Stunde in den Ort.", WORDS, NEW,
     "merged", "Die Busse fahren heute alle zehn Minuten in den Ort."),
    ("words put in right behind", "Die Busse fahren jede Stunde pünktlich in den Ort.", WORDS, NEW,
     "merged", "Die Busse fahren alle zehn Minuten pünktlich in den Ort."),
    ("neighbours rewritten on both sides", "Züge kommen jede Stunde aus der Stadt.", WORDS, NEW,
     "merged", "Züge kommen alle zehn Minuten aus der Stadt."),
    ("one of the words", "Die Busse fahren jede halbe Stunde in den Ort.", WORDS, NEW, "conflict",
     "Die Busse fahren alle zehn Minuten in den Ort."),
    ("both words", "Die Busse fahren zweimal täglich in den Ort.", WORDS, NEW, "conflict",
     "Die Busse fahren alle zehn Minuten in den Ort."),
    ("the words were deleted", "Die Busse fahren in den Ort.", WORDS, NEW, "conflict", None),
    ("all was rewritten", "Niemand braucht noch ein Auto.", WORDS, NEW, "conflict", None),
    ("it was done", "Die Busse fahren alle zehn Minuten in den Ort.", WORDS, NEW, "there", None),
    ("it was done, and more", "Viele Busse fahren alle zehn Minuten in den Ort.", WORDS, NEW,
     "there", None),
    ("more words were wanted", BASE, WORDS, "jede halbe Stunde", "clean",
     "Die Busse fahren jede halbe Stunde in den Ort."),
    ("more words, done", "Viele Busse fahren jede halbe Stunde hin.", WORDS, "jede halbe Stunde",
     "there", None),
    ("words behind, done", "Viele Busse fahren jede Stunde, auch nachts, in den Ort.", WORDS,
     "jede Stunde, auch nachts,", "there", None),
    ("words before, done", "Viele Busse fahren bald jede Stunde in den Ort.", WORDS,
     "bald jede Stunde", "there", None),
    ("fewer words were wanted", f"{BASE} Ja.", WORDS, "Stunde", "merged",
     "Die Busse fahren Stunde in den Ort. Ja."),
    ("fewer words, but changed", "Die Busse fahren jede volle Stunde in den Ort.", WORDS, "Stunde",
     "conflict", None),
    ("words at the end", f"Kurz: {BASE}", "in den Ort.", "überall hin.", "merged",
     "Kurz: Die Busse fahren jede Stunde überall hin."),
    ("words at the beginning", f"{BASE} Ja.", "Die Busse", "Alle Busse", "merged",
     "Alle Busse fahren jede Stunde in den Ort. Ja."),
]  # fmt: skip


@pytest.mark.parametrize(("now", "words", "wanted", "state", "result"),
                         [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])  # fmt: skip
def test_words_of_a_passage(now, words, wanted, state, result):
    start = BASE.index(words)

    found = meet(BASE, Wish(start, start + len(words), wanted), now)

    assert found.state == state
    if state == "there":
        assert found.text == now
    elif result is not None:
        assert found.text == result


WHOLE = [
    ("nothing", BASE, BASE.replace(WORDS, NEW), "clean", BASE.replace(WORDS, NEW)),
    ("another sentence behind", f"{BASE} Und dann auch zurück.", BASE.replace(WORDS, NEW), "merged",
     f"{BASE.replace(WORDS, NEW)} Und dann auch zurück."),
    ("a word far away", BASE.replace("Ort", "Kiez"), BASE.replace("Busse", "Bahnen"), "merged",
     BASE.replace("Busse", "Bahnen").replace("Ort", "Kiez")),
    ("the next word", BASE.replace("Stunde", "Woche"), BASE.replace("jede", "keine"), "conflict",
     None),
    ("done", BASE.replace(WORDS, NEW), BASE.replace(WORDS, NEW), "there", None),
    ("done, and more", BASE.replace(WORDS, NEW).replace("Ort", "Kiez"), BASE.replace(WORDS, NEW),
     "there", None),
    ("another wording of all", "Niemand braucht ein Auto.", "Alle fahren Rad.", "conflict", None),
]  # fmt: skip


@pytest.mark.parametrize(("now", "wanted", "state", "result"),
                         [row[1:] for row in WHOLE], ids=[row[0] for row in WHOLE])  # fmt: skip
def test_a_whole_passage(now, wanted, state, result):
    found = meet(BASE, Wish(0, len(BASE), wanted), now, is_whole=True)

    assert found.state == state
    if result is not None:
        assert found.text == result


def test_words_that_moved_within_their_passage_are_found():
    words = "Die Busse fahren auch nachts in alle Orte."
    now = "Die Busse fahren auch nachts in alle Orte. Die Stadt baut neue Radwege."
    start = LONG.index(words)

    found = meet(LONG, Wish(start, len(LONG), "Busse fahren nie."), now)

    assert (found.state, found.text) == ("merged", "Busse fahren nie. Die Stadt baut neue Radwege.")


texts = st.lists(
    st.sampled_from(["Die", "Busse", "fahren", "jede", "Stunde", "in", "den", "Ort.", "ö"]),
    min_size=1,
    max_size=9,
).map(" ".join)


@settings(max_examples=200)
@given(texts, texts, texts, st.data(), st.booleans())
def test_law_untouched_words_are_replaced_and_what_others_changed_stays(
    base, now, words, data, is_whole
):
    start, end = 0, len(base)
    if not is_whole:
        start = data.draw(st.integers(0, len(base) - 1))
        end = data.draw(st.integers(start + 1, len(base)))
    wish = Wish(start, end, words)

    found = meet(base, wish, now, is_whole=is_whole)

    if found.state == "there":
        assert found.text == now
        return
    assert found.text == replaced(now, found.start, found.end, found.words)
    if found.state in {"clean", "merged"} and not is_whole:
        assert now[found.start : found.end] == base[start:end]
    if now == base and replaced(base, *wish) != base:
        assert (found.state, found.text) == ("clean", replaced(base, *wish))


@given(texts, texts)
def test_law_a_narrowed_wish_gives_the_new_text(old, new):
    assert replaced(old, *narrowed(old, new)) == normal_text(new)
