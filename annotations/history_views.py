"""The history of a passage: what changed in it, and the annotations behind each change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations import access, responses
from annotations.presentation.histories import history_of
from annotations.presentation.reading import passage_name
from versioning.stages import readable_stage_before

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_safe
def history(request: HttpRequest, page_id: int, number: int, uid: UUID) -> HttpResponse:
    """Show what changed in a passage over all versions, and why."""
    version = access.readable_version(request, page_id, number)
    passage = access.readable_passage(version, uid)
    context = responses.version_context(request, version) | {
        "passage": passage,
        "passage_name": passage_name(passage),
        "steps": history_of(passage, readable_stage_before(request, version.page)),
    }
    return render(request, "annotations/history_page.html", context)
