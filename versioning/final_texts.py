"""A text that was resolved gets no other words: the guards of the admin.

The service that freezes refuses anyway (``services.finality``), on every path and with nothing
half-done; these functions say so in words and lead back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page

from versioning.core.markup import UnreadableText
from versioning.models import VersionedPageMixin
from versioning.services.finality import TextIsFinal, would_change_final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django.http import HttpRequest, HttpResponse


def refuse_publishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Stop the editor where a resolved text would get other words; the draft is saved already."""
    if not _is_refused(page):
        return None
    text = _(
        "Not published: “%(title)s” was resolved and is final. What you wrote is kept as a draft. "
        "A next stage begins with a text of its own."
    ) % {"title": page.get_admin_display_title()}
    url = reverse("synopse_versions:next_stage", args=[page.pk])
    messages.error(request, text, buttons=[messages.button(url, _("Begin the next stage"))])
    return redirect("wagtailadmin_pages:edit", page.pk)


def refuse_bulk_publishing(
    request: HttpRequest,
    action_type: str,
    objects: Sequence[Any],
    action: Any,  # noqa: ANN401  # Wagtail's bulk action
) -> HttpResponse | None:
    """Stop publishing many pages where one of them was resolved and has other words."""
    if action_type != "publish" or not objects or not isinstance(objects[0], Page):
        return None
    final = [page.get_admin_display_title() for page in _drafts(objects) if _is_refused(page)]
    if not final:
        return None
    titles = ", ".join(f"“{title}”" for title in final[:5])
    text = _(
        "Nothing was published: %(titles)s was resolved and is final. Choose the other pages alone."
    )
    messages.error(request, text % {"titles": titles})
    is_known = action.next_url != request.path
    return redirect(action.next_url if is_known else "wagtailadmin_home")


class FinalTextMiddleware:
    """Say that a text is final wherever a page of the admin runs into it, such as a workflow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request pass."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Lead back with the sentence; everything else is not ours."""
        if not isinstance(exception, TextIsFinal):
            return None
        messages.error(request, " ".join(exception.messages))
        back = request.headers.get("referer", "")
        is_ours = url_has_allowed_host_and_scheme(
            back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return HttpResponseRedirect(back if is_ours else reverse("wagtailadmin_home"))


def _drafts(pages: Sequence[Page]) -> Iterator[Page]:
    """Give the newest state of pages with versions."""
    for page in pages:
        if issubclass(page.specific_class or Page, VersionedPageMixin):
            yield page.get_latest_revision_as_object()


def _is_refused(page: Page) -> bool:
    if not isinstance(page, VersionedPageMixin) or page.alias_of_id:
        return False
    try:
        return would_change_final(page)
    except UnreadableText:
        return False
