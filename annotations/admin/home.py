"""What waits, on the first page of the admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from annotations.admin.links import appeals_url, desk_url, listing_url, reports_url
from annotations.admin.reports import open_counts
from annotations.admin.scope import newest_versions, scope_of
from annotations.models import Placement, PlacementState, State

if TYPE_CHECKING:
    from django.http import HttpRequest

    from annotations.admin.scope import Scope

MAX_PAGES = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits on one page; each number leads to its listing."""

    page: Page
    open: int
    pending: int
    unplaced: int

    @property
    def open_url(self) -> str:
        """The annotations without an answer."""
        return listing_url(page=self.page.pk, answer="open")

    @property
    def pending_url(self) -> str:
        """What waits for moderation, replies too."""
        return desk_url(page=self.page.pk, state=State.PENDING)

    @property
    def unplaced_url(self) -> str:
        """The annotations that a person has to place."""
        return listing_url(page=self.page.pk, place=PlacementState.MANUAL)


class WaitingPanel(Component):
    """Open annotations, what waits for moderation, places to choose: page by page."""

    name = "synopse_waiting"
    template_name = "annotations/admin/home_panel.html"
    order = 120

    class Media:
        css = {"all": ["annotations/admin.css"]}

    def __init__(self, request: HttpRequest) -> None:
        """Look for whom the panel is."""
        self.scope = scope_of(request)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:  # noqa: ANN401  # Wagtail's signature
        """Count what the person can do something about."""
        return {"waiting": waiting_of(self.scope), "all_url": listing_url()}


class ReportsPanel(Component):
    """How many reports and appeals are open."""

    name = "synopse_reports"
    template_name = "annotations/admin/reports_panel.html"
    order = 119

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:  # noqa: ANN401  # Wagtail's signature
        """Count them; each number leads to its listing."""
        return {**open_counts(), "reports_url": reports_url(), "appeals_url": appeals_url()}


def waiting_of(scope: Scope) -> list[Waiting]:
    """Return the pages on which something waits, in four queries."""
    rows = scope.rows().filter(version__page__in=scope.full).order_by()
    places = Placement.objects.filter(
        annotation=OuterRef("pk"),
        version__in=newest_versions().values("pk"),
        state=PlacementState.MANUAL,
        passage=None,
    )
    numbers = {
        "open": _per_page(rows.undisposed()),
        "pending": _per_page(rows.filter(state=State.PENDING)),
        "unplaced": _per_page(rows.roots().filter(Exists(places))),
    }
    keys = {page for counts in numbers.values() for page in counts}
    pages = Page.objects.filter(pk__in=keys).select_related("locale").order_by("title", "pk")
    return [
        Waiting(page, **{name: counts.get(page.pk, 0) for name, counts in numbers.items()})
        for page in pages[:MAX_PAGES]
    ]


def _per_page(rows: Any) -> dict[int, int]:  # noqa: ANN401  # a queryset of a manager without types
    counted = rows.values("version__page").annotate(number=Count("pk"))
    return {row["version__page"]: row["number"] for row in counted}
