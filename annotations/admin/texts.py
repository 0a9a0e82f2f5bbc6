"""Reasons that editors give again and again, in Wagtail's settings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

from annotations.models import ReasonText

TEXTS_URL_NAME = "reasontext:index"


def may_see_texts(user: Any) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody looks after the texts."""
    policy = policy_registry.get_by_type(ReasonText)
    return bool(policy.user_has_any_permission(user, {"add", "change", "delete", "view"}))


def viewset() -> ReasonTextViewSet:
    """Return what Wagtail registers."""
    return ReasonTextViewSet()


class ReasonTextViewSet(ModelViewSet):
    """Lists the texts; those who may change them do it here."""

    model = ReasonText
    icon = "edit"
    menu_label = _("Reasons for answers")
    add_to_settings_menu = True
    copy_view_enabled = False
    list_display = [
        "title",
        Column("outcome", label=_("Outcome"), accessor="get_outcome_display"),
        "text",
    ]
    list_filter = ["outcome"]
    search_fields = ["title", "text"]
    search_backend_name = None
    edit_handler = ObjectList([FieldPanel("title"), FieldPanel("outcome"), FieldPanel("text")])
