"""The admin's form for documents: files in which decisions stand are not replaced."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm

from versioning.services.documents import refuse_replacing


class KeptDocumentForm(BaseDocumentForm):
    """Base of Wagtail's form for documents (``WAGTAILDOCS_DOCUMENT_FORM_BASE``)."""

    def clean(self) -> dict[str, Any]:
        """Say at the field of the file that it stays."""
        cleaned: dict[str, Any] = super().clean()
        if "file" in self.changed_data:
            try:
                refuse_replacing(self.instance, is_new=True)
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned
