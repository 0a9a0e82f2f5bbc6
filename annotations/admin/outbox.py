"""The mails that wait, went out or failed; no address is ever shown whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views.generic.base import BaseListingView

from annotations.admin.links import NAMESPACE
from annotations.admin.scope import may_moderate
from annotations.models import OutboxMail
from annotations.permissions import can_decide_reports
from annotations.services import preferences

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponseBase

KINDS = {
    "confirm": gettext_lazy("Confirmation of an annotation"),
    "confirm_support": gettext_lazy("Confirmation of support"),
    "confirm_follow": gettext_lazy("Confirmation of a subscription"),
    "reply": gettext_lazy("Note of a reply"),
    "moderation": gettext_lazy("Reasons of a moderator"),
    "report": gettext_lazy("Report: receipt or decision"),
    "disposition": gettext_lazy("Note of a disposition"),
    "news": gettext_lazy("News for a follower"),
    "changed": gettext_lazy("Note of a changed passage"),
    "reminder": gettext_lazy("Reminder that a window ends"),
    "digest": gettext_lazy("Several mails in one"),
    "problem": gettext_lazy("Reported problem of the site"),
    **preferences.STAFF_KINDS,
}
STATES = [
    ("waiting", gettext_lazy("Waiting")),
    ("held", gettext_lazy("Held for a bundle")),
    ("failed", gettext_lazy("Failed so far")),
    ("sent", gettext_lazy("Sent")),
]
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")


def masked(text: str) -> str:
    """Return a text in which of every address only the first letters are left."""
    return _ADDRESS.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    name, _at, host = found.group().partition("@")
    return f"{name[:1]}…@{host[:1]}…"


def state_of(mail: OutboxMail) -> str:
    """Return what became of a mail so far."""
    if mail.sent_at is not None:
        return _("sent")
    if mail.bundle_id is not None:
        return _("in a bundle")
    if mail.held:
        return _("held for a bundle")
    return _("failed so far") if mail.last_error else _("waiting")


class OutboxFilterSet(WagtailFilterSet):
    """What waits, what failed, what went out."""

    state = django_filters.ChoiceFilter(
        method="filter_state",
        choices=STATES,
        label=gettext_lazy("State"),
        widget=forms.RadioSelect,
        empty_label=gettext_lazy("All"),
    )

    class Meta:
        model = OutboxMail
        fields: list[str] = []

    def filter_state(
        self, queryset: QuerySet[OutboxMail], _name: str, value: str
    ) -> QuerySet[OutboxMail]:
        """Choose by what became of a mail."""
        if value == "sent":
            return queryset.filter(sent_at__isnull=False)
        if value == "held":
            return queryset.filter(held=True)
        waiting = queryset.filter(sent_at=None, held=False, bundle=None)
        return waiting.exclude(last_error="") if value == "failed" else waiting


class OutboxView(BaseListingView):
    """The mails, newest first; only to be read."""

    model = OutboxMail
    page_title = gettext_lazy("Mails")
    header_icon = "mail"
    index_url_name = f"{NAMESPACE}:outbox"
    index_results_url_name = f"{NAMESPACE}:outbox_results"
    filterset_class = OutboxFilterSet
    default_ordering = "-created_at"
    paginate_by = 50
    verbose_name_plural = gettext_lazy("mails")
    columns = [
        Column(
            "kind",
            label=gettext_lazy("Kind"),
            accessor=lambda mail: KINDS.get(mail.kind, mail.kind),
        ),
        Column("to", label=gettext_lazy("Recipient"), accessor=lambda mail: masked(mail.to)),
        DateColumn("created_at", label=gettext_lazy("Written"), sort_key="created_at"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=state_of,
            primary=lambda mail: mail.sent_at is None and bool(mail.last_error),
        ),
        DateColumn(
            "send_after",
            label=gettext_lazy("Goes out"),
            accessor=lambda mail: None if mail.sent_at or mail.bundle_id else mail.send_after,
        ),
        DateColumn("sent_at", label=gettext_lazy("Sent")),
        Column("attempts", label=gettext_lazy("Attempts")),
        Column(
            "last_error",
            label=gettext_lazy("Last error"),
            accessor=lambda mail: masked(mail.last_error),
        ),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  # Django's signature
        """Let in moderators."""
        if not may_moderate(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_base_queryset(self) -> QuerySet[OutboxMail]:
        """Leave mails to those who reported something to those who may know of them."""
        rows: QuerySet[OutboxMail] = super().get_base_queryset()
        return rows if can_decide_reports(self.request.user) else rows.exclude(kind="report")

    def order_queryset(self, queryset: QuerySet[OutboxMail]) -> QuerySet[OutboxMail]:
        """Keep mails of the same moment in a fixed order."""
        return queryset.order_by(self.ordering, "-pk")
