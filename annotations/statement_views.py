"""The page on which an author reads why a contribution is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotations import permissions
from annotations.models import Annotation
from annotations.services import reasons
from annotations.services.confirming import TokenUnknown
from annotations.services.states import HIDDEN_STATES

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from annotations.models import ModerationEvent


@never_cache
@require_safe
def statement(request: HttpRequest, token: str) -> HttpResponse:
    """Show the reasons behind the link that only the author has."""
    try:
        event = reasons.statement_of(token)
    except TokenUnknown as error:
        raise Http404 from error
    return render(request, "annotations/statement_page.html", statement_context(event))


def statement_context(event: ModerationEvent) -> dict[str, Any]:
    """Return what the author reads."""
    until = reasons.appeal_until(event)
    return {
        "event": event,
        "annotation": event.annotation,
        "token": reasons.token_of(event),
        "until": until,
        "is_in_force": reasons.is_in_force(event),
        "is_late": until < timezone.now(),
    }


def own_statements(request: HttpRequest, root: Annotation) -> list[tuple[Annotation, str]]:
    """Return what of a thread is the reader's own and hidden, with the tokens of the reasons."""
    if not permissions.is_person(request.user):
        return []
    thread = Annotation.objects.filter(Q(pk=root.pk) | Q(root=root.pk), user=request.user)
    rows = list(thread.filter(state__in=HIDDEN_STATES).order_by("created_at", "pk"))
    found = reasons.statements_for(rows)
    return [(row, reasons.token_of(found[row.pk])) for row in rows if row.pk in found]
