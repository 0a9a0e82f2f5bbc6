"""What was published cannot be deleted: the guards of the admin.

The database refuses anyway (PROTECT); these functions say so before Wagtail tries, and offer to
unpublish instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from versioning.models import DocumentUse, Passage, StepDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


def refuse_page_deletion(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Stop the deletion of a page that has versions, or below which a page has some."""
    kept = versioned_among(_with_cascade([page]))
    if not kept:
        return None
    _refuse_pages(request, kept)
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def refuse_bulk_deletion(
    request: HttpRequest,
    action_type: str,
    objects: Sequence[Any],
    action: Any,  # noqa: ANN401  # Wagtail's bulk action
) -> HttpResponse | None:
    """Stop the deletion of many pages, images or documents if a version needs one of them."""
    if action_type != "delete" or not objects:
        return None
    if isinstance(objects[0], Page):
        kept = versioned_among(_with_cascade(objects))
        if not kept:
            return None
        _refuse_pages(request, kept)
        return _back(request, action)
    if not files_in_use(objects):
        return None
    messages.error(
        request,
        _(
            "Nothing was deleted: a published version or a decision needs one of the selected "
            "files."
        ),
    )
    return _back(request, action)


def versioned_among(pages: Iterable[Page]) -> list[Page]:
    """Return the pages with versions among some pages and all that stands below them.

    Args:
        pages: Pages, with their path.
    """
    trees = Q()
    for page in pages:
        trees |= Q(path__startswith=page.path)
    if not trees:
        return []
    return list(Page.objects.filter(trees, synopse_versions__isnull=False).distinct()[:5])


def files_in_use(objects: Sequence[Any]) -> bool:
    """Tell whether a version shows or links one of some images or documents, or a decision does."""
    keys = [item.pk for item in objects]
    if isinstance(objects[0], get_image_model()):
        return Passage.objects.filter(image__in=keys).exists()
    if isinstance(objects[0], get_document_model()):
        linked = DocumentUse.objects.filter(document__in=keys)
        return linked.exists() or StepDocument.objects.filter(document__in=keys).exists()
    return False


def _back(request: HttpRequest, action: Any) -> HttpResponse:  # noqa: ANN401  # see above
    """Redirect to where the bulk action came from, or home where it does not say."""
    is_known = action.next_url != request.path
    return redirect(action.next_url if is_known else "wagtailadmin_home")


def _with_cascade(pages: Sequence[Page]) -> list[Page]:
    """Add the translations and aliases that Wagtail would delete together with the pages."""
    found = list(pages)
    for hook in hooks.get_hooks("construct_translated_pages_to_cascade_actions"):
        more: dict[Page, QuerySet[Page]] = hook(pages, "delete") or {}
        for others in more.values():
            found.extend(others)
    return found


def _refuse_pages(request: HttpRequest, kept: Sequence[Page]) -> None:
    titles = ", ".join(f"“{page.get_admin_display_title()}”" for page in kept)
    live = next((page for page in kept if page.live), None)
    buttons = []
    if live is not None and live.permissions_for_user(request.user).can_unpublish():
        url = reverse("wagtailadmin_pages:unpublish", args=[live.pk])
        buttons.append(messages.button(url, _("Unpublish")))
    text = _(
        "Nothing was deleted: %(titles)s has published versions, and what was public stays on "
        "record. Unpublish it instead; then nobody sees it any more."
    ) % {"titles": titles}
    messages.error(request, text, buttons=buttons)
