"""The listing of annotations: what people wrote, what became of it, what waits."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import Button, HeaderButton

from annotations.admin.filters import AnnotationFilterSet, to_be_placed, with_position
from annotations.admin.links import NAMESPACE, enter_url, listing_url
from annotations.admin.lists import own_list
from annotations.admin.progress import numbers_of, progress_of
from annotations.admin.saving import shown_to
from annotations.admin.scope import may_open, newest_versions, scope_of
from annotations.admin.tables import columns_of_annotations
from annotations.models import Annotation, Placement, PlacementState, State

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase
    from wagtail.admin.ui.tables import BaseColumn

    from annotations.queries import AnnotationQuerySet

PER_PAGE = 30


class AnnotationListingView(BaseListingView):
    """Annotations of all pages that somebody may see, newest first."""

    model = Annotation
    template_name = "annotations/admin/listing.html"
    results_template_name = "annotations/admin/listing_results.html"
    page_title = gettext_lazy("Annotations")
    header_icon = "comment"
    index_url_name = f"{NAMESPACE}:index"
    index_results_url_name = f"{NAMESPACE}:index_results"
    filterset_class = AnnotationFilterSet
    is_searchable = True
    search_fields = ["comment", "exact", "proposed", "user_name"]
    search_backend_name = None
    default_ordering = "-created_at"
    paginate_by = PER_PAGE
    verbose_name_plural = gettext_lazy("annotations")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  # Django's signature
        """Let in who may see annotations at all."""
        if not may_open(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to enter what came elsewhere, for those who may; of a document where one is."""
        disposable = scope_of(self.request).disposable
        if not disposable:
            return []
        page = self.request.GET.get("page", "")
        chosen = {str(key): key for key in disposable}.get(page)
        url = enter_url(chosen)
        return [HeaderButton(_("Enter a contribution"), url=url, icon_name="plus")]

    @property
    def header_more_buttons(self) -> list[Button]:
        """Lead to the reports."""
        url = reverse(f"{NAMESPACE}:disposition_reports")
        return [Button(_("Disposition reports"), url=url, icon_name="download", priority=10)]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The columns; with boxes to choose for those who can act."""
        choosable = bool(scope_of(self.request).disposable)
        return columns_of_annotations(choosable=choosable, within=own_list(self.request))

    def get_base_queryset(self) -> AnnotationQuerySet:
        """Return what the person may see, with all that a row shows."""
        places = Placement.objects.filter(version__in=newest_versions().values("pk"))
        return (
            scope_of(self.request)
            .rows()
            .select_related("version__page", "passage", "disposition", "assignment__office")
            .prefetch_related(
                Prefetch(
                    "placements",
                    queryset=places.select_related("passage", "version"),
                    to_attr="newest_placements",
                )
            )
        )

    def filter_queryset(self, queryset: AnnotationQuerySet) -> AnnotationQuerySet:
        """Apply the filters; without any of them replies are left out all the same."""
        rows: AnnotationQuerySet = super().filter_queryset(queryset)
        is_filtered = self.filters and self.filters.is_valid()
        return rows if is_filtered else rows.roots()

    def order_queryset(self, queryset: AnnotationQuerySet) -> AnnotationQuerySet:
        """Keep rows of the same moment in a fixed order, and those of one place together."""
        if self.ordering.endswith("place"):
            sign = self.ordering.removesuffix("place")
            names = ("version__page", f"{sign}at_position", f"{sign}start", f"{sign}pk")
            return with_position(queryset).order_by(*names)
        return queryset.order_by(self.ordering, "-pk")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add how many are answered, and what can be done with those chosen."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context["progress"] = self._progress()
        context |= shown_to(self.request)
        scope = scope_of(self.request)
        context["can_dispose"] = bool(scope.disposable)
        context["placing"] = progress_of(scope.pages)
        context["by_hand"] = to_be_placed(scope.rows().filter(version__page__in=scope.disposable))
        context["by_hand_url"] = listing_url(place=PlacementState.MANUAL)
        return context

    def _progress(self) -> dict[str, Any]:
        """Count what is answered of what is listed, whatever answer is chosen.

        Whoever works through what is open sees how far this is, not always nothing of the rest.
        """
        chosen = self.request.GET.copy()
        chosen.pop("answer", None)
        rows = listed_rows(self.request, chosen.urlencode())
        numbers = numbers_of(rows.order_by().prefetch_related(None))
        numbers["text"] = _("%(done)d of %(total)d annotations are answered.") % numbers
        return numbers


def listed_rows(request: HttpRequest, query: str) -> AnnotationQuerySet:
    """Return what the listing with a query shows to the person of a request, in its order."""
    asked = copy(request)
    asked.GET = QueryDict(query)
    view = AnnotationListingView()
    view.setup(asked)
    rows: AnnotationQuerySet = view.get_queryset()
    return rows


def waiting_in(request: HttpRequest, query: str) -> list[int]:
    """Return the keys of what a person may answer of the listing with a query, in its order."""
    rows = listed_rows(request, query).undisposed().exclude(state=State.PENDING)
    mine = rows.filter(version__page__in=scope_of(request).disposable)
    return list(mine.roots().prefetch_related(None).values_list("pk", flat=True))
