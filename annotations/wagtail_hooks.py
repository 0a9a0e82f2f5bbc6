"""Wiring of annotations into Wagtail's admin."""

from __future__ import annotations

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from annotations import log_actions, permissions
from annotations.admin import bulk, buttons, consents, presence, texts, wishes, words
from annotations.models import Annotation

register_permission_policy(Annotation, presence.AnnotationPolicy(Annotation))
hooks.register("register_log_actions", log_actions.register)
hooks.register("register_admin_urls", buttons.urls)
hooks.register("register_admin_menu_item", buttons.annotations_menu_item)
hooks.register("register_admin_menu_item", buttons.moderation_menu_item)
hooks.register("register_admin_viewset", words.viewset)
hooks.register("register_admin_viewset", texts.viewset)
hooks.register("register_admin_viewset", consents.viewset)
for action in bulk.ACTIONS:
    hooks.register("register_bulk_action", action)
hooks.register("register_reports_menu_item", buttons.outbox_menu_item)
hooks.register("register_page_header_buttons", buttons.page_header_buttons)
hooks.register("register_page_listing_more_buttons", buttons.page_listing_buttons)
hooks.register("construct_homepage_panels", buttons.add_waiting_panel)
hooks.register("register_account_settings_panel", wishes.StaffMailsPanel)
hooks.register("register_permissions", permissions.grantable)
