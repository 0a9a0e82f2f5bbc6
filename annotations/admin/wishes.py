"""Which mails about their work the staff get: a panel among the settings of their account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy
from wagtail.admin.views.account import BaseSettingsPanel, notifications_tab

from annotations.admin.scope import may_moderate, may_open
from annotations.mail_views import MailsForm
from annotations.permissions import can_decide_reports
from annotations.services import preferences

if TYPE_CHECKING:
    from collections.abc import Callable

WHO_GETS: dict[str, Callable[[Any], bool]] = {
    "staff_waiting": may_moderate,
    "staff_reports": can_decide_reports,
    "staff_objections": lambda user: user.has_perm("synopse_annotations.dispose_annotation"),
    "staff_assigned": may_open,
    "staff_due": may_open,
    "staff_decisions": lambda user: user.has_perm("wagtailadmin.access_admin"),
    "staff_signing": lambda user: user.has_perm("synopse_versioning.view_version"),
    "staff_signed": lambda user: user.has_perm("synopse_annotations.dispose_annotation"),
}
"""Kind to who may get it; see ``services.staff`` and ``services.cosigning``."""


class StaffMailsForm(MailsForm):
    """Kinds of mails that somebody's rights bring."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's
        """Offer what the rights of the person bring."""
        self.offered = {
            kind: words for kind, words in preferences.STAFF_KINDS.items() if WHO_GETS[kind](user)
        }
        super().__init__(*args, **kwargs)


class StaffMailsPanel(BaseSettingsPanel):
    """Kinds of mails on or off, and the rhythm, which holds for all mails of the person."""

    name = "synopse_mails"
    title = gettext_lazy("Mails about annotations and decisions")
    tab = notifications_tab
    order = 150

    def is_active(self) -> bool:
        """Show it to whom any of the mails may go."""
        return any(may_get(self.user) for may_get in WHO_GETS.values())

    def get_form(self) -> StaffMailsForm:
        """Return the form with what holds now."""
        if self.request.method == "POST":
            data, preference = self.request.POST, preferences.preference_of(self.user)
        else:
            data, preference = None, preferences.shown_preference_of(self.user)
        return StaffMailsForm(data, user=self.user, preference=preference, prefix=self.name)
