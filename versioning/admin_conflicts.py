"""Two editors at one text: the second is told before anything of the first is overwritten.

Wagtail refuses only what its editor saves by itself; a form that somebody sends replaces the draft
of another without a word.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from versioning.models import VersionedPageMixin

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from wagtail.models import Page, Revision

LOADED, LOADED_AT, AUTOSAVED = (
    "loaded_revision_id",
    "loaded_revision_created_at",
    "overwrite_revision_id",
)
"""Fields with which Wagtail's editor says on which state of the page somebody has worked."""


def ask_before_overwriting(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Show who has saved meanwhile and what differs, and let the second editor decide.

    Nothing is stored until then: what the second has written travels with the question.
    """
    if request.method != "POST" or not isinstance(page, VersionedPageMixin):
        return None
    latest: Revision | None = page.latest_revision  # type: ignore[attr-defined]  # of a page
    if latest is None or _sends_by_itself(request) or not _is_outdated(request, latest):
        return None
    return render(
        request,
        "versioning/admin/conflict.html",
        {
            "page": page,
            "header_title": _("Somebody has saved meanwhile"),
            "latest": latest,
            "fields": list(_fields(request, latest)),
            "difference_url": _difference_url(request, page, latest),
            "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
        },
        status=HTTPStatus.CONFLICT,
    )


def _sends_by_itself(request: HttpRequest) -> bool:
    """Tell whether this is Wagtail's editor saving by itself, which Wagtail refuses."""
    return not request.accepts("text/html")


def _is_outdated(request: HttpRequest, latest: Revision) -> bool:
    """Tell whether somebody has worked on another state than the newest, as Wagtail does."""
    if autosaved := request.POST.get(AUTOSAVED):
        return autosaved != str(latest.pk)
    loaded = request.POST.get(LOADED)
    if not loaded:
        return False
    seen_at = request.POST.get(LOADED_AT, "")
    return loaded != str(latest.pk) or seen_at not in {"", latest.created_at.isoformat()}


def _fields(request: HttpRequest, latest: Revision) -> list[tuple[str, str]]:
    """Return what was sent, as if it had been written on the newest state."""
    known = {LOADED: str(latest.pk), LOADED_AT: latest.created_at.isoformat()}
    left_out = {"csrfmiddlewaretoken", AUTOSAVED, *known}
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in left_out
        for value in values
    ]
    return [*sent, *known.items()]


def _difference_url(request: HttpRequest, page: Page, latest: Revision) -> str:
    """Return the address of what the other has changed, empty where that state is gone."""
    loaded = request.POST.get(AUTOSAVED) or request.POST.get(LOADED, "")
    if not loaded.isdecimal() or not page.revisions.filter(pk=loaded).exclude(pk=latest.pk):
        return ""
    return reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, loaded, latest.pk])
