"""Beginning a workflow of the gate, and its tasks in the page editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem, WorkflowMenuItem
from wagtail.models import Workflow, WorkflowState

from versioning import permissions
from versioning.admin.base import VersionAdminView
from versioning.models.tasks import GateTask
from versioning.services.workflows import begin_workflow, gate_workflows, running_on

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django_stubs_ext import StrOrPromise
    from wagtail.models import Page

MAX_DIGITS = 10


class BeginWorkflowView(VersionAdminView):
    """Begins a workflow for a version that is the newest of its page."""

    action = "submit_version"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Begin it, or say why not."""
        workflow = Workflow.objects.filter(pk=_key(request.POST.get("workflow"))).first()
        try:
            if workflow is None:
                raise ValidationError(_("Choose one of the workflows."), code="unknown")
            begin_workflow(workflow=workflow, page=self.page, actor=request.user)  # type: ignore[arg-type]  # signed in
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(
                request, _("The workflow “%(name)s” has begun.") % {"name": workflow.name}
            )
        return redirect("synopse_versions:page_gate", self.page.pk)


def workflow_context(page: Page, user: Any) -> dict[str, Any]:  # noqa: ANN401  # any user model
    """Return what the page of the gate shows of workflows.

    Returns:
        ``workflow``: what goes on, or None; ``workflow_task``: what it waits for; ``workflows``:
        what this person can begin.
    """
    state = running_on(page)
    task_state = state.current_task_state if state else None
    may_begin = state is None and permissions.can(user, "submit_version", page)
    return {
        "workflow": state,
        "workflow_needs_changes": state and state.status == WorkflowState.STATUS_NEEDS_CHANGES,
        "workflow_task": task_state.task if task_state else None,
        "workflow_comment": task_state.comment if task_state else "",
        "workflows": gate_workflows() if may_begin else [],
    }


class GateTaskMenuItem(ActionMenuItem):
    """The way from the page editor to where an act of the gate is recorded."""

    icon_name = "tasks"

    def __init__(self, *, label: StrOrPromise, url: str) -> None:
        """Take what stands there, and where it leads."""
        super().__init__(order=0)
        self.label, self.url, self.name = label, url, "action-gate"

    def get_url(self, parent_context: dict[str, Any]) -> str:
        """Return the address."""
        return self.url


def link_gate_tasks(
    menu_items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]
) -> None:
    """Lead to the gate from the editor's menu, where Wagtail would save the page for the act."""
    page = context.get("page")
    task = page.current_workflow_task if page else None
    if not isinstance(task, GateTask):
        return
    ours = [item for item in menu_items if isinstance(item, WorkflowMenuItem)]
    menu_items[:] = [item for item in menu_items if item not in ours]
    if ours:
        menu_items.append(GateTaskMenuItem(label=task.action_label, url=task.address(page)))


def _key(raw: str | None) -> int | None:
    is_number = raw is not None and raw.isascii() and raw.isdecimal() and len(raw) < MAX_DIGITS
    return int(raw or 0) if is_number else None
