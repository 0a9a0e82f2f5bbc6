"""Pages on which authors mend or withdraw their own words; the rules are the services'."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotations import access, permissions, responses
from annotations.forms import MendAnnotationForm, MendReplyForm
from annotations.models import State
from annotations.presentation import cards, reading
from annotations.services import editing, moderating, reacting
from annotations.services.states import TRANSITIONS

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from annotations.forms import ContributionForm
    from annotations.models import Annotation
    from annotations.presentation.cards import Reply


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one's words in a form, or replace them."""
    found = _own(request, uuid)
    form = _form_for(found, request)
    if request.method != "POST":
        if not editing.can_edit(request.user, found):
            return _refused(request, found)
        return _show_form(request, found, form)
    if not form.is_valid():
        return _show_form(request, found, form.renewed(), HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        changed = editing.edit_annotation(
            annotation=found,
            actor=request.user,
            body=form.cleaned_data["body"],
            motivation=form.cleaned_data.get("motivation", ""),
            proposed=form.cleaned_data.get("proposed", ""),
            seen=form.cleaned_data["seen"],
        )
    except (ValidationError, PermissionDenied) as error:
        return responses.refuse(
            request,
            form,
            error,
            version=found.version,
            again=lambda status: _show_form(request, found, _seen_now(form, found), status),
        )
    return responses.told(request, _("Your new words are saved."), changed.get_absolute_url())


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask whether one's words shall be withdrawn (GET), or withdraw them (POST)."""
    found = _own(request, uuid)
    if request.method != "POST":
        if not can_withdraw(request.user, found):
            return redirect(found.get_absolute_url())
        context = _context(request, found)
        return render(request, "annotations/withdraw_page.html", context)
    try:
        moderating.withdraw_annotation(annotation=found, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(found.get_absolute_url())
    messages.success(request, _("Your words are withdrawn."))
    return redirect(found.get_absolute_url().partition("#")[0])


def own_acts(request: HttpRequest, found: Annotation) -> dict[str, bool]:
    """Return what the reader may do with an annotation that is theirs."""
    return {
        "edit": editing.can_edit(request.user, found),
        "withdraw": can_withdraw(request.user, found),
        "react": reacting.can_react(request.user, found),
    }


def mark_own_replies(request: HttpRequest, replies: list[Reply]) -> list[Reply]:
    """Note at replies of the reader which pages are worth a link; none costs a query."""
    return [
        replace(
            reply,
            can_be_mended=editing.is_recent(reply.annotation),
            can_be_withdrawn=can_withdraw(request.user, reply.annotation),
        )
        if permissions.is_own(request.user, reply.annotation)
        else reply
        for reply in replies
    ]


def can_withdraw(user: Any, found: Annotation) -> bool:  # noqa: ANN401  # any user model
    """Tell whether somebody may take an annotation back that is not withdrawn yet."""
    return permissions.can_withdraw(user, found) and State.WITHDRAWN in TRANSITIONS[found.state]


def _own(request: HttpRequest, uuid: UUID) -> Annotation:
    """Return one's own annotation or reply.

    Raises:
        Http404: There is none that this reader may see.
        PermissionDenied: It is another's.
    """
    found = access.readable_annotation(request, uuid)
    permissions.require_own(request.user, found)
    return found


def _form_for(found: Annotation, request: HttpRequest) -> ContributionForm:
    data = request.POST if request.method == "POST" else None
    words = {"body": found.comment, "motivation": found.motivation, "proposed": found.proposed}
    words["seen"] = moderating.words_state(found)
    if found.is_reply:
        return MendReplyForm(data, request=request, initial=words)
    return MendAnnotationForm(data, request=request, passage=found.passage, initial=words)


def _seen_now(form: ContributionForm, found: Annotation) -> ContributionForm:
    """Return a refused form whose author has seen by now how the words stand."""
    found.refresh_from_db(fields=["edited_at"])
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["seen"] = moderating.words_state(found)
    form.data = data
    return form


def _context(request: HttpRequest, found: Annotation) -> dict[str, Any]:
    return responses.version_context(request, found.version) | {
        "annotation": found,
        "quote": "" if found.is_reply or found.passage.is_withheld else cards.quote_of(found),
        "passage_name": reading.passage_name(found.passage),
    }


def _show_form(
    request: HttpRequest, found: Annotation, form: ContributionForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = _context(request, found) | {
        "form": form,
        "minutes": editing.minutes(),
        "base": cards.quote_of(found) or found.passage.text,
        "labels": reading.browser_labels(),
    }
    return render(request, "annotations/edit_page.html", context, status=status)


def _refused(request: HttpRequest, found: Annotation) -> HttpResponse:
    """Say why words can't be changed any more."""
    try:
        editing.check_editing(annotation=found, actor=request.user)
    except (ValidationError, PermissionDenied) as error:
        sentence = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        messages.info(request, sentence)
    return redirect(found.get_absolute_url())
