"""The desk of the moderators: what waits, for how long, by whom, and who acted last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import (
    BulkActionsCheckboxColumn,
    Column,
    DateColumn,
    StatusTagColumn,
    TitleColumn,
)
from wagtail.admin.views.generic.base import BaseListingView

from annotations.admin.filters import PageFilter, pages_of
from annotations.admin.links import NAMESPACE, annotation_url
from annotations.admin.scope import may_moderate, scope_of
from annotations.models import Annotation, ModerationEvent, State
from annotations.presentation.cards import shortened
from annotations.services.watching import word_list

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase
    from wagtail.admin.ui.tables import BaseColumn

    from annotations.queries import AnnotationQuerySet
    from annotations.services.watching import WordList

PER_PAGE = 30
WORDS = 600
ALL = "all"
STATES = [
    *((state.value, state.label) for state in State if state != State.UNCONFIRMED),
    (ALL, gettext_lazy("All")),
]


class DeskFilterSet(WagtailFilterSet):
    """State and document; without a choice it is what waits."""

    state = django_filters.ChoiceFilter(
        method="filter_state",
        choices=STATES,
        label=gettext_lazy("State"),
        widget=forms.RadioSelect,
        empty_label=None,
        initial=State.PENDING,
    )
    page = PageFilter(field_name="version__page", queryset=pages_of, label=gettext_lazy("Document"))

    class Meta:
        model = Annotation
        fields: list[str] = []

    def filter_state(
        self, queryset: AnnotationQuerySet, _name: str, value: str
    ) -> AnnotationQuerySet:
        """Choose by state."""
        return queryset if value == ALL else queryset.filter(state=value)


class ContributionColumn(TitleColumn):
    """The words with those of the list marked, and who wrote them."""

    cell_template_name = "annotations/admin/desk_cell.html"

    def __init__(self, *args: Any, words: WordList, **kwargs: Any) -> None:  # noqa: ANN401  # Wagtail's signature
        """Keep the list of words."""
        super().__init__(*args, **kwargs)
        self.words = words

    def get_cell_context_data(self, instance: Annotation, parent_context: Any) -> dict[str, Any]:  # noqa: ANN401  # Wagtail's signature
        """Add what the cell shows."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        context["pieces"] = self.words.marked(shortened(instance.comment, WORDS))
        context["proposed"] = self.words.marked(shortened(instance.proposed, WORDS))
        context["found"] = self.words.found_in(instance)
        return context


class WaitsColumn(Column):
    """For how long something waits."""

    cell_template_name = "annotations/admin/waits_cell.html"

    def get_value(self, instance: Annotation) -> str:
        """Say how long; only of what waits."""
        return timesince(instance.since, depth=1) if instance.state == State.PENDING else ""


class DeskView(BaseListingView):
    """Contributions and replies: what waits by age, the oldest first; all else newest first."""

    model = Annotation
    template_name = "annotations/admin/desk.html"
    results_template_name = "annotations/admin/desk_results.html"
    page_title = gettext_lazy("Moderation")
    header_icon = "view"
    index_url_name = f"{NAMESPACE}:desk"
    index_results_url_name = f"{NAMESPACE}:desk_results"
    filterset_class = DeskFilterSet
    is_searchable = True
    search_fields = ["comment", "exact", "proposed", "user_name"]
    search_backend_name = None
    default_ordering = "since"
    paginate_by = PER_PAGE
    verbose_name_plural = gettext_lazy("annotations")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  # Django's signature
        """Let in moderators."""
        if not may_moderate(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The columns, with boxes to choose rows for one act."""
        return [
            BulkActionsCheckboxColumn("choice", obj_type="annotation"),
            ContributionColumn(
                "contribution",
                label=gettext_lazy("Contribution"),
                accessor="pk",
                get_url=lambda row: annotation_url(row.root_id or row.pk) + row.place_in_thread,
                get_title_id=lambda row: f"annotation_{row.pk}_title",
                words=word_list(),
            ),
            DateColumn("created_at", label=gettext_lazy("Date")),
            WaitsColumn("waits", label=gettext_lazy("Waits for"), sort_key="since"),
            StatusTagColumn(
                "state",
                label=gettext_lazy("State"),
                accessor="get_state_display",
                primary=lambda row: row.state == State.PENDING,
            ),
            Column("last", label=gettext_lazy("Last act"), accessor=_last_act),
            Column("version", label=gettext_lazy("Document"), accessor="version"),
        ]

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """Choose what waits where nothing is chosen."""
        data = self.request.GET.copy()
        data.setdefault("state", State.PENDING)
        return {**super().get_filterset_kwargs(), "data": data}

    def get_base_queryset(self) -> AnnotationQuerySet:
        """Return everything that was confirmed, with since when it waits and who acted last."""
        acts = ModerationEvent.objects.filter(annotation=OuterRef("pk")).order_by("-at", "-pk")
        held = acts.filter(after=State.PENDING)
        return (
            scope_of(self.request)
            .rows()
            .select_related("version__page", "locale")
            .annotate(
                since=Coalesce(Subquery(held.values("at")[:1]), "confirmed_at"),
                acted_at=Subquery(acts.values("at")[:1]),
                acted_by=Subquery(acts.values("by__username")[:1]),
            )
        )

    def filter_queryset(self, queryset: AnnotationQuerySet) -> AnnotationQuerySet:
        """Apply the filters; a choice that is none shows what waits."""
        rows: AnnotationQuerySet = super().filter_queryset(queryset)
        is_valid = self.filters and self.filters.is_valid()
        return rows if is_valid else rows.filter(state=State.PENDING)

    def get_ordering(self) -> str:
        """Begin with the newest where another state than what waits is chosen."""
        chosen = self.request.GET.get("state", State.PENDING)
        if chosen != State.PENDING and "ordering" not in self.request.GET:
            return f"-{self.default_ordering}"
        ordering: str = super().get_ordering()
        return ordering

    def order_queryset(self, queryset: AnnotationQuerySet) -> AnnotationQuerySet:
        """Keep rows of the same moment in a fixed order."""
        return queryset.order_by(self.ordering, "pk")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add how much waits, and since when."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context["waiting"] = self._waiting()
        context["app_label"] = Annotation._meta.app_label
        context["model_name"] = Annotation._meta.model_name
        return context

    def _waiting(self) -> str:
        rows = self.get_base_queryset().filter(state=State.PENDING).order_by()
        numbers = rows.aggregate(number=Count("pk"), oldest=Min("since"))
        if not numbers["number"]:
            return _("Nothing waits for moderation.")
        return ngettext(
            "%(number)d contribution waits for moderation, for %(time)s.",
            "%(number)d contributions wait for moderation, the oldest for %(time)s.",
            numbers["number"],
        ) % {"number": numbers["number"], "time": timesince(numbers["oldest"], depth=1)}


def _last_act(row: Annotation) -> str:
    if row.acted_at is None:
        return "–"
    at = date_format(localtime(row.acted_at), "SHORT_DATETIME_FORMAT")
    return f"{row.acted_by or _('automatically')}, {at}"
