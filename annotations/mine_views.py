"""What a signed-in reader's script loads beside a page that is the same for everybody."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from annotations import permissions
from annotations.presentation.voices import mine_on
from versioning.access import get_public_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@never_cache
@vary_on_cookie
def mine(request: HttpRequest, page_id: int) -> HttpResponse:
    """Tell what an account supports and follows on a page, and what of its own still waits."""
    if not permissions.is_person(request.user):
        return JsonResponse({}, status=HTTPStatus.FORBIDDEN)
    page = get_public_page(request, page_id)
    return JsonResponse({"csrf": get_token(request), **mine_on(page.pk, request.user)})
