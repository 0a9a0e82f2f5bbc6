"""Home, process, bar and trace tell how far a text is on its way through the bodies."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotations.presentation.tracing import trace_of
from cms_pages.overviews import process_context
from cms_pages.presentation import process_state
from cms_pages.services.processes import TimelineEntry, make_process
from tests.factories import make_user, publish, site_root
from tests.factories.annotations import annotate
from tests.factories.gate import waive_all
from tests.factories.ways import HTML, decide, hand_over, make_text, resolve, use_route
from versioning.services.changes import explain_changes, unexplained
from versioning.services.decisions import plan_steps
from versioning.services.gate import submit_version

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def _route(monkeypatch, root):
    use_route(monkeypatch)


@pytest.fixture
def senate():
    return make_user("senate")


@pytest.fixture
def process(senate):
    return make_process(
        parent=site_root(),
        title="Kluge Stadt",
        slug="kluge-stadt",
        actor=make_user("superuser"),
        timeline=[
            TimelineEntry("on", TODAY - timedelta(days=30), "Beginn"),
            TimelineEntry("on", TODAY, "Senat, erste Befassung: Zugestimmt", "Unser Eintrag."),
        ],
    )


@pytest.fixture
def text(process):
    return make_text(title="Rahmen", process=process)


def context(process, rf):
    request = rf.get("/")
    return process_context(process, request)


def card(process, rf):
    [found] = context(process, rf)["drafts"]
    return found


def entries(process, rf):
    return [entry for year in context(process, rf)["years"] for entry in year.entries]


def test_cards_and_bar_say_what_was_decided_last(process, text, senate, rf):
    submission = hand_over(text, senate, HTML.format(2))
    assert (card(process, rf).state, card(process, rf).submission_url) == (
        "submitted",
        submission.get_absolute_url(),
    )
    decide(submission, "agreed", "returned", actor=senate)
    assert card(process, rf).state == "returned"
    assert "zurückgegeben" in card(process, rf).sentence
    assert "zurückgegeben" in process_state(None, process)["sentence"]

    resolve(hand_over(text, senate, HTML.format(3)), senate)

    assert card(process, rf).state == "final"
    assert "Beschlossen am" in card(process, rf).sentence
    assert "Beschlossen am" in process_state(None, process)["sentence"]


def test_a_new_version_after_a_return_is_no_longer_told_as_returned_in_the_bar(
    process, text, senate
):
    decide(hand_over(text, senate, HTML.format(2)), "returned", actor=senate)
    publish(text, html=HTML.format(3))

    assert "zurückgegeben" not in process_state(None, process)["sentence"]


def test_the_timeline_follows_the_gate_without_doubling_what_editors_wrote(
    process, text, senate, rf
):
    submission = hand_over(text, senate, HTML.format(2))
    later = TODAY + timedelta(days=14)
    planned = {step.pk: later for step in submission.steps.filter(position__gt=1)}
    plan_steps(submission=submission, planned=planned, actor=senate)
    decide(submission, "agreed", actor=senate)

    found = entries(process, rf)
    titles = [entry.title for entry in found]
    assert titles.count("Senat, erste Befassung: Zugestimmt") == 1
    assert "Unser Eintrag." in {entry.text for entry in found}
    assert titles[0] == "Beginn"
    assert titles[-3:] == ["Rat der Bürgermeister", "Senat, Beschluss", "Abgeordnetenhaus"]
    assert [entry.is_planned for entry in found[-3:]] == [True] * 3
    assert found[-1].url == submission.get_absolute_url()
    assert not any(entry.is_planned for entry in found[:-3])


def test_what_was_planned_before_a_return_is_not_planned_any_more(process, text, senate, rf):
    submission = hand_over(text, senate, HTML.format(2))
    planned = {step.pk: TODAY + timedelta(days=9) for step in submission.steps.all()}
    plan_steps(submission=submission, planned=planned, actor=senate)
    decide(submission, "returned", actor=senate)

    assert not any(entry.is_planned for entry in entries(process, rf))


def test_the_process_needs_as_many_queries_for_many_rounds_as_for_one(process, text, senate, rf):
    def counted():
        with CaptureQueriesContext(connection) as captured:
            context(process, rf)
        return len(captured)

    decide(hand_over(text, senate, HTML.format(2)), "agreed", "returned", actor=senate)
    context(process, rf)
    one = counted()
    for number in range(3, 6):
        decide(hand_over(text, senate, HTML.format(number)), "agreed", "returned", actor=senate)

    assert counted() <= one


def test_a_trace_tells_the_decisions_of_all_rounds_in_order(text, senate):
    now = timezone.now()
    version = publish(
        text, html=HTML.format(2), opens=now - timedelta(days=1), closes=now + timedelta(days=1)
    )
    annotation = annotate(version)
    explain_changes(changes=list(unexplained(version)), reason="Sprache", actor=make_user("editor"))
    waive_all(version, senate)
    first = submit_version(version=version, actor=senate)
    decide(first, "agreed", "returned", actor=senate, note="Bitte kürzer.")
    second = resolve(hand_over(text, senate, HTML.format(3)), senate)

    events = [event for event in trace_of(annotation) if event.kind in {"submitted", "step"}]
    assert [event.title for event in events] == [
        "Fassung 2 an den Senat übergeben",
        "Senat, erste Befassung: Zugestimmt",
        "Rat der Bürgermeister: Zurückverwiesen",
        "Fassung 3 an den Senat übergeben, Runde 2",
        "Senat, erste Befassung: Zugestimmt",
        "Rat der Bürgermeister: Zugestimmt",
        "Beschlossen: Senat, Beschluss (Zugestimmt)",
        "Abgeordnetenhaus",
    ]
    assert events[2].note == "Bitte kürzer."
    assert events[-1].is_planned
    assert events[-2].url == second.get_absolute_url()


def test_the_feed_of_a_text_tells_decisions(text, senate, client):
    submission = decide(
        hand_over(text, senate, HTML.format(2)), "returned", actor=senate, note="Kürzer < länger."
    )

    feed = client.get(reverse("annotations:feed", args=[text.pk])).content.decode()

    assert "Senat, erste Befassung: Zurückverwiesen" in feed
    assert submission.get_absolute_url() in feed
    assert "Kürzer &amp;lt; länger." in feed


def test_the_reading_page_says_that_the_text_was_resolved(text, senate, client):
    resolve(hand_over(text, senate, HTML.format(2)), senate)

    html = client.get(text.get_url()).content.decode()

    assert "Dies ist der Text: Fassung 2." in html
    assert "Zum Beschluss" in html
