"""Where words come from: the laws of stretches and marks, and the truth of a simulation."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from versioning.core.compact import compact
from versioning.core.comparing import compare
from versioning.core.origins import (
    UNKNOWN,
    Edit,
    Mark,
    Stretch,
    Succession,
    first_origins,
    marks_of,
    next_origins,
)
from versioning.core.passages import PassageText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from versioning.core.compact import CompactRow
    from versioning.core.origins import Origins


def succession_of(row: CompactRow, first_change: int = 1) -> Succession:
    """Read the edits off the runs of a row; each gets a number of its own."""
    edits: list[Edit] = []
    old_at = new_at = 0
    is_open = False
    for operation, length in row.runs:
        if operation == "equal":
            old_at, new_at, is_open = old_at + length, new_at + length, False
            continue
        if not is_open:
            edits.append(Edit(old_at, old_at, new_at, new_at, first_change + len(edits)))
            is_open = True
        old_at += length if operation == "delete" else 0
        new_at += length if operation == "insert" else 0
        edits[-1] = edits[-1]._replace(old_end=old_at, new_end=new_at)
    return Succession(row.old, row.new, tuple(edits))


def passages(texts: Sequence[str]) -> list[PassageText]:
    return [PassageText("paragraph", text) for text in texts]


def traced(*versions: Sequence[str]) -> Origins:
    """Return the origins of the last of several texts, by the engine's own comparisons."""
    origins = first_origins([len(text) for text in versions[0]], 1)
    for number, (old, new) in enumerate(pairwise(versions), start=2):
        rows = [succession_of(compact(row)) for row in compare(passages(old), passages(new))]
        lengths = [len(text) for text in new]
        origins = next_origins(origins, rows, lengths, version=number, previous=number - 1)
    return origins


def said(text: str, stretches: Sequence[Stretch] | Sequence[Mark]) -> list[tuple[int, str]]:
    """Return who brought what, for people."""
    return [(each.version, text[each.start : each.end]) for each in stretches]


def assert_covered(texts: Sequence[str], origins: Sequence[Sequence[Stretch | Mark]]) -> None:
    for text, stretches in zip(texts, origins, strict=True):
        borders = [0, *(stretch.end for stretch in stretches)]
        assert [stretch.start for stretch in stretches] == borders[:-1]
        assert borders[-1] == len(text)
        assert all(stretch.start < stretch.end for stretch in stretches)


# Laws

words = st.lists(st.sampled_from(["a", "bb", "ccc", "dd", "e", "ff,"]), min_size=1, max_size=9)
texts = st.lists(words.map(" ".join), max_size=4)
histories = st.lists(texts, min_size=1, max_size=4)


@given(histories)
def test_stretches_cover_every_passage_exactly_and_name_a_version_that_was(history):
    origins = traced(*history)
    assert_covered(history[-1], origins)
    for stretches in origins:
        assert all(1 <= stretch.version <= len(history) for stretch in stretches)


@given(histories)
def test_the_place_where_words_were_born_holds_the_same_words(history):
    for text, stretches in zip(history[-1], traced(*history), strict=True):
        for start, end, version, _change, passage, begin in stretches:
            born = history[version - 1][passage]
            assert born[begin : begin + end - start] == text[start:end]


@given(texts)
def test_all_words_of_the_first_version_are_its_own_in_one_stretch_each(first):
    origins = traced(first)
    assert origins == [[Stretch(0, len(t), 1, 0, i, 0)] for i, t in enumerate(first)]


@given(texts, st.integers(min_value=1, max_value=4))
def test_passages_that_are_kept_keep_their_origin(first, times):
    assert traced(*[first] * times) == traced(first)


@given(histories)
def test_marks_cover_every_passage_exactly_and_neighbours_differ(history):
    origins = traced(*history)
    marks = [marks_of(found, text) for found, text in zip(origins, history[-1], strict=True)]
    assert_covered(history[-1], marks)
    for found in marks:
        assert all(one.version != other.version for one, other in pairwise(found))


@given(histories)
def test_a_mark_holds_all_changes_of_the_words_that_it_joins(history):
    for text, stretches in zip(history[-1], traced(*history), strict=True):
        for mark in marks_of(stretches, text):
            inside = [s for s in stretches if mark.start < s.end and s.start < mark.end]
            own = {s.change for s in inside if s.version == mark.version and s.change}
            kept = {s.change for s in inside if text[s.start : s.end].strip()}
            assert own & kept <= set(mark.changes) <= own


# The truth, known because the simulation wrote it down

Told = list[tuple[str, int]]


@st.composite
def stories(draw) -> list[list[Told]]:
    """Return versions of passages of words, each word with the version that brought it.

    Every word is written once in all the story, and each version changes a passage in one place,
    so that the birth of each word is beyond doubt.
    """
    fresh = iter(range(10_000))
    story = [
        [[(f"anker{next(fresh)}", 1) for _ in range(12)] for _ in range(draw(st.integers(1, 4)))]
    ]
    for version in range(2, draw(st.integers(2, 6)) + 1):
        now = [list(passage) for passage in story[-1]]
        for passage in now:
            place = draw(st.integers(0, len(passage)))
            gone = draw(st.integers(0, 2)) if len(passage) > 9 else 0
            written = [(f"neu{next(fresh)}", version) for _ in range(draw(st.integers(0, 3)))]
            passage[place : place + gone] = written
        story.append(now)
    return story


@settings(max_examples=150)
@given(stories())
def test_every_word_is_traced_to_the_version_that_wrote_it(story):
    history = [[" ".join(word for word, _born in told) for told in version] for version in story]
    origins = traced(*history)
    for told, text, found in zip(story[-1], history[-1], origins, strict=True):
        at = 0
        for word, born in told:
            owners = {s.version for s in found if s.start < at + len(word) and at < s.end}
            assert owners == {born}, (word, text)
            at += len(word) + 1


Births = list[list[int]]
"""For each passage the version that brought each of its code points."""


LINE_FEED = 0


@st.composite
def edited(draw, joined: list[int], version: int, *, splits: bool) -> tuple[tuple[Edit, ...], Any]:
    """Return edits of passages that are joined with line feeds, and what they lead to."""
    edits: list[Edit] = []
    after: list[int] = []
    at = 0
    while at < len(joined):
        kept = min(draw(st.integers(0, 6)), [*joined[at:], LINE_FEED].index(LINE_FEED))
        after += joined[at : at + kept]
        at += kept
        gone = min(draw(st.integers(0, 3)), len(joined) - at)
        gone = max(gone, 1) if joined[at : at + 1] == [LINE_FEED] else gone
        born = [version] * draw(st.integers(0, 3))
        if splits and born and LINE_FEED not in after and draw(st.booleans()):
            born[-1] = LINE_FEED
        if gone or born:
            edits.append(Edit(at, at + gone, len(after), len(after) + len(born), len(edits) + 1))
        after += born
        at += gone
        if not (kept or gone):
            after += joined[at : at + 1] if joined[at : at + 1] != [LINE_FEED] else []
            at += joined[at : at + 1] != [LINE_FEED]
    return tuple(edits), after


@st.composite
def steps(draw, old: Births, version: int) -> tuple[list[Succession], Births]:
    """Return what becomes of passages: moved, split, merged, edited, removed, added."""
    order = list(draw(st.permutations(range(len(old)))))
    found: list[Succession] = []
    new: Births = []
    while order:
        taken = [order.pop() for _ in range(min(len(order), draw(st.integers(1, 2))))]
        joined = [place for index in taken for place in [LINE_FEED, *old[index]]][1:]
        edits, after = draw(edited(joined, version, splits=len(taken) == 1))
        if draw(st.integers(0, 5)):
            parts = "".join(map(chr, after)).split(chr(LINE_FEED))
            indices = range(len(new), len(new) + len(parts))
            found.append(Succession(tuple(taken), tuple(indices), edits))
            new += [[ord(sign) for sign in part] for part in parts]
    new += [[version] * draw(st.integers(1, 9)) for _ in range(draw(st.integers(0, 1)))]
    return found, new


@settings(max_examples=150)
@given(st.data())
def test_every_code_point_is_traced_through_moves_splits_and_merges(data):
    births = [[1] * size for size in data.draw(st.lists(st.integers(1, 30), max_size=4))]
    origins = first_origins([len(born) for born in births], 1)
    for version in range(2, data.draw(st.integers(2, 5)) + 1):
        rows, births = data.draw(steps(births, version))
        lengths = [len(born) for born in births]
        origins = next_origins(origins, rows, lengths, version=version, previous=version - 1)
    assert_covered(["x" * len(born) for born in births], origins)
    told = [[s.version for s in found for _ in range(s.start, s.end)] for found in origins]
    assert told == births


# Moves, splits, merges

ONE = "Die Stadt gehört allen Menschen, die hier leben und arbeiten."
TWO = "Wer kein Telefon besitzt, erhält jede Leistung auch am Schalter."
OTHERS = [f"Der Absatz {n} handelt von Thema {n * 7} und bleibt stehen." for n in range(6)]


def test_words_keep_their_origin_when_their_passage_moves():
    origins = traced([ONE, *OTHERS], [*OTHERS, ONE.replace("allen", "sämtlichen")])
    assert said(ONE.replace("allen", "sämtlichen"), origins[-1]) == [
        (1, "Die Stadt gehört "),
        (2, "sämtlichen"),
        (1, " Menschen, die hier leben und arbeiten."),
    ]


def test_words_keep_their_origin_through_a_split_and_a_merge():
    joined = f"{ONE} {TWO}"
    split = traced([*OTHERS, joined], [*OTHERS, ONE, TWO])
    assert [said(t, o) for t, o in zip((ONE, TWO), split[-2:], strict=True)] == [
        [(1, ONE)],
        [(1, TWO)],
    ]
    assert split[-1][0].begin == len(ONE) + 1
    merged = traced([*OTHERS, ONE, TWO], [*OTHERS, joined])
    assert said(joined, marks_of(merged[-1], joined)) == [(1, joined)]


def test_a_passage_that_was_split_and_merged_again_is_as_old_as_ever():
    joined = f"{ONE} {TWO}"
    there_and_back = traced([*OTHERS, joined], [*OTHERS, ONE, TWO], [*OTHERS, joined])
    assert said(joined, marks_of(there_and_back[-1], joined)) == [(1, joined)]


def test_words_that_come_back_are_born_when_they_come_back():
    without = ONE.replace("allen ", "")
    assert said(ONE, traced([ONE], [without], [ONE])[0])[1] == (3, "allen ")


def test_words_that_stand_together_again_are_one_stretch_again():
    assert len(traced([ONE], [ONE.replace("hier", "hier immer")], [ONE])[0]) == 1


def test_a_passage_of_no_succession_is_new_as_a_whole():
    origins = next_origins([], [], [5], version=4, previous=3)
    assert origins == [[Stretch(0, 5, 4, 0, 0, 0)]]


# What is withheld


def test_words_are_traced_through_a_withheld_passage():
    edit = Edit(4, 8, 4, 9, 7)
    first = first_origins([UNKNOWN], 1)
    second = next_origins(first, [Succession((0,), (0,))], [UNKNOWN], version=2, previous=1)
    third = next_origins(second, [Succession((0,), (0,), (edit,))], [20], version=3, previous=2)
    assert [(s.start, s.end, s.version) for s in third[0]] == [(0, 4, 1), (4, 9, 3), (9, 20, 1)]


def test_a_withheld_part_of_a_merged_passage_gets_its_length_from_the_others():
    first = [*first_origins([UNKNOWN], 1), *first_origins([6], 1)]
    found = next_origins(
        first, [Succession((0, 1), (0,), (Edit(5, 6, 5, 6, 9),))], [12], version=2, previous=1
    )
    places = [(s.start, s.end, s.version) for s in found[0]]
    assert places == [(0, 5, 1), (5, 6, 2), (6, 12, 1)]


def test_lost_words_count_for_the_version_before():
    first = [*first_origins([UNKNOWN, UNKNOWN], 1)]
    found = next_origins(first, [Succession((0, 1), (0,), ())], [12], version=5, previous=4)
    assert_covered(["x" * 12], found)


@given(
    st.lists(st.tuples(*[st.integers(0, 30)] * 4), max_size=5),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_edits_that_do_not_fit_the_text_cover_it_all_the_same(edits, old, new):
    rows = [Succession((0,), (0,), tuple(Edit(*edit) for edit in edits))]
    found = next_origins(first_origins([old], 1), rows, [new], version=2, previous=1)
    assert_covered(["x" * new], found)


# Marks: whole words


def stretches(*pieces: tuple[int, str]) -> tuple[list[Stretch], str]:
    found: list[Stretch] = []
    text = ""
    for number, (version, words) in enumerate(pieces, start=1):
        place = (len(text), len(text) + len(words))
        found.append(Stretch(*place, version, number if version > 1 else 0, 0, 0))
        text += words
    return found, text


def test_a_space_at_a_border_goes_to_the_older_words():
    found, text = stretches((1, "Die"), (2, " neue "), (1, "Stadt"))
    assert said(text, marks_of(found, text)) == [(1, "Die "), (2, "neue"), (1, " Stadt")]


def test_new_words_with_an_old_space_between_them_are_one_mark_of_both_changes():
    found, text = stretches((2, "ganz"), (1, " "), (2, "neu"), (1, " hier"))
    assert marks_of(found, text)[0] == Mark(0, 8, 2, (1, 3))


def test_new_words_with_an_old_comma_between_them_are_one_mark():
    found, text = stretches((1, "Die "), (3, "großen"), (1, ", "), (3, "schönen"), (1, " Parks"))
    assert said(text, marks_of(found, text))[1] == (3, "großen, schönen")


def test_a_new_comma_between_old_words_is_news():
    found, text = stretches((1, "Die Parks"), (2, ","), (1, " die Stadt"))
    assert said(text, marks_of(found, text)) == [(1, "Die Parks"), (2, ","), (1, " die Stadt")]


def test_a_new_space_between_old_words_is_no_news():
    found, text = stretches((1, "Die"), (2, " "), (1, "Stadt"))
    assert said(text, marks_of(found, text)) == [(1, "Die Stadt")]


# Size


def test_the_work_grows_with_the_length_alone():
    def seconds(size: int) -> float:
        edits = tuple(Edit(10 * n, 10 * n + 3, 10 * n, 10 * n + 4, n) for n in range(size))
        edits = tuple(
            e._replace(new_start=e.new_start + n, new_end=e.new_end + n)
            for n, e in enumerate(edits)
        )
        text = "wort, wort " * size
        before = first_origins([10 * size], 1)
        begin = time.process_time()
        found = next_origins(
            before, [Succession((0,), (0,), edits)], [len(text)], version=2, previous=1
        )
        assert len(marks_of(found[0], text)) > size / 2
        return time.process_time() - begin

    seconds(1_000)
    small = min(seconds(10_000) for _ in range(3))
    large = min(seconds(40_000) for _ in range(3))
    assert large < 12 * small
