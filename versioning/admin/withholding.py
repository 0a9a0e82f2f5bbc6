"""The passages of a version in Wagtail's admin, and the form that withholds one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from versioning.admin.base import FormView, VersionAdminView
from versioning.forms import WithholdForm
from versioning.models import Passage
from versioning.services.withholding import withhold_passage

if TYPE_CHECKING:
    from django import forms


class PassagesView(VersionAdminView):
    """The passages of a version, each with its words or why they left."""

    template_name = "versioning/admin/passages.html"
    page_title = gettext_lazy("Passages")
    header_icon = "list-ul"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add one page of passages in their order."""
        passages = Passage.objects.filter(version=self.version).order_by("position")
        return super().get_context_data(**self.listed(passages), **kwargs)


class WithholdView(FormView):
    """Take the words of one passage away, for good and with a public ground."""

    action = "withhold"
    template_name = "versioning/admin/withhold.html"
    page_title = gettext_lazy("Withhold a passage")
    header_icon = "lock"
    form_class = WithholdForm
    submit_label = gettext_lazy("Withhold for good")
    passage: Passage

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the passage and its version."""
        self.passage = get_object_or_404(
            Passage.objects.select_related("version__page", "version__locale"), pk=kwargs["pk"]
        )
        self.version = self.passage.version
        self.page = self.version.page

    def perform(self, form: forms.Form) -> str:
        """Withhold the words."""
        withheld = withhold_passage(
            passage=self.passage,
            ground=form.cleaned_data["ground"],
            actor=self.request.user,  # type: ignore[arg-type]  # signed in
        )
        text = ngettext(
            "The words were withheld in %(number)d place. The ground is shown in public there.",
            "The words were withheld in %(number)d places. The ground is shown in public there.",
            len(withheld),
        )
        return text % {"number": len(withheld)}

    def success_url(self) -> str:
        """Return to the passages of the version."""
        return reverse("synopse_versions:passages", args=[self.passage.version_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the passage."""
        return super().get_context_data(passage=self.passage, back_url=self.success_url(), **kwargs)
