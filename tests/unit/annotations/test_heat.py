"""How much a passage is talked about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from annotations.core.heat import STEPS, heat

COUNTS = st.integers(0, 10_000)


@given(COUNTS, COUNTS)
def test_no_annotation_has_no_heat_and_every_one_has_some(count, hottest):
    hottest = max(count, hottest)
    assert (heat(count, hottest) == 0) == (count == 0)
    assert heat(count, hottest) <= min(count, STEPS)


@given(COUNTS, COUNTS, COUNTS)
def test_more_annotations_never_give_a_lower_step(one, other, hottest):
    few, many = sorted((one, other))
    hottest = max(many, hottest)
    assert heat(few, hottest) <= heat(many, hottest)


@given(st.integers(STEPS, 10_000))
def test_the_hottest_passage_has_the_highest_step(hottest):
    assert heat(hottest, hottest) == STEPS
