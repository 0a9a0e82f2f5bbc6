"""Wagtail's workflows follow what the gate has recorded, and never publish an unsigned draft."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import (
    GroupApprovalTask,
    Page,
    PageLogEntry,
    TaskState,
    Workflow,
    WorkflowState,
    WorkflowTask,
)

from tests.factories import make_draft, make_user, publish, ways
from tests.factories.signing import make_department, member_of, sign
from tests.integration.versioning.test_decisions import HTML, decide, hand_over
from versioning import doors
from versioning.doors import RouteBody
from versioning.models import BodyRole, CoSigningTask, DecisionTask, SubmissionTask, Version
from versioning.services.changes import explain_changes
from versioning.services.gate import submit_version
from versioning.services.signing import asked_departments
from versioning.services.workflows import begin_workflow, follow, gate_workflows, make_workflow
from versioning.system_checks import check_end_of_workflows

pytestmark = pytest.mark.django_db

ROUTE = [RouteBody("Rat", BodyRole.HEARD), RouteBody("Senat", BodyRole.RESOLVES)]


@pytest.fixture(autouse=True)
def _only_our_doors(monkeypatch, root):
    ways.use_route(monkeypatch, ROUTE)


@pytest.fixture
def senate():
    return make_user("senate")


@pytest.fixture
def strategy():
    draft = make_draft(html=HTML.format(1))
    publish(draft, label="Entwurf")
    return draft


@pytest.fixture
def workflow():
    return workflow_of(
        SubmissionTask.objects.create(name="Vorlage"),
        DecisionTask.objects.create(name="Anhörung", body="Rat"),
        DecisionTask.objects.create(name="Ausschuss", body="Ein anderes Gremium"),
        DecisionTask.objects.create(name="Beschluss", body="Senat"),
    )


def workflow_of(*tasks, name="Weg zum Beschluss"):
    workflow = Workflow.objects.create(name=name)
    for place, task in enumerate(tasks):
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=place)
    return workflow


def state_of(page):
    return WorkflowState.objects.get(object_id=str(page.pk))


def waiting_for(page):
    state = state_of(page)
    return state.current_task_state.task.name if state.status == "in_progress" else state.status


def after(callbacks, act, *args, **details):
    """Do something and let receivers hear of it, as after a commit."""
    with callbacks(execute=True):
        return act(*args, **details)


def test_a_workflow_goes_on_with_what_the_bodies_decided(
    strategy, workflow, senate, django_capture_on_commit_callbacks
):
    callbacks = django_capture_on_commit_callbacks
    begin_workflow(workflow=workflow, page=strategy, actor=senate)
    assert waiting_for(strategy) == "Vorlage"

    version = Version.objects.newest_of(strategy)
    submission = after(callbacks, submit_version, version=version, actor=senate)
    assert waiting_for(strategy) == "Anhörung"
    after(callbacks, decide, submission, "noted", actor=senate)
    assert waiting_for(strategy) == "Beschluss"
    after(callbacks, decide, submission, "agreed", actor=senate)

    assert waiting_for(strategy) == WorkflowState.STATUS_APPROVED
    states = TaskState.objects.filter(workflow_state=state_of(strategy)).order_by("pk")
    comments = list(states.values_list("comment", flat=True))
    assert comments == [
        "",
        "Zur Kenntnis genommen",
        "Steht nicht im Weg dieses Textes.",
        "Zugestimmt",
    ]
    assert {state.finished_by for state in states} == {senate}
    approvals = PageLogEntry.objects.filter(action="wagtail.workflow.approve", page=strategy.pk)
    assert approvals.count() >= 2


def test_what_was_recorded_before_is_done_when_the_workflow_begins(strategy, workflow, senate):
    submission = submit_version(version=Version.objects.newest_of(strategy), actor=senate)
    decide(submission, "noted", actor=senate)

    begin_workflow(workflow=workflow, page=strategy, actor=senate)

    assert waiting_for(strategy) == "Beschluss"


@pytest.mark.parametrize("outcome", ["returned", "agreed_with_changes"])
def test_a_body_that_wants_another_text_sends_the_workflow_back_with_its_words(
    strategy, workflow, senate, outcome, django_capture_on_commit_callbacks
):
    editor = make_user("senate", username="wer-begann", email="begann@example.org")
    begin_workflow(workflow=workflow, page=strategy, actor=editor)
    callbacks = django_capture_on_commit_callbacks
    version = Version.objects.newest_of(strategy)
    submission = after(callbacks, submit_version, version=version, actor=senate)
    mail.outbox.clear()
    after(callbacks, decide, submission, outcome, actor=senate)

    assert waiting_for(strategy) == WorkflowState.STATUS_NEEDS_CHANGES
    assert "Bitte kürzer." in state_of(strategy).current_task_state.comment
    [told] = [one for one in mail.outbox if "begann@example.org" in one.to]
    assert "Bitte kürzer." in told.body

    newer = publish(strategy, html=HTML.format(2))
    assert waiting_for(strategy) == WorkflowState.STATUS_CANCELLED
    WorkflowState.objects.all().delete()
    begin_workflow(workflow=workflow, page=strategy, actor=editor)
    assert waiting_for(strategy) == "Vorlage"
    explain_changes(changes=list(newer.changes.all()), reason="Kürzer", actor=make_user("editor"))
    after(callbacks, submit_version, version=newer, actor=senate)
    assert waiting_for(strategy) == ("Anhörung" if outcome == "returned" else "Beschluss")


def test_the_end_of_the_way_publishes_no_draft_that_nobody_has_signed(
    strategy, workflow, senate, django_capture_on_commit_callbacks
):
    callbacks = django_capture_on_commit_callbacks
    begin_workflow(workflow=workflow, page=strategy, actor=senate)
    draft = strategy.get_latest_revision_as_object()
    draft.title = "Ein anderer Text"
    draft.save_revision()
    version = Version.objects.newest_of(strategy)
    submission = after(callbacks, submit_version, version=version, actor=senate)
    after(callbacks, decide, submission, "noted", "agreed", actor=senate)

    assert waiting_for(strategy) == WorkflowState.STATUS_APPROVED
    page = Page.objects.get(pk=strategy.pk)
    assert page.title != "Ein anderer Text"
    assert Version.objects.newest_of(strategy) == version


def test_other_workflows_publish_at_their_end(strategy):
    task = GroupApprovalTask.objects.create(name="Gegenlesen")
    other = workflow_of(task, name="Redaktion")
    draft = strategy.get_latest_revision_as_object()
    draft.title = "Gegengelesen"
    draft.save_revision()

    boss = make_user("superuser")
    state = other.start(strategy, boss)
    state.current_task_state.approve(user=boss)

    assert Page.objects.get(pk=strategy.pk).title == "Gegengelesen"
    assert other not in gate_workflows()


def test_a_workflow_that_is_not_of_the_gate_stays_where_it_is(strategy, senate):
    other = workflow_of(GroupApprovalTask.objects.create(name="Gegenlesen"), name="Redaktion")
    other.start(strategy, senate)

    follow(page=strategy, user=senate)

    assert waiting_for(strategy) == "Gegenlesen"


def test_one_workflow_goes_on_at_a_time(strategy, workflow, senate):
    begin_workflow(workflow=workflow, page=strategy, actor=senate)

    with pytest.raises(ValidationError) as refusal:
        begin_workflow(workflow=workflow, page=strategy, actor=senate)

    assert refusal.value.code == "running"
    assert WorkflowState.objects.count() == 1


def test_only_workflows_of_the_gate_are_begun_here(strategy, senate):
    other = workflow_of(GroupApprovalTask.objects.create(name="Gegenlesen"), name="Redaktion")

    with pytest.raises(ValidationError) as refusal:
        begin_workflow(workflow=other, page=strategy, actor=senate)

    assert refusal.value.code == "unknown"


@pytest.mark.parametrize("role", ["citizen", "editor", "moderator"])
def test_whoever_hands_nothing_over_begins_no_workflow(strategy, workflow, role):
    with pytest.raises(PermissionDenied):
        begin_workflow(workflow=workflow, page=strategy, actor=make_user(role))


def test_the_dashboard_and_the_editor_lead_to_where_the_act_is_recorded(strategy, workflow, senate):
    begin_workflow(workflow=workflow, page=strategy, actor=senate)
    client = Client()
    client.force_login(senate)
    state = state_of(strategy).current_task_state
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    action = reverse("wagtailadmin_pages:workflow_action", args=[strategy.pk, "open", state.pk])
    assert action in home

    answer = client.post(action)

    gate = reverse("synopse_versions:page_gate", args=[strategy.pk])
    assert answer.url == gate
    assert waiting_for(strategy) == "Vorlage"
    boss = Client()
    boss.force_login(make_user("superuser"))
    editor = boss.get(reverse("wagtailadmin_pages:edit", args=[strategy.pk])).content.decode()
    assert f'href="{gate}"' in editor
    assert 'data-workflow-action-name="open"' not in editor


def test_a_task_lies_on_no_desk_of_those_who_can_do_nothing(strategy, workflow, senate):
    begin_workflow(workflow=workflow, page=strategy, actor=senate)

    for role in ("editor", "moderator"):
        assert not TaskState.objects.reviewable_by(make_user(role)).exists()
    assert TaskState.objects.reviewable_by(senate).exists()


def test_the_gate_offers_the_workflow_and_says_what_it_waits_for(strategy, workflow, senate):
    client = Client()
    client.force_login(senate)
    version = Version.objects.newest_of(strategy)
    gate = reverse("synopse_versions:gate", args=[version.pk])
    assert "„Weg zum Beschluss“ beginnen" in client.get(gate).content.decode()

    begin = reverse("synopse_versions:begin_workflow", args=[version.pk])
    shown = client.post(begin, {"workflow": workflow.pk}, follow=True).content.decode()

    assert "Vorlage" in shown
    assert "„Weg zum Beschluss“ beginnen" not in shown
    for bad in ("", "x", "9" * 40, "-1", "0"):
        answer = client.post(begin, {"workflow": bad}, follow=True)
        assert "Wählen Sie einen der Arbeitsabläufe." in answer.content.decode()


def test_a_site_is_told_what_to_set(settings):
    assert check_end_of_workflows() == []
    del settings.WAGTAIL_FINISH_WORKFLOW_ACTION
    [told] = check_end_of_workflows()
    assert "finish_workflow_state" in told.hint


def test_a_workflow_that_was_cancelled_stays_so(
    strategy, workflow, senate, django_capture_on_commit_callbacks
):
    begin_workflow(workflow=workflow, page=strategy, actor=senate).cancel(user=senate)

    submission = after(
        django_capture_on_commit_callbacks, hand_over, strategy, 2, senate,
        now=timezone.now() - timedelta(minutes=1),
    )  # fmt: skip

    assert waiting_for(strategy) == WorkflowState.STATUS_CANCELLED
    assert submission.pk


@pytest.fixture
def departments(monkeypatch):
    """Two departments on the route, each with a member."""
    both = [make_department("Verkehr"), make_department("Wirtschaft")]
    monkeypatch.setattr(doors, "_route_sources", [lambda page: [*both, *ROUTE]])
    return {department: member_of(department) for department in both}


def test_co_signing_waits_for_each_department_and_asks_it(
    strategy, departments, senate, django_capture_on_commit_callbacks
):
    callbacks = django_capture_on_commit_callbacks
    tasks = [CoSigningTask.objects.create(name="Mitzeichnung"), SubmissionTask(name="Vorlage")]
    tasks[1].save()
    version = Version.objects.newest_of(strategy)
    begin_workflow(workflow=workflow_of(*tasks), page=strategy, actor=senate)
    assert set(asked_departments(version)) == {"Verkehr", "Wirtschaft"}
    (first, one), (second, other) = departments.items()
    assert TaskState.objects.reviewable_by(one).exists()
    assert not TaskState.objects.reviewable_by(make_user("reviewer")).exists()

    after(callbacks, sign, version, first, one)
    assert waiting_for(strategy) == "Mitzeichnung"
    assert not TaskState.objects.reviewable_by(one).exists()
    after(callbacks, sign, version, second, other, verdict="remarks", remarks="Bitte bald.")
    assert waiting_for(strategy) == "Vorlage"


def test_a_refusal_sends_the_workflow_back_until_the_department_signs_after_all(
    strategy, departments, senate, django_capture_on_commit_callbacks
):
    callbacks = django_capture_on_commit_callbacks
    tasks = [CoSigningTask.objects.create(name="Mitzeichnung"), SubmissionTask(name="Vorlage")]
    tasks[1].save()
    version = Version.objects.newest_of(strategy)
    begin_workflow(workflow=workflow_of(*tasks), page=strategy, actor=senate)
    (first, one), (second, other) = departments.items()
    after(callbacks, sign, version, first, one)

    after(callbacks, sign, version, second, other, verdict="refused", remarks="So nicht.")
    assert waiting_for(strategy) == WorkflowState.STATUS_NEEDS_CHANGES
    assert "Wirtschaft" in state_of(strategy).current_task_state.comment

    after(callbacks, sign, version, second, other)
    assert waiting_for(strategy) == "Vorlage"


def test_a_workflow_of_a_route_signs_hands_over_and_has_each_body_decide(strategy, senate):
    department = make_department("Verkehr")
    made = make_workflow(name="Weg zum Beschluss", bodies=[department, *ROUTE])
    assert [type(task.specific) for task in made.tasks] == [
        CoSigningTask, SubmissionTask, DecisionTask, DecisionTask,
    ]  # fmt: skip
    assert [task.specific.body for task in made.tasks[2:]] == ["Rat", "Senat"]
    assert gate_workflows() == [made]
    begin_workflow(workflow=made, page=strategy, actor=senate)  # nobody signs on this route
    assert state_of(strategy).current_task_state.task == made.tasks[1]


def test_a_workflow_of_a_route_without_departments_begins_with_handing_over():
    made = make_workflow(name="Weg zum Beschluss", bodies=ROUTE)
    assert type(made.tasks[0].specific) is SubmissionTask
