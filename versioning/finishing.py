"""What happens to a page when a workflow on it ends.

Wagtail imports this while its own models load, so nothing that needs models is imported on top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wagtail.workflows import publish_workflow_state

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from wagtail.models import WorkflowState


def finish_workflow_state(workflow_state: WorkflowState, user: User | None = None) -> None:
    """End a workflow: those of the gate leave the page as it is, all others publish it.

    The gate decides on a version that is out. What stands in the draft meanwhile is another text,
    which nobody has signed: it must not come out because the way of the old one has ended. The
    setting ``WAGTAIL_FINISH_WORKFLOW_ACTION`` names this function.
    """
    from versioning.services.workflows import is_of_gate  # noqa: PLC0415  # see above

    if not is_of_gate(workflow_state.workflow):
        publish_workflow_state(workflow_state, user=user)
