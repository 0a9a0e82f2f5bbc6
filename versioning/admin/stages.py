"""After the resolution: the next stage, and the records to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from versioning.admin.base import FormView, VersionAdminView
from versioning.exports.records import internal_pieces
from versioning.services.continuing import begin_next_stage
from versioning.services.progress import final_version
from versioning.views.downloads import records_response

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class NextStageForm(forms.Form):
    """The title of the next stage."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        help_text=gettext_lazy(
            "The new page stands beside this one as a draft. It has the resolved text; its first "
            "version is compared with it."
        ),
    )


class NextStageView(FormView):
    """Begin the next stage with the text that was resolved."""

    action = "continue_text"
    template_name = "versioning/admin/next_stage.html"
    page_title = gettext_lazy("Begin the next stage")
    header_icon = "copy"
    form_class = NextStageForm
    submit_label = gettext_lazy("Begin the next stage")
    new: Any = None

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the page."""
        self.page = get_object_or_404(
            Page.objects.filter(synopse_versions__isnull=False).distinct(), pk=kwargs["page_id"]
        )

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the page tree over the page's versions to here."""
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def perform(self, form: forms.Form) -> str:
        """Make the new page."""
        self.new = begin_next_stage(
            page=self.page,
            title=form.cleaned_data["title"],
            actor=self.request.user,  # type: ignore[arg-type]  # signed in
        )
        return _("“%(title)s” was made as a draft. It goes on from the resolved text.") % {
            "title": self.new.get_admin_display_title()
        }

    def success_url(self) -> str:
        """Lead to the editor of the new page."""
        return reverse("wagtailadmin_pages:edit", args=[self.new.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the final version, and the stages that were begun before."""
        begun = Page.objects.filter(synopse_continuation__version__page=self.page.pk)
        return super().get_context_data(
            final=final_version(self.page.pk), begun=begun.order_by("pk")[:20], **kwargs
        )


class RecordsView(VersionAdminView):
    """Everything that was done about a text, as a file."""

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the page."""
        self.page = get_object_or_404(Page, pk=kwargs["page_id"])

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponseBase:  # type: ignore[override]  # a stream
        """Hand out the file."""
        response = records_response(internal_pieces(self.page), self.page)
        response["Cache-Control"] = "no-store"
        return response
