"""A uid once given is never used for another passage."""

from __future__ import annotations

from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from versioning.core import identity, lineage
from versioning.core.passages import PassageText

WORDS = ["Wasser", "Stadt", "Straße", "Haus", "grün", "neu", "alt", "für", "alle", "🌍", "ist"]
sentence = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
passage = st.builds(
    PassageText,
    kind=st.sampled_from(["paragraph", "heading", "list_item"]),
    text=sentence,
    block=st.sampled_from(["a", "b", "c"]),
)
document = st.lists(passage, max_size=8)
edit = st.tuples(
    st.sampled_from(["insert", "delete", "change", "move", "split", "merge"]),
    st.integers(0, 20),
    st.integers(0, 20),
    passage,
)


def edited(text: list[PassageText], script) -> list[PassageText]:
    """Apply an edit script to a document."""
    result = list(text)
    for kind, where, other, extra in script:
        at = where % (len(result) + 1)
        if kind == "insert" or at >= len(result):
            result.insert(at, extra)
        elif kind == "delete":
            result.pop(at)
        elif kind == "change":
            result[at] = result[at]._replace(text=f"{result[at].text} {extra.text}")
        elif kind == "move":
            moved = result.pop(at)
            result.insert(other % (len(result) + 1), moved)
        elif kind == "split":
            words = result[at].text.split()
            if len(words) > 1:
                half = len(words) // 2
                result[at : at + 1] = [
                    result[at]._replace(text=" ".join(words[:half])),
                    result[at]._replace(text=" ".join(words[half:])),
                ]
        elif at + 1 < len(result):
            joined = f"{result[at].text} {result[at + 1].text}"
            result[at : at + 2] = [result[at]._replace(text=joined)]
    return result


def fresh_uids():
    numbers = count(1)
    return lambda: f"uid-{next(numbers)}"


def frozen(old, new, fresh):
    """Freeze a text as the next version: rows and passages with their uids."""
    rows = lineage.trace(old, new)
    uids = lineage.assign_uids(rows, old, new, fresh)
    return rows, [p._replace(uid=uid) for p, uid in zip(new, uids, strict=True)]


def ancestors(rows, old, index: int) -> set[str]:
    return {old[i].uid for row in rows for i in row.old if index in row.new}


@settings(max_examples=150, deadline=None)
@given(document, st.lists(st.lists(edit, max_size=4), min_size=1, max_size=4))
def test_a_uid_once_given_is_never_used_for_another_passage(first, scripts):
    fresh = fresh_uids()
    rows, old = frozen([], first, fresh)
    gone: set[str] = set()
    for script in scripts:
        draft = edited([p._replace(uid="") for p in old], script)
        rows, new = frozen(old, draft, fresh)
        uids = [p.uid for p in new]
        assert len(set(uids)) == len(uids)
        assert gone.isdisjoint(uids)
        known = {p.uid for p in old}
        for index, uid in enumerate(uids):
            assert uid not in known or uid in ancestors(rows, old, index)
        gone |= known - set(uids)
        old = new


@settings(max_examples=150, deadline=None)
@given(document, st.lists(edit, max_size=4), st.lists(edit, max_size=4))
def test_a_translation_gives_no_uid_twice_and_none_to_another_passage(first, ours, theirs):
    fresh = fresh_uids()
    _, source = frozen([], first, fresh)
    german = [p._replace(uid="", text=f"x {p.text}") for p in first]
    uids = identity.translated_uids(lineage.trace([], german), [], german, source, fresh)
    old = [p._replace(uid=uid) for p, uid in zip(german, uids, strict=True)]
    assert len(set(uids)) == len(uids)

    _, source = frozen(source, edited([p._replace(uid="") for p in source], theirs), fresh)
    new = edited([p._replace(uid="") for p in old], ours)
    rows = lineage.trace(old, new)
    uids = identity.translated_uids(rows, old, new, source, fresh)

    assert len(set(uids)) == len(uids)
    own = lineage.assign_uids(rows, old, new, lambda: "")
    heirs = {uid: index for index, uid in enumerate(own) if uid}
    for index, uid in enumerate(uids):
        assert heirs.get(uid, index) == index


def test_a_translation_takes_the_identities_of_its_source_by_block_and_ordinal():
    source = [
        PassageText("heading", "Ziele", block="a", uid="1"),
        PassageText("paragraph", "Wasser", block="b", uid="2"),
        PassageText("paragraph", "Luft", block="b", uid="3"),
    ]
    new = [
        PassageText("heading", "Goals", block="a"),
        PassageText("paragraph", "Water", block="b"),
        PassageText("paragraph", "Air", block="b"),
    ]

    uids = identity.translated_uids(lineage.trace([], new), [], new, source, fresh_uids())

    assert uids == ["1", "2", "3"]


def test_numbers_alone_are_not_untranslated():
    assert identity.untranslated("Wasser", {"Wasser"})
    assert not identity.untranslated("Water", {"Wasser"})
    assert not identity.untranslated("2030", {"2030"})
