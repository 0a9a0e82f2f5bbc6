"""Says what a site has to set so that the gate works with Wagtail's workflows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

FINISH = "versioning.finishing.finish_workflow_state"


@checks.register
def check_end_of_workflows(**kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ANN401  # Django's signature
    """Warn where a workflow of the gate would publish the draft at its end."""
    if getattr(settings, "WAGTAIL_FINISH_WORKFLOW_ACTION", None):
        return []
    return [
        checks.Info(
            "A workflow with tasks of the gate publishes the draft of its page when it ends.",
            hint=f'Set WAGTAIL_FINISH_WORKFLOW_ACTION = "{FINISH}".',
            id="synopse_versioning.I001",
        )
    ]
