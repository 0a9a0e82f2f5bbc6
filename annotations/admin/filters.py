"""The filters of the listing of annotations."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField
from wagtail.admin.filters import WagtailFilterSet
from wagtail.models import Locale, Page

from annotations.admin.scope import newest_versions, scope_of
from annotations.models import (
    Annotation,
    Motivation,
    Outcome,
    Placement,
    PlacementState,
    Source,
    State,
)
from annotations.presentation.cards import shortened
from annotations.services.assigning import offices
from versioning.models import Passage, Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import Group
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from annotations.queries import AnnotationQuerySet

ANSWERS = [("open", _("Open")), ("disposed", _("Answered")), *Outcome.choices]
STATES = [choice for choice in State.choices if choice[0] != State.UNCONFIRMED]
KINDS = [choice for choice in Motivation.choices if choice[0] != Motivation.REPLYING]
REPLIES = [("on", _("Include"))]
DUE = [("over", _("Overdue")), ("week", _("Within a week")), ("dated", _("With a day"))]
REACTIONS = [
    ("objects", _("The author objects")),
    ("unseen", _("The author objects, and nobody has seen it yet")),
    ("agrees", _("The author agrees")),
]
ASSIGNED = [("mine", _("To me or my office")), ("nobody", _("To nobody"))]
TITLE_LENGTH = 60
MOST_SUPPORT = 1_000_000


class PageField(ModelChoiceField):
    """Pages by title, with their language where there are several."""

    def label_from_instance(self, obj: Page) -> str:
        """Return title and language."""
        return f"{obj.title} ({obj.locale.get_display_name()})"


class PageFilter(django_filters.ModelChoiceFilter):
    """A choice of pages."""

    field_class = PageField


def pages_of(request: HttpRequest) -> Any:  # noqa: ANN401  # a queryset of a library without types
    """Return the pages of whose annotations the person of a request sees something."""
    rows = Page.objects.filter(pk__in=scope_of(request).pages)
    return rows.select_related("locale").order_by("title", "locale_id")


def _offices(_request: HttpRequest) -> QuerySet[Group]:
    return offices()


def _languages(_request: HttpRequest) -> QuerySet[Locale]:
    return Locale.objects.order_by("language_code")


class AnnotationFilterSet(WagtailFilterSet):
    """What people choose by: where it stands, what it is, where it came from, what became of it."""

    page = PageFilter(field_name="version__page", queryset=pages_of, label=_("Document"))
    version = django_filters.ModelChoiceFilter(queryset=Version.objects.none(), label=_("Version"))
    chapter = django_filters.ChoiceFilter(
        method="filter_chapter", label=_("Chapter"), empty_label=_("All")
    )
    passage = django_filters.CharFilter(
        method="filter_passage", label=_("Number of the passage"), max_length=64
    )
    answer = django_filters.ChoiceFilter(
        method="filter_answer",
        choices=ANSWERS,
        label=_("Disposition"),
        widget=forms.RadioSelect,
        empty_label=_("All"),
    )
    state = django_filters.ChoiceFilter(
        choices=STATES, label=_("State"), widget=forms.RadioSelect, empty_label=_("All")
    )
    motivation = django_filters.ChoiceFilter(
        choices=KINDS, label=_("Kind"), widget=forms.RadioSelect, empty_label=_("All")
    )
    source = django_filters.ChoiceFilter(
        choices=Source.choices, label=_("Source"), widget=forms.RadioSelect, empty_label=_("All")
    )
    place = django_filters.ChoiceFilter(
        method="filter_place",
        choices=PlacementState.choices,
        label=_("Place in the newest version"),
        widget=forms.RadioSelect,
        empty_label=_("All"),
    )
    office = django_filters.ModelChoiceFilter(
        field_name="assignment__office", queryset=_offices, label=_("Assigned to the office")
    )
    due = django_filters.ChoiceFilter(
        method="filter_due",
        choices=DUE,
        label=_("Answer due"),
        widget=forms.RadioSelect,
        empty_label=_("All"),
    )
    assigned = django_filters.ChoiceFilter(
        method="filter_assigned",
        choices=ASSIGNED,
        label=_("Assigned"),
        widget=forms.RadioSelect,
        empty_label=_("All"),
    )
    reaction = django_filters.ChoiceFilter(
        method="filter_reaction",
        choices=REACTIONS,
        label=_("What the author says to the answer"),
        widget=forms.RadioSelect,
        empty_label=_("All"),
    )
    language = django_filters.ModelChoiceFilter(
        field_name="passage__locale", queryset=_languages, label=_("Language of the text")
    )
    support = django_filters.NumberFilter(
        field_name="support_count",
        lookup_expr="gte",
        label=_("At least so many supporters"),
        min_value=1,
        max_value=MOST_SUPPORT,
    )
    replies = django_filters.ChoiceFilter(
        method="filter_replies",
        choices=REPLIES,
        label=_("Replies"),
        widget=forms.RadioSelect,
        empty_label=_("Leave out"),
    )

    class Meta:
        model = Annotation
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # the library's signature
        """Offer versions and chapters: those of the document that is chosen, else of all."""
        super().__init__(*args, **kwargs)
        page = self._chosen_page()
        pages = scope_of(self.request).pages if page is None else {page}
        versions = Version.objects.filter(page__in=pages).select_related("page")
        self.filters["version"].field.queryset = versions.order_by("title", "page", "-number")
        self.filters["chapter"].extra["choices"] = _chapters(pages)

    def filter_queryset(self, queryset: AnnotationQuerySet) -> AnnotationQuerySet:
        """Leave replies out, unless they are asked for."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("replies") else rows.roots()

    def filter_chapter(
        self, queryset: AnnotationQuerySet, _name: str, value: str
    ) -> AnnotationQuerySet:
        """Choose by the chapter of the newest version, or the own one where the words are gone."""
        page, chapter = value.split("-")
        rows = queryset.filter(version__page=int(page))
        return _placed_or_own(rows, {"chapter": int(chapter)})

    def filter_passage(
        self, queryset: AnnotationQuerySet, _name: str, value: str
    ) -> AnnotationQuerySet:
        """Choose by the number of a passage, then or now, or by its lasting identity."""
        value = value.strip()
        try:
            return _then_or_now(queryset, {"uid": UUID(value)})
        except ValueError:
            return _then_or_now(queryset, {"number": value})

    def filter_answer(
        self, queryset: AnnotationQuerySet, _name: str, value: str
    ) -> AnnotationQuerySet:
        """Choose what waits for an answer, what has one, or one outcome."""
        if value == "open":
            return queryset.undisposed()
        answered = queryset.filter(disposition__isnull=False, disposition__missing=False)
        return answered if value == "disposed" else answered.filter(disposition__outcome=value)

    def filter_reaction(
        self, queryset: AnnotationQuerySet, _name: str, value: str
    ) -> AnnotationQuerySet:
        """Choose by what authors said to their answers."""
        rows = queryset.filter(reaction__agrees=value == "agrees")
        return rows.filter(reaction__seen_at=None) if value == "unseen" else rows

    def filter_place(
        self, queryset: AnnotationQuerySet, _name: str, value: str
    ) -> AnnotationQuerySet:
        """Choose by what became of the words; those placed by hand already do not wait."""
        places = _newest_places().filter(state=value)
        if value == PlacementState.MANUAL:
            places = places.filter(passage=None)
        return queryset.filter(Exists(places))

    def filter_due(
        self, queryset: AnnotationQuerySet, _name: str, value: str
    ) -> AnnotationQuerySet:
        """Choose what has no answer by the day on which one is due."""
        today = timezone.localdate()
        days: dict[str, dict[str, Any]] = {
            "over": {"assignment__due_on__lt": today},
            "week": {"assignment__due_on__range": (today, today + timedelta(days=7))},
            "dated": {"assignment__due_on__isnull": False},
        }
        return queryset.undisposed().filter(**days[value])

    def filter_assigned(
        self, queryset: AnnotationQuerySet, _name: str, value: str
    ) -> AnnotationQuerySet:
        """Choose what somebody looks after, or nobody."""
        if value == "nobody":
            return queryset.filter(assignment=None)
        user = self.request.user
        by_office = Q(assignment__person=None, assignment__office__in=user.groups.values("pk"))
        return queryset.filter(Q(assignment__person=user.pk) | by_office)

    def filter_replies(
        self, queryset: AnnotationQuerySet, _name: str, _value: object
    ) -> AnnotationQuerySet:
        """Do nothing here: ``filter_queryset`` leaves replies out."""
        return queryset

    def _chosen_page(self) -> int | None:
        value = (self.data or {}).get("page", "")
        if not (isinstance(value, str) and value.isdecimal() and len(value) < 19):
            return None
        page = int(value)
        return page if page in scope_of(self.request).pages else None


def with_position(rows: AnnotationQuerySet) -> AnnotationQuerySet:
    """Add ``at_position``: where the words stand in the newest version, else where they stood."""
    places = _newest_places().filter(passage__isnull=False)
    position = Subquery(places.values("passage__position")[:1])
    return rows.annotate(at_position=Coalesce(position, "passage__position"))


def to_be_placed(rows: AnnotationQuerySet) -> int:
    """Count the annotations that a person has to place."""
    places = _newest_places().filter(state=PlacementState.MANUAL, passage=None)
    return int(rows.roots().filter(Exists(places)).order_by().count())


def _newest_places() -> Any:  # noqa: ANN401  # a queryset of places
    newest = newest_versions().values("pk")
    return Placement.objects.filter(annotation=OuterRef("pk"), version__in=newest)


def _then_or_now(queryset: AnnotationQuerySet, passage: dict[str, Any]) -> AnnotationQuerySet:
    now = _newest_places().filter(**{f"passage__{name}": v for name, v in passage.items()})
    then = {f"passage__{name}": value for name, value in passage.items()}
    return queryset.filter(Q(**then) | Q(Exists(now)))


def _placed_or_own(queryset: AnnotationQuerySet, passage: dict[str, Any]) -> AnnotationQuerySet:
    placed = _newest_places().filter(passage__isnull=False)
    now = placed.filter(**{f"passage__{name}": value for name, value in passage.items()})
    own = {f"passage__{name}": value for name, value in passage.items()}
    return queryset.filter(Q(Exists(now)) | (Q(**own) & ~Q(Exists(placed))))


def _chapters(pages: Iterable[int]) -> list[tuple[str, str]]:
    """Return the chapters of the newest versions of pages: the first heading of each."""
    headings = (
        Passage.objects.filter(kind="heading", chapter__gt=0)
        .filter(version__in=newest_versions().filter(page__in=pages))
        .order_by("version__title", "version__page", "position")
        .values_list("version__page", "chapter", "number", "text", "version__title")
    )
    titles: dict[str, str] = {}
    for page, chapter, number, text, title in headings:
        words = f"{number} {shortened(text, TITLE_LENGTH)}".strip()
        titles.setdefault(chapter_value(page, chapter), f"{words} ({title})")
    return list(titles.items())


def chapter_value(page: int, chapter: int) -> str:
    """Return how the filter names a chapter of a document."""
    return f"{page}-{chapter}"
