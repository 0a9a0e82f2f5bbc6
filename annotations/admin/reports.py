"""Reports and appeals in the admin: what is open, for how long, and the decisions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from annotations.admin import links
from annotations.admin.base import add_errors, base_url
from annotations.admin.forms import DecisionForm, HidingDecisionForm
from annotations.admin.links import NAMESPACE
from annotations.models import Annotation, Appeal, Report, ReportReason
from annotations.permissions import can_decide_reports
from annotations.presentation.cards import shortened
from annotations.services.deciding import (
    VISIBLE,
    decide_appeal,
    decide_report,
    has_decided_before,
    open_alike,
)
from annotations.services.states import HIDDEN_STATES

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse, HttpResponseBase
    from wagtail.admin.ui.tables import BaseColumn

OPEN = "open"
STATES = [
    (OPEN, gettext_lazy("Open")),
    ("upheld", gettext_lazy("Upheld")),
    ("not_upheld", gettext_lazy("Not upheld")),
    ("all", gettext_lazy("All")),
]
WORDS = 160
PER_PAGE = 30


def state_of(row: Report | Appeal) -> str:
    """Return whether something is open, upheld or not."""
    if row.decided_at is None:
        return _("Open")
    return _("Upheld") if row.is_upheld else _("Not upheld")


def _about(report: Report) -> str:
    if report.annotation is None:
        return report.url
    return f"{report.annotation.user_name}: {shortened(report.annotation.comment, WORDS)}"


def _appeal_title(appeal: Appeal) -> str:
    if appeal.report is not None:
        return _("Of a reporter: %(number)s") % {"number": appeal.report.number}
    assert appeal.event is not None  # noqa: S101  # one of both
    return _("Of an author: %(name)s") % {"name": appeal.event.annotation.user_name}


class DecidedFilterSet(WagtailFilterSet):
    """What is open, or how it was decided; without a choice it is what is open."""

    state = django_filters.ChoiceFilter(
        method="filter_state",
        choices=STATES,
        label=gettext_lazy("State"),
        widget=forms.RadioSelect,
        empty_label=None,
        initial=OPEN,
    )

    class Meta:
        model = Appeal
        fields: list[str] = []

    def filter_state(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Choose by state."""
        if value == "all":
            return queryset
        if value == OPEN:
            return queryset.filter(decided_at=None)
        return queryset.filter(is_upheld=value == "upheld")


class ReportFilterSet(DecidedFilterSet):
    """State and reason."""

    reason = django_filters.ChoiceFilter(
        choices=ReportReason.choices,
        label=gettext_lazy("Reason"),
        widget=forms.RadioSelect,
        empty_label=gettext_lazy("All"),
    )

    class Meta:
        model = Report
        fields: list[str] = []


class DecidersOnly:
    """Lets in who may decide on reports; put it before a view."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  # Django's signature
        """Stop everybody else."""
        if not can_decide_reports(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of the view
        return response


class _DecidedListing(DecidersOnly, BaseListingView):
    """Reports or appeals, those that have waited longest first."""

    header_icon = "warning"
    default_ordering = "created_at"
    paginate_by = PER_PAGE
    is_searchable = False

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """Choose what is open where nothing is chosen."""
        data = self.request.GET.copy()
        data.setdefault("state", OPEN)
        return {**super().get_filterset_kwargs(), "data": data}

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep rows of the same moment in a fixed order."""
        return queryset.order_by(self.ordering, "pk")


def _columns() -> list[BaseColumn]:
    """Return the columns that reports and appeals share."""
    return [
        DateColumn("created_at", label=gettext_lazy("Received"), sort_key="created_at"),
        Column("waits", label=gettext_lazy("Waits for"), accessor=_waits),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=state_of,
            primary=lambda row: row.decided_at is None,
        ),
        Column("decided_by", label=gettext_lazy("Decided by"), accessor=_decider),
    ]


def _waits(row: Report | Appeal) -> str:
    return timesince(row.created_at, depth=1) if row.decided_at is None else "–"


def _decider(row: Report | Appeal) -> str:
    return row.decided_by.get_username() if row.decided_by else "–"


class ReportListingView(_DecidedListing):
    """What people have reported; who they are stands on the page of each."""

    model = Report
    page_title = gettext_lazy("Reported content")
    index_url_name = f"{NAMESPACE}:reports"
    index_results_url_name = f"{NAMESPACE}:reports_results"
    filterset_class = ReportFilterSet
    verbose_name_plural = gettext_lazy("reports")
    columns = [
        TitleColumn(
            "number",
            label=gettext_lazy("Number"),
            classname="w-whitespace-nowrap",
            get_url=lambda row: links.report_url(row.pk),
        ),
        Column("reason", label=gettext_lazy("Reason"), accessor="get_reason_display"),
        Column("about", label=gettext_lazy("About"), accessor=_about),
        *_columns(),
    ]

    def get_base_queryset(self) -> QuerySet[Report]:
        """Return reports with all that a row shows."""
        rows: QuerySet[Report] = super().get_base_queryset()
        return rows.select_related("annotation", "decided_by")

    @property
    def header_more_buttons(self) -> list[Button]:
        """The numbers of each year."""
        years = sorted({at.year for at in Report.objects.datetimes("created_at", "year")})
        return [
            Button(
                _("Numbers of %(year)d (%(form)s)") % {"year": year, "form": form.upper()},
                links.numbers_url(year, form),
                icon_name="download",
            )
            for year in reversed(years)
            for form in ("csv", "xlsx")
        ]


class AppealListingView(_DecidedListing):
    """Appeals of authors and of reporters."""

    model = Appeal
    page_title = gettext_lazy("Appeals")
    index_url_name = f"{NAMESPACE}:appeals"
    index_results_url_name = f"{NAMESPACE}:appeals_results"
    filterset_class = DecidedFilterSet
    verbose_name_plural = gettext_lazy("appeals")
    columns = [
        TitleColumn(
            "about",
            label=gettext_lazy("Appeal"),
            accessor=_appeal_title,
            get_url=lambda row: links.appeal_url(row.pk),
        ),
        Column("text", label=gettext_lazy("Why"), accessor=lambda row: shortened(row.text, WORDS)),
        *_columns(),
    ]

    def get_base_queryset(self) -> QuerySet[Appeal]:
        """Return appeals with all that a row shows."""
        rows: QuerySet[Appeal] = super().get_base_queryset()
        return rows.select_related("event__annotation", "report", "decided_by")


class DecisionView(DecidersOnly, WagtailAdminTemplateMixin, FormView, ABC):
    """What is to be decided, and the form that decides it."""

    header_icon = "warning"
    row: Report | Appeal
    annotation: Annotation | None = None
    hides = False
    """Whether a contribution is hidden where the decision is yes."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Find what the address names."""
        super().setup(request, *args, **kwargs)
        if can_decide_reports(request.user):
            self.load(kwargs["pk"])

    @abstractmethod
    def load(self, pk: int) -> None:
        """Find what is to be decided."""

    @abstractmethod
    def decide(self, **values: Any) -> Report | Appeal:  # noqa: ANN401  # of the form
        """Call the service."""

    def get_form_class(self) -> type[DecisionForm]:
        """Ask for the reasons where something would be hidden."""
        return HidingDecisionForm if self.hides else DecisionForm

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the listing to here."""
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, self.above(), here]

    @abstractmethod
    def above(self) -> dict[str, Any]:
        """Return the breadcrumb of the listing."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add what is decided on."""
        return super().get_context_data(
            row=self.row,
            state=state_of(self.row),
            annotation=self.annotation,
            annotation_url=links.annotation_url(self.annotation.root_id or self.annotation.pk)
            if self.annotation
            else "",
            hides=self.hides,
            can_decide=self.can_decide(),
            back_url=self.above()["url"],
            **kwargs,
        )

    def can_decide(self) -> bool:
        """Tell whether the person may decide on this, and nobody has."""
        return self.row.decided_at is None

    def form_invalid(self, form: DecisionForm) -> HttpResponse:
        """Say that somebody was quicker, where the page shows that decision and no form."""
        if self.row.decided_at is not None:
            message = _("Somebody else has decided on this meanwhile. Your decision is not stored.")
            messages.error(self.request, message)
        response: HttpResponse = super().form_invalid(form)
        return response

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        """Call the service; what it refuses stands at the fields."""
        try:
            self.decide(actor=self.request.user, base_url=base_url(self.request), **form.values())
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _("The decision is stored, and who asked for it is told."))
        return redirect(self.above()["url"])


class ReportView(DecisionView):
    """A report, with who sent it."""

    template_name = "annotations/admin/report.html"
    page_title = gettext_lazy("Report")
    row: Report

    def load(self, pk: int) -> None:
        """Find the report."""
        self.row = found_or_404(Report, pk)
        self.annotation = self.row.annotation
        self.hides = self.annotation is not None and self.annotation.state in VISIBLE

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tell how many others mean the same contribution."""
        return {**super().get_form_kwargs(), "others": open_alike(self.row).count()}

    def get_page_subtitle(self) -> str:
        """Name the report."""
        return self.row.number

    def above(self) -> dict[str, Any]:
        """Lead over the reports."""
        return {"url": links.reports_url(), "label": _("Reported content")}

    def decide(self, **values: Any) -> Report:  # noqa: ANN401  # of the form
        """Call the service."""
        return decide_report(report=self.row, **values)


class AppealView(DecisionView):
    """An appeal, with the decision that it is against."""

    template_name = "annotations/admin/appeal.html"
    page_title = gettext_lazy("Appeal")
    row: Appeal

    def load(self, pk: int) -> None:
        """Find the appeal."""
        self.row = found_or_404(Appeal, pk)
        report, event = self.row.report, self.row.event
        self.annotation = report.annotation if report else event.annotation if event else None
        is_visible = self.annotation is not None and self.annotation.state in VISIBLE
        self.hides = report is not None and is_visible

    def get_page_subtitle(self) -> str:
        """Say whose it is."""
        return _appeal_title(self.row)

    def above(self) -> dict[str, Any]:
        """Lead over the appeals."""
        return {"url": links.appeals_url(), "label": _("Appeals")}

    def can_decide(self) -> bool:
        """Leave it to somebody else than the one who decided first."""
        return super().can_decide() and not has_decided_before(self.row, self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add why somebody may not decide."""
        is_own = self.row.decided_at is None and not self.can_decide()
        hidden = self.annotation is not None and self.annotation.state in HIDDEN_STATES
        shows = hidden and self.row.event is not None
        return super().get_context_data(is_own=is_own, shows=shows, **kwargs)

    def decide(self, **values: Any) -> Appeal:  # noqa: ANN401  # of the form
        """Call the service."""
        return decide_appeal(appeal=self.row, **values)


def found_or_404(model: Any, pk: int) -> Any:  # noqa: ANN401  # reports or appeals
    """Return a row by its key.

    Raises:
        Http404: There is none.
    """
    related = {
        Report: ("annotation__version__page", "annotation__locale", "decided_by"),
        Appeal: (
            "report__annotation__version__page",
            "report__decided_by",
            "event__annotation__version__page",
            "event__by",
            "event__report",
            "decided_by",
        ),
    }[model]
    try:
        found = model.objects.select_related(*related).filter(pk=pk).first()
    except OverflowError:
        found = None
    if found is None:
        raise Http404
    return found


def open_counts() -> dict[str, int]:
    """Count what is open, for the first page of the admin."""
    return {
        "reports": Report.objects.filter(decided_at=None).count(),
        "appeals": Appeal.objects.filter(decided_at=None).count(),
    }
