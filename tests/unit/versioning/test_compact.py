"""A row keeps everything but its words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from versioning.core.compact import compact, expanded, from_json
from versioning.core.comparing import compare
from versioning.core.passages import PassageText

texts = st.lists(st.text(alphabet="ab c", max_size=12).map(str.strip).filter(bool), max_size=5)


@given(texts, texts)
def test_a_row_comes_back_from_json_with_the_words_put_back(old, new):
    before = [PassageText("paragraph", text) for text in old]
    after = [PassageText("paragraph", text) for text in new]

    for row in compare(before, after):
        stored = json.loads(json.dumps(compact(row)))
        restored = expanded(from_json(stored), [old[i] for i in row.old], [new[j] for j in row.new])
        assert restored == row


def test_a_compact_row_holds_no_word():
    (row,) = compare([PassageText("paragraph", "Geheimes")], [])

    assert "Geheimes" not in json.dumps(compact(row))


def test_other_texts_than_those_compared_are_refused():
    (row,) = compare([PassageText("paragraph", "eins")], [PassageText("paragraph", "eins")])

    with pytest.raises(ValueError, match="not the texts"):
        expanded(compact(row), ["eins"], ["zwei drei"])
