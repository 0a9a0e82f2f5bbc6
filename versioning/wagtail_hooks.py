"""Wiring of versioning into Wagtail's admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from versioning import (
    access,
    deletion,
    editor_turns,
    final_texts,
    log_actions,
    permissions,
    stale_saves,
)
from versioning.admin import lineage, workflows
from versioning.admin import urls as admin_urls
from versioning.admin.signing import WaitingSignaturesPanel
from versioning.models import VersionedPageMixin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from django.urls import URLResolver
    from wagtail.admin.ui.components import Component
    from wagtail.models import Page


def register_admin_urls() -> list[URLResolver]:
    """Mount our pages of the admin."""
    return [path("versions/", include(admin_urls))]


def page_header_buttons(
    page: Page,
    user: Any,  # noqa: ANN401  # any user model
    view_name: str,
    next_url: str | None = None,
) -> Iterator[Button]:
    """Offer versions, changes and gate at the top of a versioned page."""
    yield from _buttons(page, user, priority=71)


def page_listing_more_buttons(
    page: Page,
    user: Any,  # noqa: ANN401  # any user model
    next_url: str | None = None,
) -> Iterator[Button]:
    """Offer versions, changes and gate in the list of pages."""
    yield from _buttons(page, user, priority=71)


def css_of_all_pages() -> str:
    """Bring the look of compared words, which Wagtail's comparison of revisions shows, too.

    And make room where no script runs: our pages of the admin work there.
    """
    return format_html(
        '<link rel="stylesheet" href="{}"><noscript><link rel="stylesheet" href="{}"></noscript>',
        static("versioning/admin_words.css"),
        static("versioning/admin_without_scripts.css"),
    )


def saving_js() -> str:
    """Let the buttons of the page editor wait for what it saves by itself."""
    url = static("versioning/saving.js")
    return format_html('<script type="module" src="{}"></script>', url)


def submissions_menu_item() -> MenuItem:
    """Lead to everything that was handed over."""
    return SubmissionsMenuItem(
        _("Submissions"),
        reverse("synopse_versions:submissions"),
        name="synopse-submissions",
        icon_name="tasks",
        order=320,
    )


def signing_menu_item() -> MenuItem:
    """Lead to the reviewers' desk."""
    return SubmissionsMenuItem(
        _("Co-signing"),
        reverse("synopse_versions:signing"),
        name="synopse-signing",
        icon_name="edit",
        order=318,
    )


def add_signing_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Show what waits to be signed to whose departments it waits for."""
    panel = WaitingSignaturesPanel(request)
    if panel.waiting:
        panels.append(panel)


class SubmissionsMenuItem(MenuItem):
    """A menu item for those who may see versions."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Tell whether the user has a right on versions."""
        names = ("view_version", "submit_version", "change_gatestep")
        return any(request.user.has_perm(f"synopse_versioning.{name}") for name in names)


def _buttons(page: Page, user: Any, *, priority: int) -> Iterator[Button]:  # noqa: ANN401  # any user model
    specific = page.specific_class
    if specific is None or not issubclass(specific, VersionedPageMixin):
        return
    if not permissions.can(user, "view_versions", page):
        return
    for place, (name, label, icon) in enumerate(
        (
            ("page", _("Versions"), "history"),
            ("page_changes", _("Changes"), "resubmit"),
            ("page_gate", _("Gate"), "tasks"),
        )
    ):
        url = reverse(f"synopse_versions:{name}", args=[page.pk])
        yield Button(label, url, icon_name=icon, priority=priority + place)


hooks.register("before_delete_page", deletion.refuse_page_deletion)
hooks.register("before_serve_document", access.refuse_private_document)
hooks.register("before_bulk_action", deletion.refuse_bulk_deletion)
hooks.register("before_edit_page", editor_turns.take_in_turn, order=-100)
hooks.register("before_edit_page", stale_saves.ask_about_stale_save)
hooks.register("before_bulk_action", final_texts.refuse_bulk_publishing)
hooks.register("before_publish_page", final_texts.refuse_publishing)
hooks.register("before_publish_page", lineage.ask_before_publishing)
hooks.register("construct_page_action_menu", workflows.link_gate_tasks)
hooks.register("insert_editor_js", saving_js)
hooks.register("insert_global_admin_css", css_of_all_pages)
hooks.register("register_log_actions", log_actions.register)
hooks.register("register_admin_urls", register_admin_urls)
hooks.register("register_page_header_buttons", page_header_buttons)
hooks.register("register_page_listing_more_buttons", page_listing_more_buttons)
hooks.register("register_admin_menu_item", signing_menu_item)
hooks.register("register_admin_menu_item", submissions_menu_item)
hooks.register("construct_homepage_panels", add_signing_panel)
hooks.register("register_permissions", permissions.grantable)
