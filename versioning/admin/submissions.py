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
from versioning.admin.standing import standing_of, waiting_words
from versioning.forms import DecisionForm, DocumentForm, PlanForm
from versioning.models import GateStep, Submission, Version
from versioning.services.decisions import plan_steps, record_decision, refusal_of
from versioning.services.documents import add_document
from versioning.services.progress import Progress, chains_of, follower_of, path_of, progress_of

if TYPE_CHECKING:
    from django import forms
    from django.core.exceptions import ValidationError
    from django.core.paginator import Page as ListPage
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


class SubmissionsView(WagtailAdminTemplateMixin, View):
    """Everything that was handed over, and what waits for it."""

    template_name = "versioning/admin/submissions.html"
    page_title = gettext_lazy("Submissions")
    header_icon = "tasks"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the submissions whose pages the user may see versions of."""
        pages = permissions.pages_with_versions_for(request.user).order_by().values("pk")
        found = Submission.objects.filter(version__page__in=pages)
        listed = self.part(found.select_related("version").order_by("-submitted_at", "-pk"), "p")
        waiting = self.part(self.waiting(pages), "w")
        versions = [submission.version for submission in listed] + list(waiting)
        chains = chains_of({version.page_id for version in versions})
        known = {one.pk: one for chain in chains.values() for one in chain}
        of_chains = Version.objects.newest().filter(page__in=chains)
        newest = {version.page_id: version for version in of_chains}
        rows = [
            (known[one.pk], standing_of(known[one.pk], newest=newest.get(one.version.page_id)))
            for one in listed
        ]
        return self.render_to_response(
            self.get_context_data(
                listed=listed,
                rows=rows,
                waiting=waiting,
                waiting_rows=[(one, waiting_words(chains[one.page_id])) for one in waiting],
            )
        )

    def part(self, rows: QuerySet[Any], name: str) -> ListPage[Any]:
        """Return one page of a list, with the numbers that its navigation shows."""
        paginator = Paginator(rows, PER_PAGE)
        listed = paginator.get_page(self.request.GET.get(name))
        listed.elided = list(paginator.get_elided_page_range(listed.number))  # type: ignore[attr-defined]  # for the template
        return listed

    def waiting(self, pages: QuerySet[Any, Any]) -> QuerySet[Version]:
        """Return the newest version of each page, where it has not been handed over."""
        newest = Version.objects.awaiting_submission().filter(page__in=pages)
        return newest.select_related("page", "locale").order_by("-published_at", "-pk")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the home of the admin to here."""
        return [*self.breadcrumbs_items, {"url": "", "label": _("Submissions")}]


class SubmissionView(FormView):
    """One submission: where it stands, its bodies, and a form for what is planned."""

    template_name = "versioning/admin/submission.html"
    page_title = gettext_lazy("Submission")
    header_icon = "tasks"
    submit_label = gettext_lazy("Save what is planned")
    submission: Submission

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the submission among all of its text."""
        found = get_object_or_404(Submission.objects.select_related("version"), pk=kwargs["pk"])
        self.path = path_of(found)
        self.submission = next(one for one in self.path if one.pk == found.pk)
        self.version = self.submission.version
        self.page = self.version.page
        steps = self.submission.steps.select_related("responsible", "recorded_by")
        self.steps = list(steps.prefetch_related("documents__document").order_by("position"))

    def post(self, request: HttpRequest, **kwargs: int) -> HttpResponse:
        """Store what is planned."""
        permissions.require(request.user, "record_decision", self.page)
        return super().post(request, **kwargs)

    def get_form(self, data: Any = None) -> forms.Form:  # noqa: ANN401  # a QueryDict or None
        """Return fields for each body that has yet to decide on this version."""
        goes_on = progress_of(self.submission) in {Progress.UNDER_WAY, Progress.FINAL}
        is_newest = follower_of(self.submission) is None
        return PlanForm(data, steps=self.steps if goes_on and is_newest else [])

    def perform(self, form: forms.Form) -> str:
        """Store what is planned."""
        plan_steps(
            submission=self.submission,
            actor=self.request.user,  # type: ignore[arg-type]  # signed in
            **form.plan(),  # type: ignore[attr-defined]  # a PlanForm
        )
        return _("What is planned was saved. The days are shown in public.")

    def success_url(self) -> str:
        """Stay here."""
        return self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add where it stands, its bodies, and the other rounds."""
        newest = Version.objects.filter(page=self.page.pk).order_by("-number").first()
        return super().get_context_data(
            submission=self.submission,
            standing=standing_of(self.submission, newest=newest),
            rows=[self.row(step) for step in self.steps],
            path=[(one, standing_of(one, newest=newest)) for one in self.path],
            **kwargs,
        )

    def row(self, step: GateStep) -> dict[str, Any]:
        """Return a body, and why no decision of it can be recorded now."""
        refusal = refusal_of(step, steps=self.steps, following=follower_of(self.submission))
        return {"step": step, "refusal": " ".join(refusal.messages) if refusal else ""}


class StepView(FormView):
    """A page about one body on the way of a submission."""

    action = "record_decision"
    header_icon = "tasks"
    step: GateStep

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the step."""
        steps = GateStep.objects.select_related("submission__version__page", "recorded_by")
        self.step = get_object_or_404(steps, pk=kwargs["pk"])
        self.version = self.step.submission.version
        self.page = self.version.page

    def get_page_subtitle(self) -> str:
        """Name the body."""
        return self.step.body

    def success_url(self) -> str:
        """Return to the submission."""
        return reverse("synopse_versions:submission", args=[self.step.submission_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the step and the way back."""
        return super().get_context_data(step=self.step, back_url=self.success_url(), **kwargs)


class DecisionView(StepView):
    """What one body decided."""

    template_name = "versioning/admin/decision.html"
    page_title = gettext_lazy("Decision")
    meanwhile = False

    @property
    def submit_label(self) -> str:  # type: ignore[override]  # it depends on what is recorded
        """Say what the button does."""
        return _("Correct the decision") if self.step.outcome else _("Record the decision")

    def get_form(self, data: Any = None) -> DecisionForm:  # noqa: ANN401  # a QueryDict or None
        """Return the form with what is recorded."""
        files = self.request.FILES if data is not None else None
        return DecisionForm(data, files, initial=self.initial(), step=self.step)

    def initial(self) -> dict[str, Any]:
        """Return what is recorded."""
        names = ("outcome", "decided_on", "reference", "note")
        return {name: getattr(self.step, name) for name in names}

    def perform(self, form: forms.Form) -> str:
        """Record the decision."""
        record_decision(step=self.step, actor=self.request.user, **form.decision())  # type: ignore[arg-type, attr-defined]  # signed in, a DecisionForm
        return _("The decision was recorded. It is shown in public.")

    def refuse(self, form: forms.Form, error: ValidationError) -> None:
        """Show what was refused; of a record made meanwhile, both stand there."""
        if getattr(error, "code", "") == "meanwhile":
            self.load(pk=self.step.pk)
            self.meanwhile = True
            form.see(self.step)  # type: ignore[attr-defined]  # a DecisionForm
        super().refuse(form, error)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add why nothing can be recorded, and what is."""
        following = Submission.objects.filter(previous=self.step.submission_id)
        refusal = refusal_of(
            self.step,
            steps=list(self.step.submission.steps.all()),
            following=following.select_related("version").first(),
        )
        return super().get_context_data(
            refusal=" ".join(refusal.messages) if refusal else "",
            meanwhile=self.meanwhile,
            documents=list(self.step.documents.select_related("document")),
            **kwargs,
        )


class DecisionDocumentView(StepView):
    """A document that comes after its decision was recorded."""

    page_title = gettext_lazy("Add a document")
    submit_label = gettext_lazy("Add the document")

    def get_form(self, data: Any = None) -> DocumentForm:  # noqa: ANN401  # a QueryDict or None
        """Return the form."""
        return DocumentForm(data, self.request.FILES if data is not None else None)

    def perform(self, form: forms.Form) -> str:
        """Add the document."""
        (document,) = form.documents()  # type: ignore[attr-defined]  # a DocumentForm
        made = add_document(step=self.step, document=document, actor=self.request.user)  # type: ignore[arg-type]  # signed in
        return _("“%(title)s” was added to the decision. It is public now.") % {"title": made.title}
