"""Submissions and what the bodies decided, in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from versioning import permissions
from versioning.admin.base import PER_PAGE, FormView
from versioning.forms import DecisionForm, PlanForm
from versioning.models import GateStep, Submission, Version
from versioning.services.decisions import plan_steps, record_decision

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse


class SubmissionsView(WagtailAdminTemplateMixin, View):
    """Everything that was handed over."""

    template_name = "versioning/admin/submissions.html"
    page_title = gettext_lazy("Submissions")
    header_icon = "tasks"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the submissions whose pages the user may see versions of."""
        found = Submission.objects.select_related("version__page", "version__locale")
        allowed = [
            submission
            for submission in found
            if permissions.can(request.user, "view_versions", submission.version.page)
        ]
        paginator = Paginator(allowed, PER_PAGE)
        listed = paginator.get_page(request.GET.get("p"))
        return self.render_to_response(
            self.get_context_data(
                listed=listed,
                elided_page_range=paginator.get_elided_page_range(listed.number),
                waiting=self.waiting(),
            )
        )

    def waiting(self) -> list[Version]:
        """Return the newest version of each page, where it has not been handed over."""
        newest = Version.objects.awaiting_submission().select_related("page", "locale")
        found = newest.order_by("-published_at")[:PER_PAGE]
        return [v for v in found if permissions.can(self.request.user, "view_versions", v.page)]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the home of the admin to here."""
        return [*self.breadcrumbs_items, {"url": "", "label": _("Submissions")}]


class SubmissionView(FormView):
    """One submission: its steps, and a form for the planned dates."""

    template_name = "versioning/admin/submission.html"
    page_title = gettext_lazy("Submission")
    header_icon = "tasks"
    submit_label = gettext_lazy("Save planned dates")
    submission: Submission

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the submission."""
        self.submission = get_object_or_404(
            Submission.objects.select_related("version__page", "version__locale"), pk=kwargs["pk"]
        )
        self.version = self.submission.version
        self.page = self.version.page

    def post(self, request: HttpRequest, **kwargs: int) -> HttpResponse:
        """Store the planned dates."""
        permissions.require(request.user, "record_decision", self.page)
        return super().post(request, **kwargs)

    def get_form(self, data: Any = None) -> forms.Form:  # noqa: ANN401  # a QueryDict or None
        """Return a date for each step that is still open."""
        return PlanForm(data, submission=self.submission)

    def perform(self, form: forms.Form) -> str:
        """Store the planned dates."""
        plan_steps(
            submission=self.submission,
            planned=form.planned(),  # type: ignore[attr-defined]  # a PlanForm
            actor=self.request.user,  # type: ignore[arg-type]  # signed in
        )
        return _("The planned dates were saved. They are shown in public.")

    def success_url(self) -> str:
        """Stay here."""
        return self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the submission and its steps."""
        return super().get_context_data(
            submission=self.submission, steps=self.submission.steps.order_by("position"), **kwargs
        )


class DecisionView(FormView):
    """What one body decided."""

    action = "record_decision"
    page_title = gettext_lazy("Decision")
    header_icon = "tasks"
    submit_label = gettext_lazy("Record the decision")
    step: GateStep

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the step."""
        self.step = get_object_or_404(
            GateStep.objects.select_related("submission__version__page"), pk=kwargs["pk"]
        )
        self.version = self.step.submission.version
        self.page = self.version.page

    def get_form(self, data: Any = None) -> forms.Form:  # noqa: ANN401  # a QueryDict or None
        """Return the form with what is recorded."""
        return DecisionForm(data, initial=self.initial(), step=self.step)

    def get_page_subtitle(self) -> str:
        """Name the body."""
        return self.step.body

    def initial(self) -> dict[str, Any]:
        """Return what is recorded."""
        names = ("outcome", "decided_on", "reference", "note")
        return {name: getattr(self.step, name) for name in names}

    def perform(self, form: forms.Form) -> str:
        """Record the decision."""
        record_decision(step=self.step, actor=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]  # signed in
        return _("The decision was recorded. It is shown in public.")

    def success_url(self) -> str:
        """Return to the submission."""
        return reverse("synopse_versions:submission", args=[self.step.submission_id])
