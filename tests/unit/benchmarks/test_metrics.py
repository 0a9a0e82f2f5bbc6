"""The measures of the benchmark, on examples small enough to count by hand."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.benchmarks import made, metrics
from tests.benchmarks.picture import Chart, drawn
from tests.unit.versioning.comparison_cases import paragraphs
from versioning.core.passages import Row, Run


def runs(*pairs: tuple[str, str]) -> list[Run]:
    names = {"=": "equal", "-": "delete", "+": "insert"}
    return [Run(names[sign], text) for sign, text in pairs]


def counted(*pairs: tuple[str, str]) -> metrics.Figures:
    found = runs(*pairs)
    return metrics.of_runs(found, metrics.side(found, "delete"), metrics.side(found, "insert"))


def test_a_word_is_a_maximal_run_of_letters_digits_and_combining_marks():
    text = "Die 2. Bür-ger_rat e\u0301tat, § 12a – हिन्दी"
    assert metrics.words(text) == [
        "Die",
        "2",
        "Bür",
        "ger",
        "rat",
        "e\u0301tat",
        "12a",
        "हिन्दी",
    ]


def test_over_marking_counts_common_words_that_are_marked():
    found = counted(("=", "Der "), ("-", "alte Hund"), ("+", "junge Hund"), ("=", " bellt."))
    assert (found.common, found.marked) == (3, 1)
    assert found.over_marking == pytest.approx(1 / 3)


def test_a_pair_shown_whole_marks_all_that_it_has_in_common():
    found = counted(("-", "eins zwei"), ("+", "eins drei"))
    assert (found.common, found.marked, found.replaced) == (1, 1, 1)


def test_nothing_is_over_marked_where_only_what_differs_is_marked():
    assert counted(("=", "a "), ("-", "b"), ("+", "c")).marked == 0


@pytest.mark.parametrize(
    ("pairs", "cut"),
    [
        ([("=", "Rad"), ("+", "weg")], 1),
        ([("=", "Rad "), ("+", "weg")], 0),
        ([("=", "Rad"), ("-", "-"), ("=", "weg")], 1),
        ([("=", "e"), ("-", "\u0301")], 1),
        ([("=", "Rad"), ("-", "weg"), ("+", "fahrt")], 2),
        ([("=", "Rad"), ("-", " weg"), ("+", "ler"), ("=", " ab")], 1),
    ],
)
def test_a_cut_word_is_a_run_border_inside_a_word_of_either_side(pairs, cut):
    assert metrics.cut_words(runs(*pairs)) == cut


def test_a_hunk_is_a_maximal_sequence_of_runs_that_are_not_equal():
    assert metrics.hunks(runs(("-", "a"), ("+", "b"), ("=", " c "), ("+", "d"))) == 2
    assert metrics.hunks(runs(("=", "a"))) == 0


def test_an_island_is_one_equal_word_between_two_hunks():
    assert metrics.islands(runs(("-", "a"), ("=", " der "), ("+", "b"))) == 1
    assert metrics.islands(runs(("-", "a"), ("=", " der gute "), ("+", "b"))) == 0
    assert metrics.islands(runs(("-", "a"), ("=", ", "), ("+", "b"))) == 0
    assert metrics.islands(runs(("=", "der "), ("+", "b"), ("=", " Hund"))) == 0


def test_a_row_whose_runs_do_not_give_its_texts_back_is_wrong():
    old, new = paragraphs("a b"), paragraphs("a c")
    right = Row("changed", (0,), (0,), tuple(runs(("=", "a "), ("-", "b"), ("+", "c"))))
    wrong = Row("changed", (0,), (0,), tuple(runs(("=", "a "), ("+", "c"))))
    assert metrics.of_rows([right], old, new).wrong == 0
    assert metrics.of_rows([wrong], old, new).wrong == 1


def test_figures_of_documents_add_up_and_give_shares_per_changed_passage():
    total = metrics.Figures(changed=2, hunks=3, islands=1) + metrics.Figures(changed=2, hunks=5)
    assert (total.hunks_each, total.islands_each, total.over_marking) == (2.0, 0.25, 0.0)


def test_precision_and_recall_count_right_links():
    old, new = paragraphs("a", "b", "c", "d"), paragraphs("b", "a", "d", "c")
    rows = [Row("moved", (0,), (1,), ()), Row("moved", (2,), (2,), ()), Row("kept", (3,), (3,), ())]
    found = metrics.found_links(rows, ("moved",), [((0,), (1,)), ((2,), (3,))], old, new)
    assert found == (2, 2, 1)
    assert (found.precision, found.recall) == (0.5, 0.5)


def test_equal_texts_can_stand_for_each_other_once_each():
    old, new = paragraphs("a", "a", "b"), paragraphs("b", "a", "a")
    rows = [Row("moved", (1,), (1,), ()), Row("moved", (0,), (2,), ())]
    assert metrics.found_links(rows, ("moved",), [((0,), (1,))], old, new) == (1, 2, 1)


TEXT = paragraphs(
    *(
        f"Absatz {at} handelt von {at * 7} Wegen und {at * 3} Zielen der Stadt mit vielen Worten"
        for at in range(60)
    )
)


@pytest.mark.parametrize("share", [0.0, 0.35])
def test_made_moves_pass_five_to_two_hundred_passages_that_stay(share):
    text = made.moves(TEXT, share, seed=3)
    assert len(text.expected) == 3
    assert sorted(len(item.text) > 0 for item in text.new) == [True] * 60
    moved = {old[0]: new[0] for old, new in text.expected}
    staying = [item.text for at, item in enumerate(TEXT) if at not in moved]
    assert [item.text for at, item in enumerate(text.new) if at not in moved.values()] == staying
    for before, after in moved.items():
        passed = abs(
            sum(other < before for other in range(60) if other not in moved)
            - sum(
                staying.index(item.text) >= 0
                for at, item in enumerate(text.new[:after])
                if at not in moved.values()
            )
        )
        assert passed >= 5
        assert (TEXT[before].text == text.new[after].text) == (share == 0)


def test_made_splits_join_to_the_passage_and_merges_are_their_mirror():
    text = made.splits(TEXT, 0.0, seed=3)
    for (old,), parts in text.expected:
        assert len(parts) > 1
        assert " ".join(text.new[at].text for at in parts) == TEXT[old].text
    mirror = made.merges(TEXT, 0.0, seed=3)
    assert (mirror.old, mirror.new) == (text.new, text.old)
    assert mirror.expected == [(after, before) for before, after in text.expected]


def test_made_texts_are_the_same_on_every_call():
    assert made.moves(TEXT, 0.15, seed=1) == made.moves(TEXT, 0.15, seed=1)
    assert made.moves(TEXT, 0.15, seed=1) != made.moves(TEXT, 0.15, seed=2)


def test_decoys_are_other_passages_that_are_much_alike():
    text = made.moves(TEXT, 0.0, seed=3, decoys=True)
    moved = {at for (at,), _ in text.expected}
    edited = {item.text for item in text.old} - {item.text for item in text.new}
    assert len(moved) == 3
    assert edited
    assert not edited & {text.old[at].text for at in moved}


@pytest.mark.parametrize("how", ["dropped", "duplicated", "permuted"])
def test_a_tenth_of_the_ids_is_spoilt(how):
    text = made.with_ids(made.Made(TEXT, TEXT, []), [(at, at) for at in range(60)])
    assert [item.uid for item in text.new] == [item.uid for item in text.old]
    spoilt = made.spoilt(text.new, how, seed=1)
    differing = sum(a.uid != b.uid for a, b in zip(text.new, spoilt, strict=True))
    assert 0 < differing <= 6
    assert [item.text for item in spoilt] == [item.text for item in TEXT]


def test_runs_that_lose_a_line_feed_are_wrong():
    found = metrics.of_runs(runs(("=", "a b")), "a\nb", "a b")
    assert found.wrong == 1


def test_a_picture_says_in_words_what_its_bars_show():
    chart = Chart("Marked <words>", [("ours", 1.0, "1 %"), ("theirs", 4.0, "4 %")])
    root = ElementTree.fromstring(drawn("Tools", [chart]))
    texts = {element.tag.split("}")[1]: element.text for element in root}
    assert texts["title"] == "Tools"
    assert texts["desc"] == "Marked <words>: ours 1 %, theirs 4 %."
    widths = [int(element.get("width")) for element in root if element.tag.endswith("rect")]
    assert widths[1] == 4 * widths[0]
