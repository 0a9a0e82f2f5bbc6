"""The list of reported problems in Wagtail's admin: to read and to settle, not to rewrite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from cms_pages.models import ProblemReport
from cms_pages.services.reports import settle_report

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class SettleForm(WagtailAdminModelForm):
    """Says whether a report is settled; nothing else can be changed."""

    is_settled = forms.BooleanField(label=_("Settled"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Show what holds now."""
        super().__init__(*args, **kwargs)
        self.fields["is_settled"].initial = bool(self.instance.settled_at)

    def save(self, commit: bool = True) -> ProblemReport:  # Django's signature
        """Call the service."""
        return settle_report(
            report=self.instance,
            is_settled=self.cleaned_data["is_settled"],
            actor=self.for_user,
        )


class ReadAndSettlePolicy(ModelPermissionPolicy):
    """Nobody makes or deletes reports in the admin."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """Refuse adding and deleting, else ask for the permission of the model."""
        if action in {"add", "delete"}:
            return False
        return bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: User, actions: Any) -> bool:  # noqa: ANN401  # a set or list of names
        """Ask for each of the permissions."""
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(ProblemReport, ReadAndSettlePolicy(ProblemReport))


class ProblemReportViewSet(ModelViewSet):
    """Lists reports, newest first."""

    model = ProblemReport
    icon = "warning"
    menu_label = _("Reported problems")
    menu_order = 260
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["__str__", "page_url", "created_at", "settled_at"]
    list_filter = ["kind"]
    edit_handler = ObjectList(
        [
            FieldPanel("kind", read_only=True),
            FieldPanel("text", read_only=True),
            FieldPanel("page_url", read_only=True),
            FieldPanel("email", read_only=True),
            FieldPanel("created_at", read_only=True),
            FieldPanel("is_settled"),
        ],
        base_form_class=SettleForm,
    )
