"""Which pages the public may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists
from django.http import Http404
from wagtail.models import Page, PageViewRestriction, Site

from versioning import permissions

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest


class NothingHere(Http404):
    """There is no such thing, and the visitor may know which: a sentence says so."""


def get_public_page(request: HttpRequest, page_id: int) -> Page:
    """Return a page that this visitor may read.

    Args:
        request: The request, for its user, session and site.
        page_id: Any number.

    Raises:
        Http404: There is no such page, it is not published, it belongs to no site, or it is
            restricted and this visitor has not passed the restriction.
    """
    from versioning.page_cache import kept_value  # noqa: PLC0415  # it asks for restrictions

    page, site, is_open = kept_value(
        request,
        f"page {page_id}",
        lambda: _read_page(request, page_id),
        is_public=lambda found: found[0] is not None and found[2],
    )
    if page is None:
        raise Http404
    request._wagtail_site = site  # type: ignore[attr-defined]  # where Wagtail keeps it
    if is_open:
        know_restrictions(request, [])
    if restrictions(request) and not all(
        restriction.accept_request(request) for restriction in page.get_view_restrictions()
    ):
        raise Http404
    return page


def _read_page(request: HttpRequest, page_id: int) -> tuple[Page | None, Site | None, bool]:
    """Return a published page, its site, and whether no page of the site is restricted."""
    pages = Page.objects.live().select_related("locale").filter(pk=page_id)
    page = pages.annotate(has_restrictions=Exists(PageViewRestriction.objects.all())).first()
    if page is None or page.get_url(request) is None:
        return None, None, False
    return page, Site.find_for_request(request), not page.has_restrictions


def restrictions(request: HttpRequest | None) -> list[PageViewRestriction]:
    """Return every restriction of the site with its page, read once a request."""
    kept: list[PageViewRestriction] | None = getattr(request, "_synopse_restrictions", None)
    if kept is None:
        kept = list(PageViewRestriction.objects.select_related("page"))
        if request is not None:
            request._synopse_restrictions = kept  # type: ignore[attr-defined]  # read once a request
    return kept


def is_restricted(page: Page, request: HttpRequest) -> bool:
    """Tell whether not everybody may read a page."""
    return bool(restrictions(request)) and bool(page.get_view_restrictions())


def know_restrictions(request: HttpRequest, found: list[PageViewRestriction]) -> None:
    """Keep in mind all restrictions of the site, for whoever has read them already."""
    request._synopse_restrictions = found  # type: ignore[attr-defined]  # see restrictions


def refuse_private_document(document: Any, request: HttpRequest) -> None:  # noqa: ANN401  # the site's document model
    """Show the document of a decision to whoever may read the submission, and to the staff.

    Raises:
        Http404: This visitor may not.
    """
    from versioning.models import StepDocument  # noqa: PLC0415  # models are not there yet at import

    rows = StepDocument.objects.select_related("step__submission__version__page")
    row = rows.filter(document=document.pk).first()
    if row is None:
        return
    page = row.step.submission.version.page
    if not permissions.can(request.user, "view_versions", page):
        get_public_page(request, page.pk)
