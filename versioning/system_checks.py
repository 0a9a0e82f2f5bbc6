"""System checks: what a site has to set so that the gate is sound."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form

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


@checks.register(checks.Tags.models)
def check_document_form(**kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ANN401  # Django's signature
    """Warn where the library of documents would replace the file of a decision."""
    from versioning.document_forms import KeptDocumentForm  # noqa: PLC0415  # models are ready only now

    if issubclass(get_document_form(get_document_model()), KeptDocumentForm):
        return []
    return [
        checks.Warning(
            "The form for documents lets files be replaced in which decisions stand.",
            hint="Set WAGTAILDOCS_DOCUMENT_FORM_BASE to a subclass of "
            "'versioning.document_forms.KeptDocumentForm', or to it.",
            id="synopse_versioning.W001",
        )
    ]
