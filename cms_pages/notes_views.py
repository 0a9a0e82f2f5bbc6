"""The notes of editors at a draft, in Wagtail's admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page

from cms_pages.admin_views import signed_in
from cms_pages.models import StrategyDraftPage
from cms_pages.services.notes import settle_note

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

PER_PAGE = 50


class NotesView(WagtailAdminTemplateMixin, View):
    """Lists the notes of a draft; each can be done, and opened again."""

    template_name = "cms_pages/admin/notes.html"
    header_icon = "comment"
    page_title = gettext_lazy("Internal notes")

    @cached_property
    def draft(self) -> StrategyDraftPage:
        """The draft."""
        try:
            return get_object_or_404(StrategyDraftPage, pk=self.kwargs["page_id"])
        except OverflowError as error:  # a number that no database can hold
            raise Http404 from error

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  # Django's signature
        """Stop whoever may not edit the draft."""
        if not self.draft.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Show the notes."""
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, **_kwargs: int) -> HttpResponse:
        """Say that a note is done, or open it again."""
        key = request.POST.get("note", "")
        notes = self.draft.editor_notes.select_related("page")
        note = notes.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
        if note is not None:
            is_done = "reopen" not in request.POST
            settle_note(note=note, actor=signed_in(request), is_done=is_done)
            done, again = gettext("The note is done."), gettext("The note is open again.")
            messages.success(request, done if is_done else again)
        return redirect(request.get_full_path())

    def get_page_subtitle(self) -> str:
        """Return the title of the draft."""
        return str(self.draft.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead from the page tree to here."""
        items = get_breadcrumbs_items_for_page(self.draft, self.request.user)
        return [*(items or self.breadcrumbs_items), {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the notes, those that are not done first."""
        notes = self.draft.editor_notes.select_related("done_by").order_by("done_at", "pk")
        is_done = self.request.GET.get("show") == "done"
        chosen = notes.filter(done_at__isnull=not is_done)
        listed = Paginator(chosen, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            draft=self.draft,
            listed=listed,
            is_done=is_done,
            open_number=notes.filter(done_at=None).count(),
            done_number=notes.exclude(done_at=None).count(),
            **kwargs,
        )
