"""Versions, windows, gate and submissions in Wagtail's admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page
from wagtail.models import Page

from versioning import permissions
from versioning.forms import (
    DecisionForm,
    PlanForm,
    SubmitForm,
    WindowForm,
    add_errors,
)
from versioning.models import Change, GateStep, Passage, Submission, Version
from versioning.outlines import stored_among
from versioning.services.gate import (
    GateClosed,
    checklist,
    plan_steps,
    record_decision,
    submit_version,
)
from versioning.services.windows import change_window, end_window, window_history

if TYPE_CHECKING:
    from django import forms
    from django.core.paginator import Page as ListPage
    from django.http import HttpRequest, HttpResponse
    from django_stubs_ext import StrOrPromise

PER_PAGE = 100
CHANGES_SHOWN = 20


class VersionAdminView(WagtailAdminTemplateMixin, View):
    """A page of the admin about the versions of one page; asks for ``action`` first."""

    action = "view_versions"
    header_icon = "history"
    page: Page
    version: Version | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # Django's signature
        """Find what the page is about and check the permission."""
        self.load(**kwargs)
        permissions.require(request.user, self.action, self.page)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]  # View's union

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the version and its page."""
        self.version = get_object_or_404(
            Version.objects.select_related("page", "locale"), pk=kwargs["pk"]
        )
        self.page = self.version.page

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Show the page."""
        return self.render_to_response(self.get_context_data())

    def get_page_subtitle(self) -> str:
        """Name the version."""
        return self.version.name if self.version else self.page.get_admin_display_title()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the page tree over the page's versions to here."""
        items = get_breadcrumbs_items_for_page(self.page, self.request.user)
        items = items or [*self.breadcrumbs_items]
        url = reverse("synopse_versions:page", args=[self.page.pk])
        items.append({"url": url, "label": _("Versions")})
        return [*items, {"url": "", "label": self.get_page_title()}] if self.version else items

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the page and what the user may do."""
        may = {
            name: permissions.can(self.request.user, name, self.page) for name in permissions.RULES
        }
        return super().get_context_data(page=self.page, version=self.version, may=may, **kwargs)

    def listed(self, rows: Any) -> dict[str, Any]:  # noqa: ANN401  # a queryset or a list
        """Return one page of a list, as Wagtail's pagination wants it."""
        paginator = Paginator(rows, PER_PAGE)
        listed: ListPage[Any] = paginator.get_page(self.request.GET.get("p"))
        return {
            "listed": listed,
            "elided_page_range": paginator.get_elided_page_range(listed.number),
        }


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
        return super().get_context_data(**listed, **kwargs)


class FormView(VersionAdminView):
    """A page with one form that calls one service."""

    template_name = "versioning/admin/form.html"
    form_class: type[forms.Form]
    submit_label: StrOrPromise = gettext_lazy("Save")

    def post(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Call the service; show what it refuses at its field."""
        form = self.get_form(request.POST)
        if form.is_valid():
            try:
                done = self.perform(form)
            except ValidationError as error:
                self.refuse(form, error)
            else:
                messages.success(request, done)
                return redirect(self.success_url())
        return self.render_to_response(self.get_context_data(form=form))

    def get_form(self, data: Any = None) -> forms.Form:  # noqa: ANN401  # a QueryDict or None
        """Return the form, with what is stored where nothing was sent."""
        return self.form_class(data, initial=self.initial())

    def initial(self) -> dict[str, Any]:
        """Return what is stored."""
        return {}

    def perform(self, form: forms.Form) -> str:
        """Call the service and return a sentence that says what happened."""
        raise ValidationError(_("Nothing to do."))

    def refuse(self, form: forms.Form, error: ValidationError) -> None:
        """Show what the service refused."""
        add_errors(form, error)

    def success_url(self) -> str:
        """Return where to go afterwards."""
        return reverse("synopse_versions:page", args=[self.page.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the form."""
        form = kwargs.pop("form", None) or self.get_form()
        return super().get_context_data(
            form=form, media=form.media, submit_label=self.submit_label, **kwargs
        )


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


class GateView(FormView):
    """The checklist of a version, and the form that hands it over."""

    template_name = "versioning/admin/gate.html"
    page_title = gettext_lazy("Gate")
    header_icon = "tasks"
    form_class = SubmitForm
    submit_label = gettext_lazy("Hand over to the Senate")

    def post(self, request: HttpRequest, **kwargs: int) -> HttpResponse:
        """Hand the version over."""
        permissions.require(request.user, "submit_version", self.page)
        return super().post(request, **kwargs)

    def perform(self, form: forms.Form) -> str:
        """Hand the version over."""
        submission = submit_version(
            version=self.version,  # type: ignore[arg-type]  # loaded before
            actor=self.request.user,  # type: ignore[arg-type]  # signed in
            note=form.cleaned_data["note"],
            planned=form.planned(),  # type: ignore[attr-defined]  # a SubmitForm
        )
        return _(
            "%(name)s was handed over to the Senate. The public page of the submission shows it "
            "from now on."
        ) % {"name": submission.version.name}

    def refuse(self, form: forms.Form, error: ValidationError) -> None:
        """Say that it was refused; the checklist on the page names what is missing."""
        if isinstance(error, GateClosed):
            messages.error(
                self.request,
                _("Not handed over. Something is still missing: the list below names it."),
            )
            return
        super().refuse(form, error)

    def success_url(self) -> str:
        """Stay here: the page shows the submission now."""
        return self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the checklist or the submission."""
        submission = Submission.objects.filter(version=self.version).first()
        lines = [] if submission or self.version is None else checklist(self.version)
        return super().get_context_data(
            submission=submission,
            lines=lines,
            blocked=any(line.blocks for line in lines),
            **kwargs,
        )


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
        newer = Version.objects.filter(page=OuterRef("page"), number__gt=OuterRef("number"))
        newest = Version.objects.filter(~Exists(newer), submission=None, page__live=True)
        found = newest.select_related("page", "locale").order_by("-published_at")[:PER_PAGE]
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
    form_class = DecisionForm
    submit_label = gettext_lazy("Record the decision")
    step: GateStep

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the step."""
        self.step = get_object_or_404(
            GateStep.objects.select_related("submission__version__page"), pk=kwargs["pk"]
        )
        self.version = self.step.submission.version
        self.page = self.version.page

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
