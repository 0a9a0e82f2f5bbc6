"""The gate: nothing reaches the bodies that decide while something is unanswered (law 4)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import Locale, PageLogEntry

from tests.factories import make_draft, make_user, publish
from tests.factories.gate import hand_over
from versioning import doors
from versioning.doors import ChangeReason, GateLine
from versioning.models import Submission
from versioning.services import gate
from versioning.services.changes import explain_changes, unexplained
from versioning.services.checklist import checklist
from versioning.services.decisions import plan_steps, record_decision
from versioning.services.gate import GateClosed, submit_version
from versioning.signals import version_submitted

pytestmark = pytest.mark.django_db

FIRST = "<p>Die Stadt gehört allen Menschen, die hier leben.</p><p>Der zweite Absatz bleibt.</p>"
SECOND = "<p>Die Stadt gehört allen Leuten, die hier leben.</p><p>Der zweite Absatz bleibt.</p>"


@pytest.fixture(autouse=True)
def _only_our_doors(monkeypatch, root):
    """Let one check answer for annotations, and no app give reasons."""
    monkeypatch.setattr(doors, "_gate_checks", [_answered])
    monkeypatch.setattr(doors, "_reason_sources", [])


def _answered(version):
    return [GateLine("annotations", "Alle Anmerkungen sind beantwortet.", done=True)]


@pytest.fixture
def strategy():
    draft = make_draft(html=FIRST)
    publish(draft, label="Entwurf")
    return draft


@pytest.fixture
def second(strategy):
    return publish(strategy, html=SECOND)


def _senate():
    return make_user("senate")


def _line(version, key):
    return next(line for line in checklist(version) if line.key == key)


def _explain(version):
    explain_changes(
        changes=list(version.changes.all()), reason="Sprache", actor=make_user("editor")
    )


def test_a_version_without_open_questions_is_handed_over_with_all_its_steps(second, settings):
    settings.SYNOPSE_GATE_BODIES = ["Rat der Bürgermeister", "Senat"]
    _explain(second)
    actor = _senate()
    submission = submit_version(
        version=second, actor=actor, note=" Bitte ", planned={"Senat": date(2030, 1, 2)}
    )
    assert submission.content_hash == second.content_hash
    assert submission.submitted_by == actor
    assert submission.note == "Bitte"
    assert list(submission.steps.values_list("position", "body", "planned_on")) == [
        (1, "Rat der Bürgermeister", None),
        (2, "Senat", date(2030, 1, 2)),
    ]
    entry = PageLogEntry.objects.get(action="synopse.submit")
    assert entry.data["hash"] == second.content_hash


def test_an_unexplained_change_is_named_and_stops_the_submission(second):
    with pytest.raises(GateClosed) as refusal:
        submit_version(version=second, actor=_senate())
    (line,) = refusal.value.lines
    assert line.key == "changes"
    assert "Leuten" in line.missing[0][0]
    assert f"#change-{second.changes.get().pk}" in line.missing[0][1]
    assert not Submission.objects.exists()


def test_the_gate_stays_shut_while_nobody_answers_for_annotations(second, monkeypatch):
    _explain(second)
    monkeypatch.setattr(doors, "_gate_checks", [])
    with pytest.raises(GateClosed) as refusal:
        submit_version(version=second, actor=make_user("superuser"))
    assert [line.key for line in refusal.value.lines] == ["annotations"]


def test_another_check_does_not_answer_for_annotations(second, monkeypatch):
    _explain(second)
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: [GateLine("x", "Gut", done=True)]])
    assert _line(second, "annotations").blocks


def test_what_an_app_above_finds_missing_stops_the_submission(second, monkeypatch):
    _explain(second)
    missing = GateLine("annotations", "Eine ist offen.", done=False, missing=(("Nr. 1", "/a/1"),))
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: [missing]])
    with pytest.raises(GateClosed) as refusal:
        submit_version(version=second, actor=_senate())
    assert refusal.value.lines == (missing,)


def test_a_notice_does_not_stop_the_submission(second, monkeypatch):
    _explain(second)
    notice = GateLine("notice", "Nur ein Hinweis.", done=False, notice=True)
    monkeypatch.setattr(doors, "_gate_checks", [_answered, lambda version: [notice]])
    assert submit_version(version=second, actor=_senate()).pk


def test_an_open_window_stops_the_submission_until_it_ends_or_is_waived(strategy):
    version = publish(strategy, html=SECOND, opens=timezone.now() - timedelta(days=1))
    _explain(version)
    with pytest.raises(GateClosed) as refusal:
        submit_version(version=version, actor=_senate())
    (line,) = refusal.value.lines
    assert line.key == "window"
    assert line.may_be_waived
    assert hand_over(version=version, actor=_senate()).pk


def test_a_reason_of_an_app_above_explains_a_change_and_a_mere_annotation_does_not(
    second, monkeypatch
):
    change = second.changes.get()
    asked = ChangeReason(kind="annotation", title="Anmerkung", text="Bitte ändern.")
    monkeypatch.setattr(doors, "_reason_sources", [lambda changes: {change.pk: [asked]}])
    assert list(unexplained(second)) == [change]
    answer = ChangeReason(kind="disposition", title="Übernommen", text="", count=3)
    monkeypatch.setattr(doors, "_reason_sources", [lambda changes: {change.pk: [answer]}])
    assert not unexplained(second)


def test_a_superseded_version_is_refused(strategy, second):
    first = strategy.newest_version.__class__.objects.get(page=strategy, number=1)
    with pytest.raises(GateClosed) as refusal:
        submit_version(version=first, actor=_senate())
    assert [line.key for line in refusal.value.lines] == ["newest"]


def test_a_version_is_handed_over_once(second):
    _explain(second)
    submit_version(version=second, actor=_senate())
    with pytest.raises(ValidationError) as refusal:
        submit_version(version=second, actor=_senate())
    assert refusal.value.code == "handed_over"
    assert Submission.objects.count() == 1


def test_of_two_submissions_at_the_same_moment_one_is_refused_with_words(second, monkeypatch):
    _explain(second)
    submit_version(version=second, actor=_senate())
    monkeypatch.setattr(gate, "refuse_to_follow", lambda previous, version: None)
    with pytest.raises(ValidationError) as refusal:
        submit_version(version=second, actor=_senate())
    assert refusal.value.code == "handed_over"
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("role", ["citizen", "editor", "moderator"])
def test_whoever_lacks_the_right_hands_nothing_over(second, role):
    _explain(second)
    with pytest.raises(PermissionDenied):
        submit_version(version=second, actor=make_user(role))
    assert not Submission.objects.exists()


def test_changes_of_every_version_since_the_last_submission_count(strategy, second):
    third = publish(strategy, html=SECOND.replace("zweite", "andere"))
    _explain(third)
    assert {change.version for change in unexplained(third)} == {second}
    _explain(second)
    submit_version(version=third, actor=_senate())
    fourth = publish(strategy, html=FIRST)
    assert {change.version for change in unexplained(fourth)} == {fourth}


def test_changes_of_translations_count_as_well(strategy, second):
    _explain(second)
    english = strategy.copy_for_translation(
        Locale.objects.get(language_code="en"), copy_parents=True
    )
    publish(english, html="<p>The city belongs to all.</p>")
    translated = publish(english, html="<p>The city belongs to everybody.</p>")
    assert {change.version for change in unexplained(second)} == {translated}
    with pytest.raises(GateClosed):
        submit_version(version=second, actor=_senate())


def test_strangers_hear_of_a_submission_after_it_is_stored(
    second, django_capture_on_commit_callbacks
):
    heard = []
    _explain(second)

    def listen(submission, **kwargs):
        heard.append(submission)

    version_submitted.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            submission = submit_version(version=second, actor=_senate())
            assert not heard
        assert heard == [submission]
    finally:
        version_submitted.disconnect(listen)


@pytest.fixture
def step(second):
    _explain(second)
    return submit_version(version=second, actor=_senate()).steps.first()


def test_a_decision_is_recorded_and_logged(step):
    today = timezone.localdate()
    record_decision(
        step=step,
        outcome="agreed",
        decided_on=today,
        reference=" S-1/2 ",
        actor=_senate(),
    )
    step.refresh_from_db()
    assert (step.outcome, step.decided_on, step.reference) == ("agreed", today, "S-1/2")
    assert PageLogEntry.objects.get(action="synopse.decide").data["body"] == step.body


@pytest.mark.parametrize(
    ("outcome", "days", "field"),
    [("agreed", -1, "decided_on"), ("agreed", 1, "decided_on"), ("maybe", 0, "outcome")],
)
def test_an_impossible_decision_is_refused_at_its_field(step, outcome, days, field):
    day = timezone.localdate() + timedelta(days=days)
    with pytest.raises(ValidationError) as refusal:
        record_decision(step=step, outcome=outcome, decided_on=day, actor=_senate())
    assert field in refusal.value.error_dict
    step.refresh_from_db()
    assert step.outcome == ""


def test_an_editor_records_no_decision_and_plans_no_date(step):
    editor = make_user("editor")
    with pytest.raises(PermissionDenied):
        record_decision(step=step, outcome="agreed", decided_on=timezone.localdate(), actor=editor)
    with pytest.raises(PermissionDenied):
        plan_steps(submission=step.submission, planned={step.pk: date(2030, 1, 1)}, actor=editor)


def test_planned_dates_are_set_and_others_stay(step):
    other = step.submission.steps.last()
    actor = _senate()
    plan_steps(submission=step.submission, planned={other.pk: date(2030, 5, 1)}, actor=actor)
    plan_steps(submission=step.submission, planned={step.pk: date(2030, 1, 1)}, actor=actor)
    days = dict(step.submission.steps.values_list("pk", "planned_on"))
    assert days[step.pk] == date(2030, 1, 1)
    assert days[other.pk] == date(2030, 5, 1)
