"""The columns of our listings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import (
    BulkActionsCheckboxColumn,
    Column,
    DateColumn,
    StatusTagColumn,
    TitleColumn,
)

from annotations.admin.links import annotation_url
from annotations.models import PlacementState, State
from annotations.presentation.cards import shortened

if TYPE_CHECKING:
    from wagtail.admin.ui.tables import BaseColumn

    from annotations.models import Annotation, Assignment, Placement

WORDS = 160
QUOTE = 90


def answer_label(annotation: Annotation) -> str:
    """Return the outcome, or why there is none."""
    if annotation.is_reply:
        return ""
    disposition = annotation.disposition
    if disposition is None:
        return _("open")
    if disposition.missing:
        return _("open again: the words are missing")
    return str(disposition.get_outcome_display())


def is_open(annotation: Annotation) -> bool:
    """Tell whether an annotation waits for an answer."""
    if annotation.is_reply or annotation.state in {State.SPAM, State.ILLEGAL, State.WITHDRAWN}:
        return False
    return annotation.disposition is None or annotation.disposition.missing


def newest_place(annotation: Annotation) -> Placement | None:
    """Return where an annotation stands on the newest version, None where it was written on it."""
    places: list[Placement] = annotation.newest_placements  # prefetched by the listing
    return places[0] if places else None


class AnnotationColumn(TitleColumn):
    """First words, quote, author, kind and document."""

    cell_template_name = "annotations/admin/annotation_cell.html"

    def get_cell_context_data(self, instance: Annotation, parent_context: Any) -> dict[str, Any]:  # noqa: ANN401  # Wagtail's signature
        """Add what the cell shows."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        context["words"] = shortened(instance.comment, WORDS)
        context["quote"] = shortened(instance.exact, QUOTE)
        return context


class PassageColumn(Column):
    """The number of the passage, and where it stands now."""

    cell_template_name = "annotations/admin/passage_cell.html"

    def get_cell_context_data(self, instance: Annotation, parent_context: Any) -> dict[str, Any]:  # noqa: ANN401  # Wagtail's signature
        """Add then and now."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        place = newest_place(instance)
        context["number"] = instance.passage.number or _("without number")
        context["place"] = place
        if place is not None:
            context["is_waiting"] = place.state == PlacementState.MANUAL and not place.passage_id
        return context


class AnswerColumn(StatusTagColumn):
    """The outcome, marked where an annotation waits for one."""

    def __init__(self) -> None:
        """Name the column."""
        super().__init__(
            "answer",
            label=gettext_lazy("Disposition"),
            accessor=lambda row: answer_label(row) if is_open(row) or row.disposition else "–",
            primary=is_open,
        )


def assignment_label(annotation: Annotation) -> str:
    """Return office and day, or nothing."""
    held: Assignment | None = getattr(annotation, "assignment", None)
    if held is None:
        return "–"
    if held.due_on is None:
        return held.office.name
    day = date_format(held.due_on, "SHORT_DATE_FORMAT")
    return _("%(office)s, until %(day)s") % {"office": held.office.name, "day": day}


def columns_of_annotations(*, choosable: bool, within: str) -> list[BaseColumn]:
    """Return the columns of the listing.

    Args:
        choosable: Whether several rows can be chosen for one act.
        within: Query of the listing, which the links to its rows carry.
    """
    columns: list[BaseColumn] = [
        AnnotationColumn(
            "annotation",
            label=gettext_lazy("Annotation"),
            accessor="pk",
            get_url=lambda row: annotation_url(row.pk, within=within),
            get_title_id=lambda row: f"annotation_{row.pk}_title",
        ),
        PassageColumn(
            "passage",
            label=gettext_lazy("Passage"),
            accessor="passage.number",
            sort_key="place",
            ascending_title_text=gettext_lazy("Order by the place in the text"),
            descending_title_text=gettext_lazy("Order by the place in the text, last first"),
        ),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor="get_state_display",
            primary=lambda row: row.state == State.PENDING,
        ),
        AnswerColumn(),
        Column(
            "support",
            label=gettext_lazy("Supporters"),
            accessor="support_count",
            sort_key="support_count",
        ),
        Column("assignment", label=gettext_lazy("Assigned to"), accessor=assignment_label),
        DateColumn("created_at", label=gettext_lazy("Date"), sort_key="created_at"),
    ]
    if choosable:
        columns.insert(0, BulkActionsCheckboxColumn("choice", obj_type="annotation"))
    return columns
