"""A tab of the page editor: what people say about each passage, and the form that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms import Media
from django.forms.widgets import Script
from django.urls import reverse
from wagtail.admin.panels import Panel

from annotations import permissions

if TYPE_CHECKING:
    from collections.abc import Mapping


class AnnotationsPanel(Panel):
    """The open annotations of a page by passage.

    It asks the database nothing: numbers and annotations are loaded once the editor stands.
    """

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page."""

        template_name = "annotations/admin/editor_panel.html"

        def is_shown(self) -> bool:
            """Show it to editors, once the page has been published."""
            instance = self.instance
            if instance is None or not instance.first_published_at:
                return False
            return permissions.can(self.request.user, "dispose", instance)

        def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  # Wagtail's signature
            """Add the addresses of numbers and annotations."""
            context = super().get_context_data(parent_context)
            names = ("editor_counts", "editor_list")
            urls = (
                reverse(f"synopse_annotations:{name}", args=[self.instance.pk]) for name in names
            )
            counts_url, list_url = urls
            return {**context, "counts_url": counts_url, "list_url": list_url}

        @property
        def media(self) -> Media:
            """Bring the script that loads them."""
            return Media(
                js=[Script("annotations/editor.js", type="module")],  # type: ignore[list-item]  # Django 5.2 takes it
                css={"all": ["annotations/admin.css", "annotations/editor.css"]},
            )
