"""The annotations in the page editor: how many stand at each block, what they say, answering."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.generic import View

from annotations.admin.base import add_errors
from annotations.admin.forms import QuickAnswerForm
from annotations.admin.scope import scope_of
from annotations.models import State
from annotations.presentation import places
from annotations.presentation.cards import edit_of, quote_of
from annotations.services.disposing import dispose_annotations
from versioning.models import Passage, Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from annotations.models import Annotation
    from annotations.queries import AnnotationQuerySet
    from versioning.core.passages import Run

PER_PAGE = 20
ENTRY = "annotations/admin/includes/editor_entry.html"
ANSWERED = "annotations/admin/includes/editor_answered.html"
GONE = "gone"
"""What stands for the block of annotations whose words are no longer there."""


class Entry(NamedTuple):
    """An annotation as the tab shows it."""

    annotation: Annotation
    quote: str
    edit: tuple[Run, ...]
    form: QuickAnswerForm


class Group(NamedTuple):
    """The annotations of one passage; without one where their words are gone."""

    passage: Passage | None
    block: str
    entries: list[Entry]


class EditorView(View):
    """What the tab asks for; put the method that answers below it."""

    version: Version

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # Django's signature
        """Let in who may answer on the page."""
        page = kwargs["page"]
        if page not in scope_of(request).disposable:
            raise PermissionDenied
        found = Version.objects.filter(page=page).order_by("-number").first()
        if found is None:
            raise Http404
        self.version = found
        return super().dispatch(request, *args, **kwargs)

    def open_rows(self) -> AnnotationQuerySet:
        """Return what waits for an answer, each with its place on the newest version."""
        rows = places.located(self.version).undisposed()  # type: ignore[attr-defined]  # of the manager
        found: AnnotationQuerySet = rows.exclude(state=State.PENDING)
        return found

    def passages(self) -> dict[int, Passage]:
        """Return the passages of the newest version."""
        rows = Passage.objects.filter(version=self.version).defer("html")
        return {row.pk: row for row in rows}


class EditorCountsView(EditorView):
    """How many annotations wait for an answer, by block."""

    def get(self, _request: HttpRequest, **_kwargs: int) -> JsonResponse:
        """Count them in two queries."""
        rows = self.open_rows().order_by().values_list("at").annotate(number=Count("pk"))
        blocks = dict(Passage.objects.filter(version=self.version).values_list("pk", "block"))
        counts: dict[str, int] = {}
        for passage, number in rows:
            block = blocks[passage].partition(".")[0] if passage in blocks else GONE
            counts[block] = counts.get(block, 0) + number
        return JsonResponse(
            {
                "total": sum(counts.values()),
                "blocks": {
                    block: {"number": number, "label": _label(number)}
                    for block, number in counts.items()
                },
            }
        )


class EditorListView(EditorView):
    """The annotations that wait, in the order of the text, of one block or of all."""

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Show one page of them."""
        block = request.GET.get("block", "")[:255]
        passages = self.passages()
        rows = self.open_rows()
        if block == GONE:
            rows = rows.filter(at__isnull=True)
        elif block:
            rows = rows.filter(
                at__in=[pk for pk, row in passages.items() if block_of(row) == block]
            )
        paginator = Paginator(places.in_order(rows, "place"), PER_PAGE)
        listed = paginator.get_page(request.GET.get("p"))
        shown = places.with_words(listed.object_list)
        context = {
            "page_pk": self.version.page_id,
            "groups": _groups(shown, passages),
            "listed": listed,
            "block": block,
        }
        return render(request, "annotations/admin/editor_list.html", context)


class EditorAnswerView(EditorView):
    """Answer one annotation without leaving the editor."""

    def post(self, request: HttpRequest, **kwargs: int) -> HttpResponse:
        """Store the answer; what the service refuses stands at the fields."""
        rows = scope_of(request).rows().roots().filter(version__page=self.version.page_id)
        found = rows.filter(pk=kwargs["pk"]).select_related("version__page", "disposition").first()
        if found is None:
            raise Http404
        form = QuickAnswerForm(request.POST, annotation=found)
        disposition = None
        if form.is_valid():
            try:
                disposition = dispose_annotations(
                    annotations=[found], actor=request.user, **form.cleaned_data
                )
            except ValidationError as error:
                add_errors(form, error)
        if disposition is None:
            context = {"entry": _entry(found, form), "page_pk": self.version.page_id}
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return render(
                request, "annotations/admin/includes/editor_entry.html", context, status=status
            )
        context = {"annotation": found, "disposition": disposition}
        return render(request, "annotations/admin/includes/editor_answered.html", context)


def block_of(passage: Passage) -> str:
    """Return the id of the block of the page that a passage is part of."""
    return passage.block.partition(".")[0]


def _groups(rows: Iterable[Annotation], passages: dict[int, Passage]) -> list[Group]:
    groups: list[Group] = []
    for row in rows:
        passage = passages.get(row.at)
        if not groups or groups[-1].passage != passage:
            groups.append(Group(passage, block_of(passage) if passage else GONE, []))
        groups[-1].entries.append(_entry(row, QuickAnswerForm(annotation=row)))
    return groups


def _entry(row: Annotation, form: QuickAnswerForm) -> Entry:
    return Entry(row, quote_of(row), tuple(edit_of(row)), form)


def _label(number: int) -> str:
    text = ngettext("%(number)d open annotation", "%(number)d open annotations", number)
    return text % {"number": number}
