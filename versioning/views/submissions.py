"""Public pages of submissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from versioning.access import get_public_page
from versioning.models import Submission

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a submission and its way through the bodies."""
    shown = get_object_or_404(
        Submission.objects.select_related("version__locale", "version__page"), pk=pk
    )
    page = get_public_page(request, shown.version.page_id)
    context = {
        "page": page,
        "submission": shown,
        "version": shown.version,
        "steps": shown.steps.prefetch_related("documents__document").order_by("position"),
    }
    return render(request, "versioning/submission.html", context)
