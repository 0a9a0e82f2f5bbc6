"""How people come from pages, menus and the first page of the admin to the annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.widgets.button import Button

from annotations import permissions
from annotations.admin.home import ReportsPanel, WaitingPanel
from annotations.admin.links import (
    appeals_url,
    desk_url,
    enter_url,
    listing_url,
    outbox_url,
    reports_url,
)
from annotations.admin.scope import may_moderate, may_open, scope_of
from annotations.admin.words import WORDS_URL_NAME, may_see_words
from annotations.models import AnnotatedPageMixin
from annotations.permissions import can_decide_reports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest
    from django.urls import URLResolver
    from wagtail.admin.ui.components import Component
    from wagtail.models import Page

PRIORITY = 75


class AllowedMenuItem(MenuItem):
    """A menu item for those whom a rule lets in."""

    def __init__(self, *args: Any, rule: Callable[[Any], bool], **kwargs: Any) -> None:  # noqa: ANN401  # Wagtail's signature
        """Keep the rule."""
        self.rule = rule
        super().__init__(*args, **kwargs)

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the rule."""
        return self.rule(request.user)


def urls() -> list[URLResolver]:
    """Mount our pages of the admin."""
    return [path("annotations/", include("annotations.admin.urls"))]


def annotations_menu_item() -> MenuItem:
    """Lead to the listing."""
    return AllowedMenuItem(
        _("Annotations"),
        listing_url(),
        name="synopse-annotations",
        icon_name="comment",
        order=310,
        rule=may_open,
    )


def moderation_menu_item() -> MenuItem:
    """Lead to what moderators need; whoever may do nothing of it does not see it."""
    items = [
        AllowedMenuItem(
            _("Waiting contributions"),
            desk_url(),
            name="synopse-desk",
            icon_name="view",
            order=100,
            rule=may_moderate,
        ),
        AllowedMenuItem(
            _("Reported content"),
            reports_url(),
            name="synopse-reports",
            icon_name="warning",
            order=200,
            rule=can_decide_reports,
        ),
        AllowedMenuItem(
            _("Appeals"),
            appeals_url(),
            name="synopse-appeals",
            icon_name="rotate",
            order=300,
            rule=can_decide_reports,
        ),
        AllowedMenuItem(
            _("List of words"),
            reverse(WORDS_URL_NAME),
            name="synopse-words",
            icon_name="list-ul",
            order=400,
            rule=may_see_words,
        ),
    ]
    return SubmenuMenuItem(
        _("Moderation"),
        Menu(items=items),
        name="synopse-moderation",
        icon_name="view",
        order=312,
    )


def outbox_menu_item() -> MenuItem:
    """Lead to the mails, among the reports."""
    return AllowedMenuItem(
        _("Mails"),
        outbox_url(),
        name="synopse-outbox",
        icon_name="mail",
        order=1200,
        rule=may_moderate,
    )


def page_header_buttons(
    page: Page,
    user: Any,  # noqa: ANN401  # any user model
    view_name: str,
    next_url: str | None = None,
) -> Iterator[Button]:
    """Lead from an annotated page to its annotations."""
    yield from _page_buttons(page, user)


def page_listing_buttons(
    page: Page,
    user: Any,  # noqa: ANN401  # any user model
    next_url: str | None = None,
) -> Iterator[Button]:
    """Lead from the list of pages to the annotations of one."""
    yield from _page_buttons(page, user)


def add_waiting_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Show what waits to those who can do something about it."""
    if may_open(request.user) and scope_of(request).can_act:
        panels.append(WaitingPanel(request))
    if can_decide_reports(request.user):
        panels.append(ReportsPanel())


def _page_buttons(page: Page, user: Any) -> Iterator[Button]:  # noqa: ANN401  # any user model
    kind = page.specific_class
    if kind is not None and issubclass(kind, AnnotatedPageMixin) and may_open(user):
        key = page.alias_of_id or page.pk
        yield Button(
            _("Annotations"), listing_url(page=key), icon_name="comment", priority=PRIORITY
        )
        if page.live and permissions.can(user, "dispose", page):
            yield Button(
                _("Enter a contribution"), enter_url(key), icon_name="plus", priority=PRIORITY + 1
            )
