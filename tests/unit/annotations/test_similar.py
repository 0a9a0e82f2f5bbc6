"""What says nearly the same is found, whatever the order of its words."""

from hypothesis import given
from hypothesis import strategies as st

from annotations.core.similar import FEWEST_LETTERS, LEAST, MOST, similar_to

WISH = "Mehr Radwege in der Innenstadt, bitte."
TEXTS = st.text(alphabet="abcdeÄß ,.\n", max_size=80)


def test_the_same_wish_in_other_words_is_found_and_another_one_is_not():
    others = [
        "Die Busse sollen auch nachts fahren.",
        "Bitte mehr Radwege in die Innenstadt!",
        "Mehr Bäume und Bänke am Ufer wären schön.",
        "Wir brauchen mehr Radwege in der Innenstadt und außen herum.",
    ]

    found = similar_to(WISH, others)

    assert [each.place for each in found] == [1, 3]
    assert found[0].likeness > found[1].likeness >= LEAST


def test_short_texts_are_like_nothing():
    assert similar_to("Ja, bitte.", ["Ja, bitte.", "Ja!"]) == []
    assert similar_to(WISH, ["Bitte.", ""]) == []


@given(st.lists(TEXTS, max_size=20), st.data())
def test_a_text_finds_itself_first_and_never_too_many(others, data):
    text = data.draw(TEXTS)
    found = similar_to(text, [*others, text])

    assert found == similar_to(text, [*others, text])
    assert len(found) <= MOST
    assert [each.likeness for each in found] == sorted(
        (each.likeness for each in found), reverse=True
    )
    if sum(letter.isalnum() for letter in text) >= FEWEST_LETTERS:
        assert found[0].likeness == 100


@given(st.permutations(WISH.rstrip(".").replace(",", "").split()))
def test_the_order_of_words_does_not_matter(words):
    assert similar_to(WISH, [" ".join(words)])[0].likeness == 100
