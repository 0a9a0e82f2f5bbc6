"""Forms of the page editor are taken one after another, each of them wholly or not at all.

The editor saves by itself, also in the moment in which somebody presses "Publish", and Wagtail
writes the whole row of a page that was not public before. A save that had read the page a moment
too early would take it off the site again, with its version frozen and its success told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.models import Page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_HELD = "synopse_holds_page"


def take_in_turn(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Let Wagtail's own view take a form while nobody else can write the page.

    A hook ``before_edit_page`` that has to come first: the view begins once more, with the page as
    whoever came before has left it, and asks all hooks again. Citizens write on meanwhile: what
    only points at the page does not wait.

    Args:
        request: Any request to the editor.
        page: The page, read before its turn.
    """
    match = request.resolver_match
    if request.method != "POST" or match is None or hasattr(request, _HELD):
        return None
    setattr(request, _HELD, True)
    with transaction.atomic():
        Page.objects.select_for_update(no_key=True).filter(pk=page.pk).first()
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response
