"""The public page of a submission: the whole path, what each body said, what changed and why."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_user, publish
from tests.factories.ways import HTML, decide, hand_over, make_text, resolve, use_route
from versioning.models import Version
from versioning.presentation.submissions import SHOWN, rounds_of
from versioning.services.changes import explain_changes, unexplained
from versioning.services.decisions import plan_steps
from versioning.services.gate import submit_version
from versioning.services.progress import Progress, asking_steps, path_of, progress_of
from versioning.standing import GATE, standing_of_path, standing_of_versions

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _route(monkeypatch, root):
    use_route(monkeypatch)


@pytest.fixture
def senate():
    return make_user("senate")


@pytest.fixture
def first(senate):
    """Return a submission of version 2 that nobody has decided on."""
    return hand_over(make_text(), senate, HTML.format(2))


def shown(client, submission, language="de"):
    response = client.get(f"/{language}/submissions/{submission.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def amend(first, senate, html, reason=""):
    """Publish a version with changes that the body asked for, and hand it over."""
    page = first.version.page
    version = publish(page, html=html)
    [step] = asking_steps(page)
    explain_changes(
        changes=list(unexplained(version)), reason=reason, actor=make_user("editor"), step=step
    )
    return submit_version(version=version, actor=senate)


def test_a_submission_under_way_says_who_comes_next_and_when(client, first, senate):
    day = timezone.localdate() + timedelta(days=12)
    plan_steps(submission=first, planned={first.steps.get(position=1).pk: day}, actor=senate)

    html = shown(client, first)

    assert "Als Nächstes: Senat, erste Befassung, geplant für den" in html
    assert "syn-step--planned" in html


def test_a_planned_day_that_has_passed_is_no_decision(client, first, senate):
    day = timezone.localdate() - timedelta(days=2)
    plan_steps(submission=first, planned={first.steps.get(position=1).pk: day}, actor=senate)

    assert "eine Entscheidung ist noch nicht eingetragen" in shown(client, first)
    assert standing_of_path(path_of(first)).changes_at.date() == timezone.localdate() - timedelta(
        days=1
    )


def test_the_page_shows_all_rounds_with_what_each_body_said(client, first, senate):
    decide(first, "noted", "returned", actor=senate, note="Der erste Satz fehlt.")
    second = amend(first, senate, HTML.format(3))
    resolve(second, senate)

    for submission in (first, second):
        html = shown(client, submission)
        assert html.index("Runde 1") < html.index("Zurückverwiesen") < html.index("Runde 2")
        assert "Der erste Satz fehlt." in html
        assert "Beschlossen: Zugestimmt" in html
        assert "Dies ist der Text: Fassung 3." in html
    assert "wurde nach dieser übergeben" in shown(client, first)
    assert "Resolved on" in shown(client, second, "en")


def test_bodies_that_did_not_come_to_decide_on_a_version_are_left_out(first, senate):
    decide(first, "noted", "agreed_with_changes", actor=senate)
    second = amend(first, senate, HTML.format(3))

    [only] = rounds_of(path_of(second))
    assert [[step.body for step in stage.steps] for stage in only.stages] == [
        ["Senat, erste Befassung", "Rat der Bürgermeister"],
        ["Senat, Beschluss", "Abgeordnetenhaus"],
    ]


def test_what_a_body_asked_for_stands_at_the_changes_with_its_words(client, first, senate):
    decide(first, "noted", "agreed_with_changes", actor=senate, note="Bitte genauer.")
    second = amend(first, senate, HTML.format("drei"))

    html = shown(client, second)
    url = reverse("versioning:comparison", args=[first.version.page_id, 2, 3])

    assert "Von Fassung 2 zu Fassung 3" in html
    assert f'href="{url}"' in html
    assert "Rat der Bürgermeister: Mit Änderungen zugestimmt</strong>: Bitte genauer." in html


def test_of_many_changes_the_first_are_listed_and_the_others_counted(first, senate):
    decide(first, "noted", "returned", actor=senate)
    more = "".join(f"<p>Ganz neuer Absatz Nummer {n}.</p>" for n in range(SHOWN + 5))
    second = amend(first, senate, HTML.format(2) + more)

    way = rounds_of(path_of(second))[1].stages[0].way
    assert (way.count, len(way.changes), way.more) == (SHOWN + 5, SHOWN, 5)


def test_a_newer_text_that_was_not_resolved_is_named(client, first, senate):
    publish(first.version.page, html=HTML.format(9))
    resolve(first, senate)

    assert "Sie ist nicht beschlossen" in shown(client, first)


def test_one_submission_needs_as_many_queries_as_five(client, senate):
    def counted(submission):
        shown(client, submission)
        with CaptureQueriesContext(connection) as captured:
            shown(client, submission)
        return len(captured)

    newest = hand_over(make_text(), senate, HTML.format(2))
    decide(newest, "returned", actor=senate)
    newest = amend(newest, senate, HTML.format(3))
    two = counted(newest)
    for number in range(4, 7):
        decide(newest, "returned", actor=senate)
        newest = amend(newest, senate, HTML.format(number))

    assert path_of(newest)[-1].round == 5
    assert counted(newest) <= two


@pytest.mark.parametrize(
    "outcomes",
    [
        [],
        ["noted"],
        ["agreed", "agreed", "agreed"],
        ["agreed", "agreed", "agreed", "noted"],
        ["agreed", "returned"],
        ["agreed", "agreed", "agreed_with_changes"],
    ],
)
def test_standing_and_progress_are_the_same_by_every_way(first, senate, outcomes):
    decide(first, *outcomes, actor=senate)
    _same(first)
    if progress_of(first) in {Progress.RETURNED, Progress.AMENDED}:
        _same(amend(first, senate, HTML.format(3)))


def _same(submission):
    path = path_of(submission)
    versions = Version.objects.filter(page=submission.version.page_id).with_gate()
    one = standing_of_path(path)
    assert one == standing_of_versions(versions)
    assert one == standing_of_versions(versions.values("number", *GATE))
    assert one.progress == progress_of(path[-1])
    assert one.sentence
