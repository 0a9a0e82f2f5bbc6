"""The truth of the benchmark of placement: what is known of quotes is so."""

from __future__ import annotations

from annotations.core.placing import Mark, Place
from tests.benchmarks import quotes
from versioning.core.passages import PassageText

TEXT = [
    PassageText(
        "paragraph", f"Absatz {at} handelt von {at * 7} Wegen und {at * 3} Zielen der Stadt."
    )
    for at in range(80)
]
FOREIGN = [PassageText("paragraph", "Ganz fremde Sätze stehen zwischen den anderen im Buch.")]


def words(passages, span):
    return passages[span.passage].text[span.start : span.end]


def quoted(passages, mark):
    return passages[mark.passage].text[mark.start : mark.end]


def test_untouched_quotes_of_a_revision_stand_where_it_is_said():
    new = [FOREIGN[0], *TEXT[:40], *TEXT[50:]]
    found = quotes.untouched(TEXT, new, 1, most=80)
    assert {quote.kind for quote in found} >= {"short", "clause", "passage"}
    for quote in found:
        assert words(new, quote.span) == quoted(TEXT, quote.mark)
        assert quote.span.passage == quote.mark.passage + (1 if quote.mark.passage < 40 else -9)


def test_quotes_of_taken_passages_are_removed_and_their_texts_are_gone():
    revision = quotes.without(TEXT, [*TEXT, FOREIGN[0]], 1, most=5)
    taken = {quote.mark.passage for quote in revision.quotes}
    assert 0 < len(taken) <= 5
    assert not {TEXT[index].text for index in taken} & {item.text for item in revision.new}
    assert {(quote.fate, quote.span) for quote in revision.quotes} == {("removed", None)}


def test_words_of_a_made_revision_are_followed():
    revision = quotes.made(TEXT, FOREIGN, 1, most=80)
    fates = {quote.fate for quote in revision.quotes}
    assert fates >= {"untouched", "edited", "removed"}
    for quote in revision.quotes:
        if quote.fate == "untouched":
            assert words(revision.new, quote.span) == quoted(revision.old, quote.mark)
    assert quotes.made(TEXT, FOREIGN, 1, most=80) == revision


def counted(fate, span, place, kind="clause"):
    quote = quotes.Quote(Mark("m", 0, 0, 10), kind, fate, span)
    return quotes.score(quote, Place("m", "moved", *place, 1.0), TEXT)


def test_a_place_is_right_exactly_or_by_half_and_removed_words_have_none():
    span = quotes.Span(0, 0, 10)
    assert counted("untouched", span, (0, 0, 10)).kept == 1
    assert counted("untouched", span, (0, 0, 11)).kept == 0
    assert counted("edited", span, (0, 4, 14)).right == 1
    assert counted("edited", span, (0, 6, 16)).right == 0
    assert counted("edited", span, (0, 0, 25)).right == 0
    assert counted("edited", span, (1, 0, 10)).right == 0
    assert counted("removed", None, (1, 0, 10)).pinned == 1
    assert counted("removed", None, (None, None, None)).pinned == 0
    assert counted("torn", span, (0, 9, 12)).placed == 0
    assert counted("torn", span, (0, 20, 30)).placed == 1
