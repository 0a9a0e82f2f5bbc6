"""System checks: what a site has to set so that documents of decisions are kept."""

from __future__ import annotations

from typing import Any

from django.core import checks
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form


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
