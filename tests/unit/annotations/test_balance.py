"""Counting what became of annotations, and the picture of the flow."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from annotations.core import flow
from annotations.core.balance import (
    DAYS,
    MONTHS,
    STATES,
    WEEKS,
    Fact,
    by_state,
    flows,
    period_of,
    periods,
    table,
)

KINDS = ("commenting", "questioning", "editing")
RESULTS = ("v2", "v3", "intended", "none", "open")
DATES = st.dates(date(2015, 1, 1), date(2030, 12, 31))
FACTS = st.lists(
    st.builds(
        Fact,
        kind=st.sampled_from(KINDS),
        source=st.just("online"),
        chapter=st.none() | st.integers(0, 3),
        day=DATES,
        state=st.sampled_from(STATES),
        result=st.sampled_from(RESULTS),
    ),
    max_size=60,
)


@given(FACTS)
def test_every_annotation_stands_in_every_table_exactly_once(facts):
    overall = by_state(facts)
    assert overall.total == len(facts)
    for key, order in (
        (lambda fact: fact.kind, KINDS),
        (lambda fact: fact.chapter, (None, 0, 1, 2, 3)),
    ):
        rows = table(facts, key, order)
        assert [row.key for row in rows] == list(order)
        columns = [sum(column) for column in zip(*(row.counts for row in rows), strict=True)]
        assert tuple(columns) == overall.counts


@given(st.lists(DATES, min_size=1, max_size=30))
def test_periods_hold_every_day_once_without_a_gap(days):
    found = periods(days)
    assert len({period.unit for period in found}) == 1
    assert len(found) <= max(DAYS, WEEKS, MONTHS)
    for before, after in pairwise(found):
        assert after.first == before.last + timedelta(days=1)
    for day in days:
        period = period_of(day, found)
        assert period in found
        assert period.first <= day <= period.last
    assert found[0].first <= min(days)
    assert found[-1].last >= max(days)


def test_a_short_time_is_counted_by_day_and_a_longer_one_by_week_month_or_year():
    begin = date(2026, 11, 18)
    units = [
        periods([begin, begin + timedelta(days=length)])[0].unit
        for length in (0, 15, 16, 400, 2000)
    ]
    assert units == ["day", "day", "week", "month", "year"]
    assert periods([begin, date(2026, 12, 20)])[0].first == date(2026, 11, 16)  # a Monday
    assert periods([]) == []


@given(FACTS.filter(bool))
def test_what_flows_into_a_node_flows_out_of_it_and_nothing_stands_on_anything(facts):
    ways = flows(facts, lambda f: f.kind, lambda f: f.state, lambda f: f.result)
    found = flow.layout(ways, [KINDS, STATES, RESULTS])
    counts = {(node.column, node.key): node.count for node in found.nodes}
    leaving, reaching = Counter(), Counter()
    for ribbon in found.ribbons:
        leaving[ribbon.column, ribbon.source] += ribbon.count
        reaching[ribbon.column + 1, ribbon.target] += ribbon.count
    for place, count in counts.items():
        assert leaving[place] == (count if place[0] < 2 else 0)
        assert reaching[place] == (count if place[0] else 0)
    for column in range(3):
        below = 0.0
        for node in (node for node in found.nodes if node.column == column):
            assert node.y - flow.LABEL >= below - 0.1  # its label stands on no other node
            below = node.y + node.height
        assert below <= found.height + 0.1


@given(FACTS.filter(bool))
def test_ribbons_stay_within_the_picture_and_within_their_nodes(facts):
    ways = flows(facts, lambda f: f.kind, lambda f: f.state, lambda f: f.result)
    found = flow.layout(ways, [KINDS, STATES, RESULTS])
    nodes = {(node.column, node.key): node for node in found.nodes}
    for ribbon in found.ribbons:
        x, y = map(float, re.match(r"M([\d.]+) ([\d.]+)", ribbon.path).groups())
        source = nodes[ribbon.column, ribbon.source]
        assert source.y - 0.1 <= y <= source.y + source.height + 0.1
        assert 0 <= x <= flow.WIDTH


def test_nothing_makes_an_empty_picture():
    assert flow.layout({}, [KINDS, STATES]) == flow.Flow(0.0, (), ())
