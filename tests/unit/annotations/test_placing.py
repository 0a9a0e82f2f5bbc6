"""Placing marks on the next text: the rules, the laws, real revisions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.core.placing import Candidate, Mark, Place, place
from annotations.core.ranges import RangeError
from tests.benchmarks import placement
from tests.support import no_hang
from versioning.core.comparing import compare
from versioning.core.passages import PassageText, Row, Run
from versioning.core.reading import read_passages

REVISIONS = Path(__file__).parents[4] / "shared" / "data" / "revisions"

OPENING = "Die Stadt legt offen, welche Daten sie erhebt und wozu sie diese Daten braucht."
CENTRE = "Jede Verwaltung benennt eine Person, die Fragen nach offenen Daten beantwortet."
CLOSING = "Der Senat berichtet dem Abgeordnetenhaus alle zwei Jahre über den Stand der Dinge."
FOREIGN = "Im Winter werden Gehwege zuerst vor Schulen und Pflegeheimen von Eis befreit."


def texts(*words):
    return [PassageText(kind="paragraph", text=text) for text in words]


def mark(old, words, passage=0):
    start = old[passage].text.index(words)
    return Mark("m", passage, start, start + len(words))


def placed(old, new, chosen, rows=None):
    return place([chosen], old, new, rows if rows is not None else compare(old, new))[0]


def words_at(new, found):
    text = new[found.passage].text
    return text if found.start is None else text[found.start : found.end]


# The same words


def test_words_of_an_unchanged_passage_are_intact_at_the_same_offsets():
    old = texts(OPENING, CENTRE)
    found = placed(old, texts(FOREIGN, OPENING, CENTRE), mark(old, "eine Person", 1))
    start = CENTRE.index("eine Person")
    assert found == Place("m", "intact", 2, start, start + 11, 1.0)


def test_words_are_intact_where_the_passage_was_edited_outside_of_them():
    old, new = texts(CENTRE), texts(CENTRE.replace("Jede Verwaltung", "Jedes Amt der Stadt"))
    found = placed(old, new, mark(old, "Fragen nach offenen Daten"))
    assert (found.state, found.confidence) == ("intact", 1.0)
    assert words_at(new, found) == "Fragen nach offenen Daten"


def test_words_next_to_an_insertion_do_not_grow():
    old, new = texts(CENTRE), texts(CENTRE.replace("eine Person", "mindestens eine Person auch"))
    found = placed(old, new, mark(old, "eine Person"))
    assert (found.state, words_at(new, found)) == ("intact", "eine Person")


def test_words_of_a_moved_passage_are_moved():
    old, new = texts(OPENING, CENTRE, CLOSING), texts(CENTRE, CLOSING, OPENING)
    found = placed(old, new, mark(old, "welche Daten"))
    assert (found.state, found.passage, words_at(new, found)) == ("moved", 2, "welche Daten")


def test_words_in_a_part_of_a_split_passage_are_moved():
    old, new = texts(f"{OPENING} {CLOSING}"), texts(OPENING, CLOSING)
    found = placed(old, new, mark(old, "alle zwei Jahre"))
    assert (found.state, found.passage, words_at(new, found)) == ("moved", 1, "alle zwei Jahre")


def test_words_of_a_merged_passage_are_moved():
    old, new = texts(OPENING, CLOSING), texts(f"{OPENING} {CLOSING}")
    found = placed(old, new, mark(old, "alle zwei Jahre", 1))
    assert (found.state, words_at(new, found)) == ("moved", "alle zwei Jahre")


def test_words_between_two_replaced_words_are_intact_although_shown_as_one_change():
    old = texts("Wir wollen Open Data fördern.")
    new = texts("Wir werden Open Data nutzen.")
    runs = (
        Run("equal", "Wir "),
        Run("delete", "wollen Open Data fördern"),
        Run("insert", "werden Open Data nutzen"),
        Run("equal", "."),
    )
    found = placed(old, new, mark(old, "Open Data"), [Row("changed", (0,), (0,), runs)])
    assert (found.state, found.confidence, words_at(new, found)) == ("intact", 1.0, "Open Data")


def test_sentence_that_changed_its_place_within_its_passage_is_intact():
    old, new = texts(f"{OPENING} {CENTRE} {CLOSING}"), texts(f"{CENTRE} {CLOSING} {OPENING}")
    found = placed(old, new, mark(old, OPENING))
    assert (found.state, words_at(new, found)) == ("intact", OPENING)


def test_sentence_that_went_into_another_passage_is_moved():
    old, new = texts(f"{OPENING} {CENTRE}", CLOSING), texts(OPENING, f"{CLOSING} {CENTRE}")
    found = placed(old, new, mark(old, "benennt eine Person, die Fragen nach offenen Daten"))
    assert (found.state, found.passage, found.confidence) == ("moved", 1, 1.0)
    assert words_at(new, found) == "benennt eine Person, die Fragen nach offenen Daten"


def test_short_quote_is_found_elsewhere_by_the_words_beside_it():
    old = texts(f"{OPENING} {CENTRE}", CLOSING)
    new = texts(OPENING, f"{CLOSING} {CENTRE}")
    found = placed(old, new, mark(old, "eine Person"))
    assert (found.state, found.passage, words_at(new, found)) == ("moved", 1, "eine Person")


def test_short_quote_is_not_pinned_where_the_same_words_stood_before():
    other = "Sie nennt dem Senat jedes Jahr eine Person aus ihrer Mitte."
    old, new = texts(CENTRE, other), texts(f"{other} Dabei bleibt es.")
    assert placed(old, new, mark(old, "eine Person")).state == "removed"


def removed_and_inserted(old, new, at):
    """Rows that show the first passage as removed and what stands behind ``at`` as inserted."""
    runs = (Run("equal", new[0].text[:at]), Run("insert", new[0].text[at:]))
    removed = Row("removed", (0,), (), (Run("delete", old[0].text),))
    return [removed, Row("changed", (1,), (0,), runs)]


def test_short_passage_that_a_long_one_took_in_is_followed_although_it_was_edited():
    old = texts("§ 5 Aufgaben der Datenstelle und ihrer Leitung", CLOSING)
    new = texts(f"{CLOSING} § 5 Aufgaben der neuen Datenstelle und ihrer Leitung")
    rows = removed_and_inserted(old, new, len(CLOSING))
    found = placed(old, new, mark(old, "Datenstelle und ihrer"), rows)
    assert (found.state, words_at(new, found)) == ("moved", "Datenstelle und ihrer")
    whole = placed(old, new, Mark("w", 0, None, None), rows)
    assert whole.state == "changed"
    assert words_at(new, whole) == "§ 5 Aufgaben der neuen Datenstelle und ihrer Leitung"


def test_removed_passage_of_which_new_words_hold_too_little_stays_removed():
    old = texts("§ 5 Aufgaben der Datenstelle und ihrer Leitung", CLOSING)
    new = texts(f"{CLOSING} Die Aufgaben der Datenstelle fallen weg, sobald alle Daten offen sind.")
    rows = removed_and_inserted(old, new, len(CLOSING))
    assert placed(old, new, mark(old, "Datenstelle"), rows).state == "removed"


def test_removed_passage_that_two_new_stretches_hold_alike_stays_removed():
    heading = "§ 5 Aufgaben der Datenstelle"
    old = texts(heading, CLOSING)
    new = texts(f"{CLOSING} § 5 Neue Aufgaben der Datenstelle", "§ 5 Alle Aufgaben der Datenstelle")
    rows = removed_and_inserted(old, new, len(CLOSING))
    rows.append(Row("added", (), (1,), (Run("insert", new[1].text),)))
    assert placed(old, new, mark(old, "Aufgaben der"), rows).state == "removed"


def faintly_moved(old, new):
    runs = (Run("delete", old[0].text), Run("insert", new[0].text))
    return [Row("moved_changed", (0,), (0,), runs, similarity=0.55)]


def test_faintly_alike_passage_elsewhere_is_not_followed_unless_people_say_so():
    old = texts("Jede Verwaltung benennt eine Person für Daten.")
    new = texts("Jede Verwaltung benennt eine Stelle für Bäume und Wege.")
    rows = faintly_moved(old, new)
    chosen = mark(old, "Jede Verwaltung benennt eine")
    assert place([chosen], old, new, rows)[0].state == "removed"
    assert place([chosen], old, new, rows, known=True)[0].state == "moved"


def test_all_words_of_a_passage_elsewhere_beat_a_passage_that_is_only_alike():
    old, new = texts(CENTRE), texts(f"Die {CENTRE[5:]}", f"{CENTRE} Dabei bleibt es.")
    rows = [
        Row("moved_changed", (0,), (0,), compare(old, new[:1])[0].runs, similarity=0.9),
        Row("added", (), (1,), (Run("insert", new[1].text),)),
    ]
    found = placed(old, new, mark(old, "eine Person"), rows)
    assert (found.state, found.passage) == ("moved", 1)


# Other words


def test_range_with_a_replaced_word_is_changed_and_takes_the_new_word_in():
    old, new = texts(CENTRE), texts(CENTRE.replace("Person", "Stelle"))
    found = placed(old, new, mark(old, "benennt eine Person, die"))
    assert (found.state, words_at(new, found)) == ("changed", "benennt eine Stelle, die")
    assert 0.5 < found.confidence < 1.0


@pytest.mark.parametrize(
    ("chosen", "then"),
    [("Person, die Fragen nach", "Stelle, die Fragen nach"), ("benennt eine Person", None)],
)
def test_replaced_word_at_the_edge_of_a_range_is_taken_in(chosen, then):
    old, new = texts(CENTRE), texts(CENTRE.replace("Person", "Stelle"))
    found = placed(old, new, mark(old, chosen))
    assert found.state == "changed"
    assert words_at(new, found) == (then or "benennt eine Stelle")


def test_range_that_lost_its_last_word_ends_without_a_space():
    old, new = texts(CENTRE), texts(CENTRE.replace(" offenen", ""))
    found = placed(old, new, mark(old, "Fragen nach offenen"))
    assert (found.state, words_at(new, found)) == ("changed", "Fragen nach")


def test_range_that_runs_across_a_split_goes_where_most_of_its_characters_are():
    old, new = texts(f"{OPENING} {CLOSING}"), texts(OPENING, CLOSING)
    found = placed(old, new, mark(old, "Daten braucht. Der Senat berichtet dem Abgeordnetenhaus"))
    assert (found.state, found.passage) == ("changed", 1)
    assert words_at(new, found) == "Der Senat berichtet dem Abgeordnetenhaus"


def test_changed_words_in_a_moved_passage_are_changed():
    old = texts(OPENING, CENTRE, CLOSING)
    new = texts(CENTRE, CLOSING, OPENING.replace("wozu", "warum"))
    found = placed(old, new, mark(old, "erhebt und wozu sie diese"))
    assert (found.state, found.passage) == ("changed", 2)
    assert words_at(new, found) == "erhebt und warum sie diese"


# Nothing left, or no way to decide


def test_range_without_half_of_its_characters_is_removed():
    old, new = texts(CENTRE), texts(CENTRE.replace("Fragen nach offenen Daten", "Anfragen"))
    found = placed(old, new, mark(old, "Fragen nach offenen Daten"))
    assert found == Place("m", "removed", None, None, None, 0.0)


def test_words_of_a_removed_passage_are_removed_and_pinned_to_no_foreign_text():
    old, new = texts(OPENING, CENTRE, CLOSING), texts(OPENING, FOREIGN, CLOSING)
    assert placed(old, new, mark(old, "eine Person, die Fragen", 1)).state == "removed"


def test_words_at_a_place_that_held_them_before_are_no_new_place():
    phrase = "mit Freiheitsstrafe bis zu zwei Jahren oder mit Geldstrafe"
    kept = f"Ebenso wird {phrase} bestraft, wer eine fremde Sache unbefugt zerstört."
    old = texts(f"Wer einen Bescheid {phrase} verwechselt, irrt.", kept)
    assert placed(old, texts(kept), mark(old, phrase)).state == "removed"


def test_short_quote_is_not_looked_for_elsewhere():
    old = texts(f"{OPENING} {CENTRE}", CLOSING)
    new = texts(OPENING, f"{CLOSING} Er nennt auch eine Person.")
    assert placed(old, new, mark(old, "eine Person")).state == "removed"


def test_words_are_not_found_inside_of_longer_words():
    old = texts(f"Erlaubt ist die Verarbeitung aller Daten nach § 32 Abs. 1 auch hier. {CENTRE}")
    new = texts(CENTRE, "Erlaubt ist die Verarbeitung aller Daten nach § 32 Absatz 1.")
    rows = [
        Row("removed", (0,), (), (Run("delete", old[0].text),)),
        *(Row("added", (), (n,), (Run("insert", new[n].text),)) for n in (0, 1)),
    ]
    quote = "Verarbeitung aller Daten nach § 32 Abs"
    assert placed(old, new, mark(old, quote), rows).state == "removed"
    assert placed(old, new, mark(old, quote.removesuffix(" Abs")), rows).state == "moved"


def test_formula_in_foreign_surroundings_is_removed_rather_than_pinned():
    phrase = "wird mit einer Geldbuße bis zu tausend Euro geahndet"
    old = texts(f"Wer lärmt, {phrase}, auch nachts.", f"Wer Müll ablädt, {phrase}.")
    new = texts(f"Wer Müll ablädt, {phrase}.", f"Falsches Parken in Kurven {phrase} und notiert.")
    rows = [
        Row("removed", (0,), (), (Run("delete", old[0].text),)),
        Row("kept", (1,), (0,), (Run("equal", old[1].text),)),
        Row("added", (), (1,), (Run("insert", new[1].text),)),
    ]
    assert placed(old, new, mark(old, phrase), rows).state == "removed"
    surroundings = texts(new[0].text, f"Wer lärmt, {phrase}, auch nachmittags.")
    rows[2] = Row("added", (), (1,), (Run("insert", surroundings[1].text),))
    assert placed(old, surroundings, mark(old, phrase), rows).state == "moved"


def test_sentence_at_two_new_places_is_left_to_a_person():
    old = texts(f"{OPENING} {CENTRE}", CLOSING, FOREIGN)
    new = texts(OPENING, f"{CLOSING} {CENTRE}", f"{FOREIGN} {CENTRE}")
    found = placed(old, new, mark(old, CENTRE))
    assert (found.state, found.passage, found.start, found.end) == ("manual", None, None, None)
    assert found.candidates == (
        Candidate(1, len(CLOSING) + 1, len(CLOSING) + 1 + len(CENTRE)),
        Candidate(2, len(FOREIGN) + 1, len(FOREIGN) + 1 + len(CENTRE)),
    )
    assert found.confidence < 1.0


def test_passage_that_moved_to_two_places_is_left_to_a_person():
    other = "Die Bezirke führen eigene Listen und stimmen sie jährlich miteinander ab."
    old = texts(CENTRE, OPENING, CLOSING, FOREIGN, other)
    new = texts(OPENING, CLOSING, CENTRE, FOREIGN, other, CENTRE)
    rows = [
        *(
            Row("kept", (index,), (at,), (Run("equal", old[index].text),))
            for index, at in [(1, 0), (2, 1), (3, 3), (4, 4)]
        ),
        Row("moved", (0,), (2,), (Run("equal", CENTRE),)),
        Row("added", (), (5,), (Run("insert", CENTRE),)),
    ]
    found = placed(old, new, mark(old, "eine Person"), rows)
    assert found.state == "manual"
    assert [candidate.passage for candidate in found.candidates] == [2, 5]
    whole = placed(old, new, Mark("w", 0, None, None), rows)
    assert whole.candidates == (Candidate(2, None, None), Candidate(5, None, None))


def test_range_cut_into_equal_halves_by_a_split_is_left_to_a_person():
    runs = (Run("equal", "ab cd"), Run("delete", " "), Run("insert", "\n"), Run("equal", "ef gh"))
    old, new = texts("ab cd ef gh"), texts("ab cd", "ef gh")
    found = placed(old, new, Mark("m", 0, 0, 11), [Row("split", (0,), (0, 1), runs)])
    assert found.state == "manual"
    assert found.candidates == (Candidate(0, 0, 5), Candidate(1, 0, 5))


# Whole passages


def test_whole_passage_stays_whole():
    old = texts(OPENING, CENTRE, CLOSING)
    new = texts(FOREIGN, OPENING, CLOSING.replace("zwei", "drei"))
    rows = compare(old, new)
    found = place([Mark(str(index), index, None, None) for index in range(3)], old, new, rows)
    assert [(f.state, f.passage, f.start, f.end) for f in found] == [
        ("intact", 1, None, None),
        ("removed", None, None, None),
        ("changed", 2, None, None),
    ]
    assert found[2].confidence < 1.0


def test_whole_moved_passage_is_moved():
    old, new = texts(OPENING, CENTRE, CLOSING), texts(CENTRE, CLOSING, OPENING)
    found = placed(old, new, Mark("m", 0, None, None))
    assert found == Place("m", "moved", 2, None, None, 1.0)


def test_whole_passage_that_became_part_of_another_is_a_range_of_the_same_words():
    old, new = texts(OPENING, CLOSING), texts(f"{OPENING} {CLOSING}")
    found = placed(old, new, Mark("m", 1, None, None))
    assert (found.state, words_at(new, found)) == ("moved", CLOSING)


def test_whole_split_passage_goes_to_its_largest_part_and_is_changed():
    old, new = texts(f"{OPENING} {CLOSING} {CENTRE}"), texts(f"{OPENING} {CLOSING}", CENTRE)
    found = placed(old, new, Mark("m", 0, None, None))
    assert (found.state, found.passage, found.start, found.end) == ("changed", 0, None, None)


def test_mark_that_does_not_fit_is_refused():
    old = texts("Wort")
    for wrong in (Mark("m", 1, None, None), Mark("m", -1, 0, 1), Mark("m", 0, 0, 5)):
        with pytest.raises(RangeError):
            placed(old, old, wrong)


# Laws

WORDS = st.sampled_from(
    ["der", "Stadt", "Daten", "offen", "prüft", "😀", "q\u0307", "jährlich", ",", ".", "und"]
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
DOCUMENTS = st.lists(SENTENCES, min_size=1, max_size=6)


@st.composite
def edited_documents(draw):
    """An old text, a new one made of parts of it and of foreign ones, and marks on the old."""
    old = draw(DOCUMENTS)
    pool = st.one_of(st.sampled_from(old), SENTENCES)
    new = [" ".join(parts) for parts in draw(st.lists(st.lists(pool, min_size=1, max_size=3)))]
    marks = []
    for number in range(draw(st.integers(1, 5))):
        passage = draw(st.integers(0, len(old) - 1))
        start = draw(st.integers(0, len(old[passage]) - 1))
        end = draw(st.integers(start + 1, len(old[passage])))
        whole = draw(st.booleans())
        marks.append(Mark(str(number), passage, None if whole else start, None if whole else end))
    return texts(*old), texts(*new), marks


def old_words(old, chosen):
    text = old[chosen.passage].text
    return text if chosen.start is None else text[chosen.start : chosen.end]


def assert_laws(old, new, marks, found):
    assert [f.id for f in found] == [m.id for m in marks]
    for chosen, result in zip(marks, found, strict=True):
        for candidate in (result, *result.candidates):
            if candidate.start is not None:
                assert 0 <= candidate.start < candidate.end
                assert candidate.end <= len(new[candidate.passage].text)
        assert (result.confidence == 1.0) == (result.state in ("intact", "moved"))
        assert 0.0 <= result.confidence <= 1.0
        assert (len(result.candidates) > 1) == (result.state == "manual")
        if result.state in ("removed", "manual"):
            assert (result.passage, result.start, result.end) == (None, None, None)
        else:
            same = words_at(new, result) == old_words(old, chosen)
            assert same == (result.state != "changed")


def test_a_quote_of_which_only_a_space_survives_is_removed():
    old, new = texts("der", ", , der Daten", "Daten ,"), texts("Daten , der Daten ,")
    (found,) = place([Mark("a", 1, 0, 2)], old, new, compare(old, new))
    assert (found.state, found.passage) == ("removed", None)


@settings(max_examples=300, deadline=None)
@given(edited_documents())
def test_placed_mark_quotes_its_words_or_says_that_they_changed_or_is_removed(documents):
    old, new, marks = documents
    rows = compare(old, new)
    found = place(marks, old, new, rows)
    assert_laws(old, new, marks, found)
    assert found == place(marks, old, new, rows)


@settings(deadline=None)
@given(edited_documents())
def test_each_mark_is_placed_alike_alone_and_among_others(documents):
    old, new, marks = documents
    rows = compare(old, new)
    alone = [place([chosen], old, new, rows)[0] for chosen in marks]
    assert alone == place(marks, old, new, rows)


@settings(deadline=None)
@given(edited_documents())
def test_every_mark_on_an_identical_text_is_intact_where_it_was(documents):
    old, _, marks = documents
    found = place(marks, old, old, compare(old, old))
    expected = [Place(m.id, "intact", m.passage, m.start, m.end, 1.0) for m in marks]
    assert found == expected


# Real revisions


def sampled_marks(passages, indices):
    """Quotes of different lengths, spread evenly, and each whole passage."""
    for index in indices:
        words = passages[index].text.split(" ")
        for first in range(0, len(words), 7):
            count = (1, 3, 8, 20)[first % 4]
            start = len(" ".join(words[:first])) + (first > 0)
            end = start + len(" ".join(words[first : first + count]))
            yield Mark(f"{index}-{first}", index, start, end)
        yield Mark(f"{index}", index, None, None)


@pytest.mark.skipif(not REVISIONS.is_dir(), reason="the real revision pairs are not at hand")
@pytest.mark.parametrize("pair", ["A05", "A07", "A09", "A10", "A11", "A12"])
def test_every_quote_of_an_unchanged_passage_of_a_real_revision_is_kept(pair):
    (folder,) = REVISIONS.glob(f"{pair}-*")
    old, new = read_passages(folder / "old.json"), read_passages(folder / "new.json")
    rows = compare(old, new)
    marks = list(sampled_marks(old, [i for row in rows if row.relation == "kept" for i in row.old]))
    found = place(marks, old, new, rows)
    assert {f.state for f in found} == {"intact"}
    assert_laws(old, new, marks, found)
    others = list(
        sampled_marks(old, [i for row in rows if row.relation != "kept" for i in row.old])
    )
    assert_laws(old, new, others, place(others, old, new, rows))


@pytest.mark.skipif(not REVISIONS.is_dir(), reason="the real revision pairs are not at hand")
@pytest.mark.parametrize("pair", ["A07", "A09", "A10", "A11", "A12"])
def test_real_and_made_revisions_reach_what_is_promised(pair):
    """All twelve: ``tests/benchmarks/placement.py``."""
    (document,) = placement.load([pair])
    foreign = [PassageText("paragraph", text) for text in (OPENING, CENTRE, CLOSING, FOREIGN)]
    document = document._replace(foreign=foreign)
    real, gone, made = (
        placement.total(placement.scores_of(make(document)))
        for make in (placement.touched, placement.taken, placement.revised)
    )
    assert real.kept == real.untouched > 0
    assert gone.pinned == 0
    assert made.precision >= 0.995
    assert made.recall >= 0.99  # of one text; all together reach .995
    assert made.pinned <= max(1, made.removed // 100)


def test_12000_marks_on_300_passages_take_well_under_a_minute():
    old = texts(*(f"Absatz {n}: {OPENING} {CENTRE} {CLOSING} Nummer {n * n}." for n in range(300)))
    new = [
        passage
        if n % 3
        else PassageText("paragraph", passage.text.replace("Person", "Stelle").replace(OPENING, ""))
        for n, passage in enumerate(old)
    ]
    marks = [Mark(str(n), n % 300, 5 + n // 300, 5 + n // 300 + 10 + n % 90) for n in range(12_000)]
    rows = compare(old, new)
    with no_hang():
        found = place(marks, old, new, rows)
    assert_laws(old, new, marks, found)


def test_shared_cases_hold_one_entry_per_name():
    cases = json.loads(
        (Path(__file__).parents[2] / "cases" / "ranges.json").read_text(encoding="utf-8")
    )
    names = [case["name"] for group in cases.values() for case in group]
    assert len(names) == len(set(names))
