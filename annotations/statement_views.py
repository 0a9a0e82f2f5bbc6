"""The page on which an author reads why a contribution is hidden."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotations import permissions, responses
from annotations.models import Annotation
from annotations.report_forms import AppealForm, add_service_error
from annotations.services import appealing, reasons
from annotations.services.confirming import TokenUnknown
from annotations.services.states import HIDDEN_STATES

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from annotations.models import ModerationEvent


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest, token: str) -> HttpResponse:
    """Show the reasons behind the link that only the author has (GET), or take an appeal (POST)."""
    try:
        event = reasons.statement_of(token)
    except TokenUnknown as error:
        raise Http404 from error
    if request.method != "POST":
        return _show(request, event, AppealForm())
    form = AppealForm(request.POST)
    if form.is_valid():
        text, base = form.cleaned_data["text"], responses.base_url(request)
        try:
            appealing.appeal_as_author(event=event, text=text, base_url=base)
        except ValidationError as error:
            add_service_error(form, error)
        else:
            return redirect(request.path)
    return _show(request, event, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _show(
    request: HttpRequest, event: ModerationEvent, form: AppealForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    until = reasons.appeal_until(event)
    context = {
        "event": event,
        "annotation": event.annotation,
        "appeal": getattr(event, "appeal", None),
        "until": until,
        "is_in_force": reasons.is_in_force(event),
        "is_late": until < timezone.now(),
        "form": form,
    }
    return render(request, "annotations/statement_page.html", context, status=status)


def own_statements(request: HttpRequest, root: Annotation) -> list[tuple[Annotation, str]]:
    """Return what of a thread is the reader's own and hidden, with the tokens of the reasons."""
    if not permissions.is_person(request.user):
        return []
    thread = Annotation.objects.filter(Q(pk=root.pk) | Q(root=root.pk), user=request.user)
    rows = list(thread.filter(state__in=HIDDEN_STATES).order_by("created_at", "pk"))
    found = reasons.statements_for(rows)
    return [(row, reasons.token_of(found[row.pk])) for row in rows if row.pk in found]
