"""Panels of the page editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from wagtail.admin.panels import Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN = 20


class NotesPanel(Panel):
    """The notes of editors at the passages of a draft that are not done, the first of them."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page."""

        template_name = "cms_pages/admin/notes_panel.html"

        def is_shown(self) -> bool:
            """Show it where there is a note, done or not."""
            is_stored = self.instance is not None and self.instance.pk is not None
            return is_stored and self.instance.editor_notes.exists()

        def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  # Wagtail's signature
            """Add the notes and the address at which they are decided about."""
            context = super().get_context_data(parent_context)
            notes = self.instance.editor_notes.filter(done_at=None)
            blocks = {child.id for child in self.instance.body}
            shown = list(notes[:SHOWN])
            return {
                **context,
                "notes": [{"note": note, "is_there": note.block in blocks} for note in shown],
                "more": max(0, notes.count() - len(shown)),
                "url": reverse("synopse_import:notes", args=[self.instance.pk]),
            }
