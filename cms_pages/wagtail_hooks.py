"""Wiring of the site's pages into Wagtail's admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from cms_pages import admin_views
from cms_pages.forms import processes_for
from cms_pages.models import ParticipationProcessPage, StrategyDraftPage
from cms_pages.notes_views import NotesView
from cms_pages.report_viewset import ProblemReportViewSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User
    from django.http import HttpRequest
    from wagtail.models import Page


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]  # Wagtail has no types
def register_import_urls() -> list[Any]:
    """Add the addresses of the import."""
    urls = [
        path("", admin_views.ImportNewView.as_view(), name="new"),
        path("<int:page_id>/", admin_views.ImportIntoView.as_view(), name="page"),
        path("preview/<uuid:key>/", admin_views.ImportPreviewView.as_view(), name="preview"),
        path("notes/<int:page_id>/", NotesView.as_view(), name="notes"),
    ]
    return [path("import/", include((urls, "synopse_import")))]


class ImportMenuItem(MenuItem):
    """Shown to whoever may make drafts."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether the user may make drafts somewhere."""
        return bool(processes_for(request.user).exists())


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]  # Wagtail has no types
def register_import_menu_item() -> MenuItem:
    """Add the import to the menu."""
    return ImportMenuItem(
        _("Import text"), reverse("synopse_import:new"), icon_name="upload", order=210
    )


@hooks.register("register_page_header_buttons")  # type: ignore[untyped-decorator]  # Wagtail has no types
def import_buttons(
    page: Page, user: User, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """Offer the import at drafts, and at processes for new ones."""
    rights = page.permissions_for_user(user)
    if isinstance(page.specific_deferred, StrategyDraftPage) and rights.can_edit():
        url = reverse("synopse_import:page", args=[page.pk])
    elif isinstance(page.specific_deferred, ParticipationProcessPage) and rights.can_add_subpage():
        url = f"{reverse('synopse_import:new')}?parent={page.pk}"
    else:
        return
    yield Button(_("Import text"), url, icon_name="upload", priority=12)


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]  # Wagtail has no types
def register_problem_reports() -> ProblemReportViewSet:
    """List what people have reported."""
    return ProblemReportViewSet()
