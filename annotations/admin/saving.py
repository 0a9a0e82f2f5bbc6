"""Keeping choices of the listing: saving, listing and removing one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages

from annotations.admin.links import listing_url
from annotations.admin.lists import KNOWN
from annotations.admin.scope import may_open
from annotations.models import SavedFilter
from annotations.services.saved_filters import cleaned_query, remove_filter, save_filter

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase


class Shown(NamedTuple):
    """One of the saved choices above the listing."""

    saved: SavedFilter
    url: str
    is_current: bool


def shown_to(request: HttpRequest) -> dict[str, Any]:
    """Return the person's own choices and the one of this address, in one query."""
    chosen = cleaned_query(request.GET.urlencode(), KNOWN)
    rows = SavedFilter.objects.filter(user=request.user.pk)
    saved = [Shown(each, url_of(each), each.query == chosen) for each in rows]
    is_kept = any(each.is_current for each in saved)
    return {"saved_filters": saved, "chosen_query": chosen, "is_kept": is_kept}


def url_of(saved: SavedFilter) -> str:
    """Return the listing with a choice."""
    return f"{listing_url()}?{saved.query}"


class SavingView(View):
    """What only changes something and leads back; put the method below it."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401  # Django's signature
        """Let in who may see annotations at all."""
        if not may_open(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class SaveFilterView(SavingView):
    """Keep the choice that is listed."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Call the service and lead back to the choice."""
        query = request.POST.get("query", "")
        try:
            saved = save_filter(
                user=request.user, name=request.POST.get("name", ""), query=query, known=KNOWN
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(f"{listing_url()}?{cleaned_query(query, KNOWN)}")
        messages.success(request, _("The choice “%(name)s” is kept.") % {"name": saved.name})
        return redirect(url_of(saved))


class RemoveFilterView(SavingView):
    """Remove an own choice."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Remove it and lead back to the listing."""
        if not remove_filter(user=request.user, pk=pk):
            raise Http404
        messages.success(request, _("The choice is removed."))
        return redirect(listing_url())
