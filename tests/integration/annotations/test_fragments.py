"""Pieces of html that are kept by what they show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from annotations import fragments
from annotations.fragments import kept_fragment
from tests.factories import make_draft, publish
from tests.factories.annotations import annotate, answer

pytestmark = pytest.mark.django_db
CLOSES = timezone.now() + timedelta(days=7)


@pytest.fixture
def version(root):
    return publish(make_draft(html="<p>Die Stadt gehört allen.</p>"), closes=CLOSES)


@dataclass(frozen=True)
class Shown:
    words: str
    row: object = None


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.SYNOPSE_TEXT_CACHE = "pages"
    fragments._kept.clear()


def made(*data) -> bool:
    """Tell whether a piece is rendered for some data."""
    calls = []
    kept_fragment(list(data), lambda: str(calls.append(1)))
    return bool(calls)


def test_the_same_data_is_rendered_once():
    assert made(Shown("eins"), True)
    assert not made(Shown("eins"), True)
    assert made(Shown("zwei"), True)
    assert made(Shown("eins"), False)


def test_each_language_has_its_own():
    with translation.override("de"):
        assert made("Anmerkung")
    with translation.override("en"):
        assert made("Anmerkung")


def test_nothing_is_kept_where_texts_are_not(settings):
    settings.SYNOPSE_TEXT_CACHE = ""
    assert made("eins")
    assert made("eins")


@pytest.mark.parametrize(
    ("field", "value"), [("comment", "Anders."), ("support_count", 3), ("user_name", "Bo")]
)
def test_a_changed_row_or_answer_to_it_is_rendered_anew(version, field, value):
    row = annotate(version)
    reply = answer(row)
    assert made(Shown("Karte", [row, reply]))
    assert not made(Shown("Karte", [row, reply]))
    setattr(reply, field, value)
    assert made(Shown("Karte", [row, reply]))
    setattr(row, field, value)
    assert made(Shown("Karte", [row, reply]))


def test_a_withheld_passage_is_rendered_anew(version):
    found = version.passages.first()
    assert made(found)
    assert not made(found)
    found.withheld_ground = "Gericht"
    assert made(found)


def test_the_number_of_pieces_is_bounded(monkeypatch):
    monkeypatch.setattr(fragments, "MOST", 3)
    for number in range(10):
        made(number)
    assert len(fragments._kept) <= 3
