"""Panels of the page editor: what a draft would change, and fields that compare by our engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms import Media
from django.forms.widgets import Script
from django.urls import reverse
from wagtail.admin.panels import FieldPanel, Panel

from versioning.revision_comparison import RevisionComparison

if TYPE_CHECKING:
    from collections.abc import Mapping


class ChangesPanel(Panel):
    """What the last saved draft would change, with ways to correct the guesses.

    It asks the database nothing until somebody opens it.
    """

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page."""

        template_name = "versioning/admin/changes_panel.html"

        def is_shown(self) -> bool:
            """Show it once the page has been published."""
            return bool(self.instance is not None and self.instance.first_published_at)

        def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  # Wagtail's signature
            """Add the address of the rows."""
            context = super().get_context_data(parent_context)
            url = reverse("synopse_versions:draft_changes", args=[self.instance.pk])
            return {**context, "url": url}

        @property
        def media(self) -> Media:
            """Bring the script that loads the rows."""
            return Media(
                js=[Script("versioning/changes_panel.js", type="module")],  # type: ignore[list-item]  # Django 5.2 takes it
                css={"all": ["versioning/admin.css"]},
            )


class VersionedFieldPanel(FieldPanel):
    """The panel of a field of ``versioned_fields``: its revisions are compared as versions are."""

    def get_comparison_class(self) -> type[RevisionComparison]:
        """Return what Wagtail's comparison of revisions shows of the field."""
        return RevisionComparison
