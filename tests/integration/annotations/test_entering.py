"""Staff enter what came by workshop, interview or letter, under everybody's rules."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageLogEntry

from annotations.models import Annotation, ModerationEvent, News, OutboxMail, WatchedWord
from annotations.services import entering
from annotations.services.entering import Contribution, RowsRefused
from tests.factories import make_user
from tests.factories.annotations import next_version, open_version, passage
from versioning.models import Submission
from versioning.services.integrity import check_integrity

pytestmark = pytest.mark.django_db

HTML = "<p>Die Stadt gehört allen. Die Stadt ist grün.</p><p>Busse fahren jede Stunde.</p>"


@pytest.fixture(scope="module")
def shared_version(shared_root):
    past = timezone.now() - timedelta(days=1)
    return open_version(HTML, opens=past - timedelta(days=9), closes=past)


def said(version, position=0, **values):
    common = {
        "passage": passage(version, position),
        "body": "Mehr Bäume vor der Schule.",
        "name": "Werkstatt im Wedding",
        "made_on": date(2026, 5, 4),
        "source": "workshop",
    }
    return Contribution(**{**common, **values})


def enter(version, editor, *, key="one", has_agreed=True, **values):
    return entering.enter_contribution(
        version=version,
        contribution=said(version, **values),
        actor=editor,
        has_agreed=has_agreed,
        idempotency_key=key,
    )


def enter_all(version, editor, contributions, *, key="all"):
    return entering.enter_rows(
        version=version,
        contributions=contributions,
        actor=editor,
        has_agreed=True,
        idempotency_key=key,
    )


def test_what_came_by_letter_is_public_at_once_though_the_window_is_closed(version, editor):
    stored = enter(version, editor, quote="gehört allen", source="letter", proposed="gehört uns")
    row = Annotation.objects.get(pk=stored.pk)

    assert (row.state, row.source, row.motivation) == ("public", "letter", "editing")
    assert (row.exact, row.proposed, row.user, row.user_email) == (
        "gehört allen",
        "gehört uns",
        None,
        "",
    )
    assert timezone.localdate(row.created_at) == date(2026, 5, 4)
    assert row.thread_id == row.pk
    assert not OutboxMail.objects.exists()
    assert News.objects.filter(fact=f"annotation:{row.pk}").exists()
    entry = PageLogEntry.objects.get(action="annotations.enter")
    assert (entry.user, entry.data["annotations"]) == (editor, [row.pk])
    assert check_integrity() == []


@pytest.mark.parametrize(
    ("field", "code", "values"),
    [
        ("body", "empty", {"body": " \u200b "}),
        ("body", "too_long", {"body": "x" * 3_001}),
        ("name", "empty", {"name": ""}),
        ("name", "too_long", {"name": "x" * 51}),
        ("name", "reserved", {"name": "Der Senat"}),
        ("quote", "quote_not_found", {"quote": "gehört niemandem"}),
        ("quote", "quote_ambiguous", {"quote": "Die Stadt"}),
        ("quote", "range", {"start": 3, "end": 999}),
        ("proposed", "empty", {"motivation": "editing"}),
        ("proposed", "unchanged", {"quote": "gehört allen", "proposed": "gehört allen"}),
        ("motivation", "invalid", {"motivation": "replying"}),
        ("source", "invalid", {"source": "online"}),
        ("made_on", "required", {"made_on": None}),
        ("made_on", "future", {"made_on": date(2999, 1, 1)}),
        ("passage", "required", {"passage": None}),
        ("has_agreed", "required", {"has_agreed": False}),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(version, editor, field, code, values):
    with pytest.raises(ValidationError) as refused:
        enter(version, editor, **values)
    assert [error.code for error in refused.value.error_dict[field]] == [code]
    assert not Annotation.objects.exists()


def test_the_first_day_of_the_calendar_is_no_reason_to_stumble(version, editor):
    assert enter(version, editor, made_on=date(1, 1, 1)).created_at.year == 1


def test_a_second_sending_stores_nothing_more(version, editor):
    first = enter(version, editor)
    assert enter(version, editor) == first
    rows = [said(version, 1, body=f"Nummer {number}") for number in range(3)]
    assert enter_all(version, editor, rows) == enter_all(version, editor, rows)
    assert Annotation.objects.count() == 4


def test_the_same_words_at_the_same_place_are_entered_once(version, editor):
    enter(version, editor)
    with pytest.raises(ValidationError) as refused:
        enter(version, editor, key="two")
    assert refused.value.error_dict["body"][0].code == "said_already"
    with pytest.raises(RowsRefused) as rows:
        enter_all(version, editor, [said(version, 1), said(version, 1)])
    assert list(rows.value.by_row) == [1]


def test_rows_are_entered_all_or_none(version, editor):
    rows = [said(version, body="Eins"), said(version, body=""), said(version, name="", body="Drei")]
    with pytest.raises(RowsRefused) as refused:
        enter_all(version, editor, rows)
    assert {place: list(found) for place, found in refused.value.by_row.items()} == {
        1: ["body"],
        2: ["name"],
    }
    assert not Annotation.objects.exists()
    assert len(enter_all(version, editor, rows[:1])) == 1


@pytest.mark.parametrize(("number", "code"), [(0, "empty"), (1_001, "too_many")])
def test_there_is_at_least_one_row_and_at_most_a_thousand(version, editor, number, code):
    with pytest.raises(ValidationError) as refused:
        enter_all(version, editor, [said(version)] * number)
    assert refused.value.code == code


def test_many_rows_ask_as_often_as_few(version, editor):
    def count(number, key):
        rows = [said(version, body=f"Zeile {key} {place}") for place in range(number)]
        with CaptureQueriesContext(connection) as captured:
            enter_all(version, editor, rows, key=key)
        return len(captured)

    count(2, "warm")
    assert count(60, "many") == count(5, "few")


def test_a_word_of_the_moderators_list_holds_what_staff_enter_too(version, editor):
    WatchedWord.objects.create(words="Bäume", effect="hold")
    one, other = enter_all(version, editor, [said(version), said(version, body="Mehr Busse.")])
    assert (one.state, other.state) == ("pending", "public")
    assert ModerationEvent.objects.get(annotation=one.pk).ground == "Bäume"


def test_only_those_who_dispose_on_the_page_enter(version):
    for role in ("moderator", "reviewer", "citizen"):
        with pytest.raises(PermissionDenied):
            enter(version, make_user(role))


def test_an_older_version_and_one_that_was_handed_over_take_nothing_more(site_root, editor):
    old = open_version(HTML)
    newest = next_version(old, HTML.replace("grün", "groß"))
    with pytest.raises(ValidationError) as stale:
        enter(old, editor)
    assert stale.value.error_dict["__all__"][0].code == "stale"

    enter(newest, editor)
    Submission.objects.create(version=newest, submitted_at=timezone.now(), content_hash="x")
    with pytest.raises(ValidationError) as handed:
        enter(newest, editor, key="two")
    assert handed.value.error_dict["__all__"][0].code == "handed_over"
    assert enter(newest, editor).version == newest, "a second sending still leads to the first"
