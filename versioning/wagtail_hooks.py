"""Wiring of versioning into Wagtail's admin."""

from __future__ import annotations

from wagtail import hooks

from versioning import deletion, log_actions

hooks.register("before_delete_page", deletion.refuse_page_deletion)
hooks.register("before_bulk_action", deletion.refuse_bulk_deletion)
hooks.register("register_log_actions", log_actions.register)
