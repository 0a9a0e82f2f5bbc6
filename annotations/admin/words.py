"""The moderators' list of words in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

from annotations.models import WatchedWord

WORDS_URL_NAME = "watchedword:index"


def may_see_words(user: Any) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody looks after the list."""
    policy = policy_registry.get_by_type(WatchedWord)
    return bool(policy.user_has_any_permission(user, {"add", "change", "delete", "view"}))


def viewset() -> WatchedWordViewSet:
    """Return what Wagtail registers."""
    return WatchedWordViewSet()


class WatchedWordViewSet(ModelViewSet):
    """Lists the words; those who may change them do it here."""

    model = WatchedWord
    icon = "list-ul"
    menu_label = _("List of words")
    copy_view_enabled = False
    list_display = [
        "words",
        Column("effect", label=_("What happens"), accessor="get_effect_display"),
        "reason",
    ]
    list_filter = ["effect"]
    search_fields = ["words", "folded"]
    search_backend_name = None
    edit_handler = ObjectList(
        [FieldPanel("words"), FieldPanel("effect"), FieldPanel("reason")],
    )
