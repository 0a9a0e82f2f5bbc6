"""How far the placing of annotations on new versions is, for the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from annotations.admin.base import AnnotationAdminView
from annotations.admin.scope import newest_versions, scope_of
from annotations.models import PlacementRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from annotations.queries import AnnotationQuerySet

MAX_RUNS = 20


def unfinished_runs(pages: Iterable[int]) -> QuerySet[PlacementRun]:
    """Return the records of placing that goes on, on the newest versions of pages."""
    rows = PlacementRun.objects.filter(
        version__in=newest_versions().filter(page__in=pages), finished_at=None, total__gt=F("done")
    )
    return rows.select_related("version").order_by("pk")


def sentence_of(run: PlacementRun) -> str:
    """Say how far placing on a version is."""
    return _("%(version)s: %(done)s of %(total)s annotations have their place.") % {
        "version": run.version.name,
        "done": _spoken(run.done),
        "total": _spoken(run.total),
    }


def progress_of(pages: Iterable[int]) -> list[dict[str, Any]]:
    """Return sentence and numbers of each placing that goes on, in one query."""
    return [
        {"pk": run.pk, "text": sentence_of(run), "done": run.done, "total": run.total}
        for run in unfinished_runs(pages)[:MAX_RUNS]
    ]


def numbers_of(rows: AnnotationQuerySet) -> dict[str, Any]:
    """Count what counts of annotations, and what is open and done of it, in one query."""
    waits = Q(disposition=None) | Q(disposition__missing=True)
    numbers: dict[str, Any] = rows.counted().aggregate(
        total=Count("pk"), open=Count("pk", filter=waits)
    )
    numbers["done"] = numbers["total"] - numbers["open"]
    return numbers


def left_of(request: HttpRequest, page: int) -> dict[str, Any]:
    """Return how many annotations of a document are still open, with a sentence."""
    numbers = numbers_of(scope_of(request).rows().filter(version__page=page).order_by())
    numbers["text"] = _("%(open)d of %(total)d annotations of this document are open.") % numbers
    return numbers


def _spoken(number: int) -> str:
    return str(number_format(number, force_grouping=True))


class ProgressView(AnnotationAdminView, TemplateView):
    """The part of the listing that says how far placing is; a script asks for it again."""

    template_name = "annotations/admin/includes/placing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Look at all pages that the person sees."""
        return {"placing": progress_of(scope_of(self.request).pages), **kwargs}
