"""Texts for tests of the comparison, and the laws that every comparison keeps."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from tests.support import MissingData, shared_path
from versioning.core import reading
from versioning.core.passages import PassageText

REVISIONS = [f"A{number:02}" for number in range(1, 13)]
WORDS = [
    "Die",
    "Stadt",
    "plant",
    "mit",
    "allen",
    "Bürgerinnen",
    "eine",
    "offene",
    "Strategie",
    "2030",
]
PIECES = [
    "e\u0301",
    "n\u0303",
    "👩\u200d👩\u200d👧",
    "🇩🇪",
    "👍🏽",
    "❤\ufe0f",
    "שָׁלוֹם",
    "हिन्दी",
    "12,5",
    "§",
]

sentences = st.lists(
    st.sampled_from([*WORDS, *PIECES]) | st.text("ab1 .,", min_size=1, max_size=4), max_size=14
).map(lambda words: " ".join(" ".join(words).split()))
anything = st.text(st.sampled_from("aä1_ .,-\n\u0301\u200d\ufe0f👩🏽🇩🇪\u05d0\u064e"), max_size=30)


def paragraph(text: str, **values) -> PassageText:
    return PassageText("paragraph", text, **values)


def paragraphs(*texts: str) -> list[PassageText]:
    return [paragraph(text) for text in texts]


@st.composite
def documents(draw):
    """Draw an old text and a new one made from it by moving, editing, splitting, dropping."""
    kinds = st.sampled_from(["paragraph", "heading", "list_item"])
    passage = st.builds(
        PassageText,
        kinds,
        sentences.filter(bool),
        level=st.integers(0, 2),
        block=st.sampled_from(["", "one", "two"]),
    )
    old = draw(st.lists(passage, max_size=10))
    new = list(draw(st.permutations(old))) if draw(st.booleans()) else list(old)
    changed: list[PassageText] = []
    for item in new:
        action = draw(st.sampled_from(["keep", "keep", "edit", "split", "drop", "add"]))
        if action == "split" and " " in item.text:
            first, second = item.text.split(" ", 1)
            changed += [item._replace(text=first), item._replace(text=second)]
        elif action == "edit":
            changed.append(item._replace(text=f"{item.text} {draw(st.sampled_from(WORDS))}"))
        elif action == "add":
            changed += [item, draw(passage)]
        elif action != "drop":
            changed.append(item)
    return old, changed


def revision(name: str, *, limit: int | None = None) -> tuple[list[PassageText], list[PassageText]]:
    """Give a real revision pair, or skip where it is missing."""
    try:
        folder = next(iter(sorted(shared_path("data/revisions").glob(f"{name}-*"))))
    except (MissingData, StopIteration) as error:
        pytest.skip(f"real revisions are missing: {error}")
    old, new = (reading.read_passages(folder / f"{side}.json") for side in ("old", "new"))
    return old[:limit], new[:limit]


def side(runs, operation: str) -> str:
    return "".join(run.text for run in runs if run.operation in ("equal", operation))


def check_laws(old, new, rows) -> None:
    """Assert what holds for every comparison."""
    assert sorted(index for row in rows for index in row.old) == list(range(len(old)))
    assert sorted(index for row in rows for index in row.new) == list(range(len(new)))
    for row in rows:
        check_shape(row)
        check_runs(row.runs)
        assert side(row.runs, "delete") == "\n".join(old[index].text for index in row.old)
        assert side(row.runs, "insert") == "\n".join(new[index].text for index in row.new)
    in_order = [row.old[0] for row in rows if row.relation in ("kept", "changed", "removed")]
    assert in_order == sorted(in_order)
    firsts = [row.new[0] for row in rows if row.new]
    assert firsts == sorted(firsts)


def check_shape(row) -> None:
    shapes = {"added": (0, 1), "removed": (1, 0)}
    counts = (len(row.old), len(row.new))
    if row.relation == "split":
        assert counts[0] == 1
        assert counts[1] > 1
    elif row.relation == "merged":
        assert counts[0] > 1
        assert counts[1] == 1
    else:
        assert counts == shapes.get(row.relation, (1, 1))
    if row.relation in ("kept", "moved"):
        assert [run.operation for run in row.runs] == ["equal"]
        assert row.format == ()
    assert 0 <= row.similarity <= 1


def check_runs(runs) -> None:
    """Assert that no run is empty, neighbours differ, and no word is cut."""
    assert all(run.text for run in runs)
    for before, after in pairwise(runs):
        assert before.operation != after.operation
        assert (before.operation, after.operation) != ("insert", "delete")
    for operation in ("delete", "insert"):
        at, text = 0, side(runs, operation)
        for run in runs:
            if run.operation in ("equal", operation):
                at += len(run.text)
                assert not is_inside(text, at), (text, at, runs)


def is_inside(text: str, at: int) -> bool:
    """Tell whether a border lies inside a word or a grapheme."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    joins = unicodedata.category(after)[0] == "M" or "\u200d" in (before, after)
    return joins or after in "🏻🏼🏽🏾🏿" or (_in_word(before) and _in_word(after))


def _in_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM"
