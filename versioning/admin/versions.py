"""The versions of a page and their windows in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.models import Page

from versioning import permissions
from versioning.admin.base import FormView, VersionAdminView
from versioning.forms import WindowForm
from versioning.models import Change, Passage, Version
from versioning.outlines import stored_among
from versioning.queries import original_id
from versioning.services.progress import final_version
from versioning.services.route import departments_of
from versioning.services.windows import change_window, end_window, window_history
from versioning.stages import stage_before

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

CHANGES_SHOWN = 20


class PageVersionsView(VersionAdminView):
    """The versions of a page."""

    template_name = "versioning/admin/versions.html"
    page_title = gettext_lazy("Versions")

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the page."""
        self.page = get_object_or_404(Page, pk=kwargs["page_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the versions, newest first, with numbers and whether their comparison is stored."""
        versions = Version.objects.of_page(self.page).select_related(
            "published_by", "submission", "locale"
        )
        counted = versions.annotate(
            passage_count=Coalesce(_count_of(Passage), 0),
            change_count=Coalesce(_count_of(Change), 0),
        )
        listed = self.listed(counted)
        kwargs["stored"] = stored_among(list(listed["listed"]))
        kwargs["cosigned"] = bool(departments_of(self.page))
        kwargs["final"] = final_version(original_id(self.page))
        kwargs["stage_before"] = stage_before(original_id(self.page))
        return super().get_context_data(**listed, **kwargs)


class WindowView(FormView):
    """Open, close or extend the window of a version, or end it at this moment."""

    action = "change_window"
    template_name = "versioning/admin/window.html"
    page_title = gettext_lazy("Window for annotations")
    form_class = WindowForm
    submit_label = gettext_lazy("Change the window")

    def initial(self) -> dict[str, Any]:
        """Return the window as it is."""
        return {"opens": self.version.opens, "closes": self.version.closes} if self.version else {}

    def perform(self, form: forms.Form) -> str:
        """Change the window, or end it."""
        common: dict[str, Any] = {"version": self.version, "actor": self.request.user}
        if "end_now" in self.request.POST:
            end_window(reason=form.cleaned_data["reason"], **common)
            return _("The window is closed. The reason is shown in public.")
        change_window(**common, **form.cleaned_data)
        return _("The window was changed. The reason is shown in public.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add what was changed before."""
        assert self.version is not None  # noqa: S101  # loaded before
        history = window_history(self.version).select_related("user")
        return super().get_context_data(changes=history.reverse()[:CHANGES_SHOWN], **kwargs)


def newest_gate(request: HttpRequest, page_id: int) -> HttpResponse:
    """Redirect to the gate of a page's newest version."""
    return _to_newest(request, page_id, "synopse_versions:gate")


def newest_changes(request: HttpRequest, page_id: int) -> HttpResponse:
    """Redirect to the changes of a page's newest version."""
    return _to_newest(request, page_id, "synopse_versions:changes")


def _to_newest(request: HttpRequest, page_id: int, name: str) -> HttpResponse:
    page = get_object_or_404(Page, pk=page_id)
    permissions.require(request.user, "view_versions", page)
    newest = Version.objects.newest_of(page)
    if newest is None:
        messages.warning(request, _("This page has no version yet. Publishing makes the first."))
        return redirect("synopse_versions:page", page.pk)
    return redirect(name, newest.pk)


def _count_of(model: type[Passage | Change]) -> Subquery:
    rows = model.objects.filter(version=OuterRef("pk")).order_by().values("version")
    return Subquery(rows.annotate(number=Count("pk")).values("number"))
