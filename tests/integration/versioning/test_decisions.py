"""Rounds through the bodies: order, returns, changes that a body asked for, and the resolution."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories import make_draft, make_user, publish, ways
from tests.factories.ways import decide
from versioning import doors
from versioning.doors import RouteBody
from versioning.models import BodyRole, Outcome, Submission
from versioning.services.changes import explain_changes, unexplained
from versioning.services.decisions import record_decision
from versioning.services.progress import (
    Progress,
    asking_steps,
    is_final,
    next_step,
    progress_of,
)

pytestmark = pytest.mark.django_db

HTML = "<p>Die Stadt gehört allen Menschen, die hier leben.</p><p>Absatz {}.</p>"
ROUTE = [
    RouteBody("Ressort Wirtschaft", BodyRole.COSIGNS),
    RouteBody("Senat, erste Befassung", BodyRole.HEARD),
    RouteBody("Rat der Bürgermeister", BodyRole.HEARD, remind_days=3),
    RouteBody("Senat, Beschluss", BodyRole.RESOLVES),
    RouteBody("Abgeordnetenhaus", BodyRole.NOTES),
]


@pytest.fixture(autouse=True)
def _only_our_doors(monkeypatch, root):
    ways.use_route(monkeypatch, ROUTE)


@pytest.fixture
def strategy():
    return make_draft(html=HTML.format(1))


@pytest.fixture
def senate():
    return make_user("senate")


def hand_over(strategy, number, actor, **details):
    return ways.hand_over(strategy, actor, HTML.format(number), **details)


def refusal_of(step, actor, **details):
    """Return why a decision is refused; nothing of it is stored."""
    before = (step.outcome, step.decided_on, step.note)
    values = {"outcome": "agreed", "decided_on": timezone.localdate(), "note": "Gut."}
    with pytest.raises(ValidationError) as refusal:
        record_decision(step=step, actor=actor, **(values | details))
    step.refresh_from_db()
    assert (step.outcome, step.decided_on, step.note) == before
    return refusal.value


def test_a_submission_goes_to_the_bodies_of_its_route_and_to_nobody_who_co_signs(strategy, senate):
    submission = hand_over(strategy, 2, senate)

    steps = list(submission.steps.order_by("position"))
    assert [(step.body, step.role) for step in steps] == [(one.body, one.role) for one in ROUTE[1:]]
    assert steps[1].remind_days == 3
    assert (submission.round, submission.previous) == (1, None)


def test_bodies_of_the_settings_resolve_with_the_last_plain_name(settings, monkeypatch, senate):
    monkeypatch.setattr(doors, "_route_sources", [])
    settings.SYNOPSE_GATE_BODIES = ["Ausschuss", "Rat", ("Bezirk", "notes")]
    draft = make_draft(html=HTML.format(1))

    submission = hand_over(draft, 2, senate)

    roles = submission.steps.order_by("position").values_list("body", "role")
    assert list(roles) == [("Ausschuss", "heard"), ("Rat", "resolves"), ("Bezirk", "notes")]


def test_bodies_decide_one_after_another(strategy, senate):
    submission = hand_over(strategy, 2, senate)
    first, second, *_rest = submission.steps.order_by("position")

    assert refusal_of(second, senate).code == "order"
    decide(submission, "noted", "agreed", actor=senate)
    first.refresh_from_db()
    assert refusal_of(first, senate, seen=first.recorded_at).code == "order"


@pytest.mark.parametrize(
    ("position", "outcome"), [(3, "noted"), (4, "agreed"), (4, "returned"), (1, "refused")]
)
def test_a_body_decides_what_its_role_allows(strategy, senate, position, outcome):
    submission = hand_over(strategy, 2, senate)
    decide(submission, *["agreed"] * (position - 1), actor=senate)

    refusal = refusal_of(submission.steps.get(position=position), senate, outcome=outcome)

    assert "outcome" in refusal.error_dict


@pytest.mark.parametrize("outcome", ["returned", "agreed_with_changes"])
def test_a_body_that_wants_another_text_says_what_it_wants(strategy, senate, outcome):
    submission = hand_over(strategy, 2, senate)

    refusal = refusal_of(submission.steps.get(position=1), senate, outcome=outcome, note=" ")

    assert "note" in refusal.error_dict


def test_no_body_decides_before_the_one_before_it(strategy, senate):
    then = timezone.now() - timedelta(days=9)
    submission = hand_over(strategy, 2, senate, now=then)
    first, second, *_rest = submission.steps.order_by("position")
    record_decision(
        step=first, outcome="noted", decided_on=timezone.localdate() - timedelta(days=2),
        actor=senate,
    )  # fmt: skip

    early = timezone.localdate() - timedelta(days=3)
    refusal = refusal_of(second, senate, decided_on=early)

    assert first.body in refusal.message_dict["decided_on"][0]


def test_of_two_people_who_record_the_same_decision_the_second_is_told(strategy, senate):
    submission = hand_over(strategy, 2, senate)
    step = submission.steps.get(position=1)
    decide(submission, "agreed", actor=senate)

    step.refresh_from_db()
    refusal = refusal_of(step, make_user("superuser"), outcome="returned", seen=None)

    assert refusal.code == "meanwhile"
    assert "Zugestimmt" in refusal.messages[0]


def test_a_record_is_corrected_by_whoever_has_seen_it(strategy, senate):
    submission = hand_over(strategy, 2, senate)
    decide(submission, "agreed", actor=senate)
    step = submission.steps.get(position=1)

    record_decision(
        step=step, outcome="noted", decided_on=timezone.localdate(), actor=senate,
        seen=step.recorded_at,
    )  # fmt: skip

    step.refresh_from_db()
    assert step.outcome == "noted"


def test_a_return_ends_the_round_and_a_new_version_begins_the_next_with_all_bodies(
    strategy, senate
):
    first = hand_over(strategy, 2, senate)
    decide(first, "agreed", "returned", actor=senate)
    assert progress_of(first) == Progress.RETURNED
    assert next_step(first) is None
    assert refusal_of(first.steps.get(position=3), senate).code == "stopped"

    second = hand_over(strategy, 3, senate)

    assert (second.round, second.previous) == (2, first)
    assert second.steps.count() == len(ROUTE) - 1
    step = first.steps.get(position=2)
    assert refusal_of(step, senate, seen=step.recorded_at).code == "superseded"


def test_after_changes_the_round_goes_on_with_the_bodies_that_are_left(strategy, senate):
    planned = {"Senat, Beschluss": timezone.localdate() + timedelta(days=20)}
    first = hand_over(strategy, 2, senate, planned=planned)
    decide(first, "agreed", "agreed_with_changes", actor=senate)
    assert progress_of(first) == Progress.AMENDED

    second = hand_over(strategy, 3, senate)

    assert (second.round, second.previous) == (1, first)
    steps = list(second.steps.order_by("position"))
    assert [step.body for step in steps] == ["Senat, Beschluss", "Abgeordnetenhaus"]
    assert steps[0].planned_on == planned["Senat, Beschluss"]


def test_another_version_waits_while_one_is_on_its_way(strategy, senate):
    first = hand_over(strategy, 2, senate)
    with pytest.raises(ValidationError) as refusal:
        hand_over(strategy, 3, senate)
    assert refusal.value.code == "under_way"
    assert first.version.name in refusal.value.messages[0]
    assert Submission.objects.count() == 1


def test_a_body_stands_behind_the_changes_that_it_asked_for(strategy, senate):
    submission = hand_over(strategy, 2, senate)
    decide(submission, "agreed", "agreed_with_changes", actor=senate)
    version = publish(strategy, html=HTML.format(3))
    [step] = asking_steps(version.page)

    explain_changes(
        changes=list(version.changes.all()), reason="", actor=make_user("editor"), step=step
    )

    assert not unexplained(version)
    change = version.changes.get()
    [reason] = doors.reasons_of([change])[change.pk]
    assert reason.kind == "body"
    assert reason.title == "Rat der Bürgermeister: Mit Änderungen zugestimmt"
    assert reason.text == "Bitte kürzer."
    assert reason.url == submission.get_absolute_url()
    refusal = refusal_of(step, senate, outcome="agreed", seen=step.recorded_at)
    assert refusal.error_dict["outcome"][0].code == "named"


def test_a_body_that_asked_for_nothing_stands_behind_no_change(strategy, senate):
    submission = hand_over(strategy, 2, senate)
    decide(submission, "agreed", "returned", actor=senate)
    version = publish(strategy, html=HTML.format(3))

    with pytest.raises(ValidationError) as refusal:
        explain_changes(
            changes=list(version.changes.all()),
            reason="",
            actor=make_user("editor"),
            step=submission.steps.get(position=1),
        )

    assert refusal.value.code == "silent"
    assert unexplained(version)


def test_a_resolution_makes_the_text_final_while_others_still_take_note(strategy, senate):
    submission = hand_over(strategy, 2, senate)
    decide(submission, "agreed", "agreed", actor=senate)
    assert not is_final(strategy.pk)
    decide(submission, "agreed", actor=senate)

    assert is_final(strategy.pk)
    assert progress_of(submission) == Progress.FINAL
    decide(submission, "noted", actor=senate)
    assert progress_of(submission) == Progress.FINAL


def test_a_resolution_with_changes_is_final_with_the_version_that_holds_them(strategy, senate):
    first = hand_over(strategy, 2, senate)
    decide(first, "agreed", "agreed", "agreed_with_changes", actor=senate)
    assert not is_final(strategy.pk)

    second = hand_over(strategy, 3, senate)

    assert is_final(strategy.pk)
    assert [step.body for step in second.steps.all()] == ["Abgeordnetenhaus"]
    with pytest.raises(ValidationError) as refusal:
        hand_over(strategy, 4, senate)
    assert refusal.value.code == "final"


def test_a_route_that_only_hears_ends_and_may_begin_anew(monkeypatch, strategy, senate):
    heard = [RouteBody("Beirat", BodyRole.HEARD)]
    monkeypatch.setattr(doors, "_route_sources", [lambda page: heard])
    first = hand_over(strategy, 2, senate)
    decide(first, Outcome.NOTED, actor=senate)

    assert progress_of(first) == Progress.ENDED
    assert hand_over(strategy, 3, senate).round == 2
