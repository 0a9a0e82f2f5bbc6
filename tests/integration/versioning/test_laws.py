"""The laws of versions as properties."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_draft, publish
from tests.support import MissingData, shared_path
from versioning.comparisons import compare_versions
from versioning.core.comparing import hunks
from versioning.core.reading.formats import read_passages
from versioning.models import Lineage, Passage, Version
from versioning.services.integrity import check_integrity

WORDS = [
    "Wasser",
    "Stadt",
    "Straße",
    "grün",
    "neu",
    "für",
    "alle",
    "🌍",
    "e\u0301",
    "a\u00adb",
    "ist",
]
marked = st.tuples(st.sampled_from(["{}", "<b>{}</b>", "<i>{}</i>"]), st.sampled_from(WORDS)).map(
    lambda pair: pair[0].format(pair[1])
)
words = st.lists(marked, min_size=1, max_size=8).map(" ".join)
element = st.tuples(
    st.sampled_from(
        ["<p>{}</p>", "<h2>{}</h2>", "<ul><li>{}</li></ul>", "<blockquote>{}</blockquote>"]
    ),
    words,
).map(lambda pair: pair[0].format(pair[1]))
block = st.lists(element, max_size=4).map("".join)
text = st.lists(block, min_size=1, max_size=3)

FEW = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def everything(page) -> dict[int, list[tuple]]:
    """Return all that is frozen, by version."""
    fields = [field.attname for field in Passage._meta.concrete_fields]
    return {
        version.number: [
            (version.content_hash, version.previous_hash, version.title),
            *version.passages.in_order().values_list(*fields),
        ]
        for version in Version.objects.filter(page=page)
    }


def without_tags(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


@FEW
@given(st.lists(text, min_size=2, max_size=4))
def test_law_1_whatever_is_published_later_no_version_changes(root, texts):
    page = make_draft(html=texts[0])
    before: dict[int, list[tuple]] = {}
    for html in texts:
        publish(page, html=html)
        now = everything(page)
        assert {number: now[number] for number in before} == before
        before = now

    assert check_integrity() == []


@FEW
@given(text)
def test_law_9_the_text_of_the_html_is_the_text(root, html):
    version = publish(make_draft(html=html))

    for passage in version.passages.all():
        assert without_tags(passage.html) == passage.text


@FEW
@given(text, text)
def test_stored_changes_are_those_of_the_comparison(root, old, new):
    page = make_draft(html=old)
    first = publish(page)
    second = publish(page, html=new)
    if first == second:
        return

    compared = compare_versions(first, second)
    rows = [row for row in compared.rows if row.row.relation != "kept"]
    expected = [hunk for row in rows for hunk in hunks(row.row) or [None]]
    assert len(expected) == second.changes.count()
    assert {(p.pk, q.pk) for row in compared.rows for p in row.old for q in row.new} == set(
        Lineage.objects.filter(new__version=second).values_list("old", "new")
    )


def test_two_real_versions_of_a_handbook_freeze_and_fit_together(root):
    try:
        folder = next(shared_path("data/revisions").glob("A09-*"))
    except MissingData as missing:
        pytest.skip(str(missing))
    old, new = (read_passages(folder / name) for name in ("old.json", "new.json"))
    page = make_draft(html=_html(old))
    publish(page)
    version = publish(page, html=_html(new))

    assert [p.text for p in version.passages.in_order()] == [p.text for p in new]
    assert version.changes.exists()
    assert check_integrity() == []


def _html(passages) -> str:
    tags = {"heading": "h{}", "list_item": "li"}
    return "".join(
        "<{0}>{1}</{0}>".format(tags.get(p.kind, "p").format(p.level or 2), escape(p.text))
        for p in passages
    )
