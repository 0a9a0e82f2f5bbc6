"""Wagtail's workflows for the gate: begun by a person, followed by what the services record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Workflow, WorkflowState, WorkflowTask

from versioning import permissions
from versioning.models import BodyRole, Version
from versioning.models.tasks import CoSigningTask, DecisionTask, GateTask, SubmissionTask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import User
    from wagtail.models import Task

    from versioning.doors import RouteBody

MOST_TASKS = 100
"""Tasks of one workflow that one act can end; a bound, not a wish."""


def gate_workflows() -> list[Workflow]:
    """Return the active workflows that hold a task of the gate, with their tasks."""
    active = Workflow.objects.active().order_by("name").prefetch_related("workflow_tasks__task")
    return [workflow for workflow in active if is_of_gate(workflow)]


@transaction.atomic
def make_workflow(*, name: str, bodies: Sequence[RouteBody]) -> Workflow:
    """Make a workflow for a route: co-signing, handing over, and a decision of each body.

    Args:
        name: As people choose it at the gate.
        bodies: The bodies of the route, in their order.

    Returns:
        The workflow, assigned to no page: it is begun at the gate.
    """
    tasks: list[GateTask] = []
    if any(body.role == BodyRole.COSIGNS for body in bodies):
        tasks.append(CoSigningTask(name=_("Co-signing by the departments")))
    tasks.append(SubmissionTask(name=_("Handing over a version")))
    tasks += [
        DecisionTask(name=body.body, body=body.body)
        for body in bodies
        if body.role != BodyRole.COSIGNS
    ]
    workflow: Workflow = Workflow.objects.create(name=name)
    for place, task in enumerate(tasks):
        task.save()
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=place)
    return workflow


def is_of_gate(workflow: Workflow) -> bool:
    """Tell whether a workflow holds a task of the gate."""
    tasks = [one.task for one in workflow.workflow_tasks.all()]
    return any(issubclass(task.content_type.model_class() or object, GateTask) for task in tasks)


def running_on(page: Page) -> WorkflowState | None:
    """Return the workflow that goes on for a page, of the gate or another."""
    found = WorkflowState.objects.for_instance(page).active()
    return found.select_related("workflow", "current_task_state__task").first()


@transaction.atomic
def begin_workflow(*, workflow: Workflow, page: Page, actor: User) -> WorkflowState:
    """Begin a workflow of the gate for the newest version of a page.

    Args:
        workflow: One of ``gate_workflows``.
        page: A page with a version.
        actor: Who begins it: whoever may hand versions over.

    Raises:
        PermissionDenied: ``actor`` may not.
        ValidationError: There is no version, the workflow is none of the gate, or another one goes
            on for the page.
    """
    page = Page.objects.select_for_update().get(pk=page.pk).specific
    permissions.require(actor, "submit_version", page)
    if Version.objects.newest_of(page) is None:
        raise ValidationError(_("This page has no version yet. Publishing makes the first."))
    if not workflow.active or not is_of_gate(workflow):
        raise ValidationError(_("Choose one of the workflows."), code="unknown")
    if going_on := running_on(page):
        message = _("The workflow “%(name)s” goes on for this page. Cancel it first.")
        raise ValidationError(message % {"name": going_on.workflow.name}, code="running")
    return workflow.start(page, actor)


@transaction.atomic
def follow(*, page: Page, user: User | None) -> None:
    """Let the workflow of a page go on as far as what the gate has recorded allows.

    Args:
        page: The page whose gate has something new.
        user: Who recorded it, for Wagtail's log and mails.
    """
    for _turn in range(MOST_TASKS):
        state = running_on(page)
        task_state = state.current_task_state if state else None
        task: Task | None = task_state.task.specific if task_state else None
        verdict = task.verdict(page) if isinstance(task, GateTask) else None
        if state is None or task_state is None or verdict is None:
            return
        if state.status == WorkflowState.STATUS_NEEDS_CHANGES:
            if not verdict.is_done:
                return
            state.resume(user=user)  # what was wanted is settled: the task ends as it begins
            continue
        if not verdict.is_done:
            task_state.specific.reject(user=user, comment=verdict.comment)
            return
        task_state.specific.approve(user=user, comment=verdict.comment)
