"""Public pages of annotations: they parse, call one service, and present."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from annotations import access, drafts, own_views, responses, statement_views
from annotations.forms import AnnotationForm, ContributionForm, ReplyForm
from annotations.gate_checks import answered_url
from annotations.models import Annotation, State
from annotations.networks import network_of
from annotations.presentation import cards, places, reading, tracing
from annotations.presentation.languages import TextVersions
from annotations.presentation.ordering import Order
from annotations.presentation.paging import page_of_thread
from annotations.presentation.windows import window_sentence
from annotations.services import checking, confirming, editing, submitting
from annotations.services.subscribing import passage_key
from annotations.support_views import support_context
from versioning.access import get_public_page
from versioning.bodies import prepare_bodies

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from versioning.models import Passage, Version

PER_PAGE = 20
REPLIES_PER_PAGE = 100
MOST_DIGITS = 9
INVALID = HTTPStatus.UNPROCESSABLE_ENTITY


@require_http_methods(["GET", "HEAD", "POST"])
def passage(request: HttpRequest, page_id: int, number: int, uid: UUID) -> HttpResponse:
    """Show one passage with its annotations and the form, or take an annotation."""
    version = None
    try:
        version = access.readable_version(request, page_id, number)
        found = access.readable_passage(version, uid)
    except Http404:
        if request.method == "POST":
            return responses.gone(request, version)
        raise
    if request.method == "POST":
        return drafts.led_to_log_in(request) or _take_annotation(request, version, found)
    return _show_passage(request, version, found, draft=drafts.kept_for(request))


@require_safe
def removed(request: HttpRequest, page_id: int, number: int) -> HttpResponse:
    """List the annotations whose words are no longer in a version."""
    version = access.readable_version(request, page_id, number)
    page = Paginator(places.on_passage(version, None), PER_PAGE).get_page(request.GET.get("page"))
    context = responses.version_context(request, version) | {"paging": page}
    context["cards"] = cards.cards_of(places.with_words(page.object_list), {})
    return render(request, "annotations/removed_page.html", context)


@require_safe
def annotation(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one annotation with its whole fate."""
    found = access.readable_annotation(request, uuid)
    if found.root is not None and places.stands_in_thread(found):
        return redirect(found.get_absolute_url(), permanent=False)
    rows = places.as_tree(places.replies_of([found.pk]))
    page = page_of_thread(rows, request.GET, size=REPLIES_PER_PAGE)
    waits = found.state == State.PENDING
    tombstone = "" if waits else cards.tombstone_of(found)
    context = responses.version_context(request, found.version) | {
        "annotation": found,
        "tombstone": tombstone,
        "events": () if tombstone else tracing.trace_of(found),
        "replies": own_views.mark_own_replies(request, cards.replies_as_shown(page)),
        "own": own_views.own_acts(request, found),
        "statements": statement_views.own_statements(request, found),
        "waits": waits,
        "paging": page,
        "passage_name": reading.passage_name(found.passage),
    }
    context["is_open"] = context["newest"].is_open()
    context |= support_context(request, found) | _around(found)
    status = HTTPStatus.GONE if tombstone else HTTPStatus.OK
    return render(request, "annotations/annotation_page.html", context, status=status)


def _around(found: Annotation) -> dict[str, Any]:
    """Return where a trace leads on: to others with the same answer, to its passage's history."""
    answer = cards.answer_to(found)
    version = found.version
    history = [version.page_id, version.number, found.passage.uid]
    same = Annotation.objects.public().filter(disposition=found.disposition_id)
    return {
        "history_url": reverse("annotations:history", args=history),
        "shared": same.count() if answer else 0,
        "shared_url": answered_url(answer.disposition) if answer else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Reply to an annotation."""
    try:
        parent = access.readable_annotation(request, uuid)
    except Http404:
        if request.method == "POST":
            return responses.gone(request, None)
        raise
    if request.method == "POST":
        return _take_reply(request, parent)
    if parent.state != State.PUBLIC:
        raise Http404
    try:
        checking.check_parent(parent)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(parent.get_absolute_url().partition("#")[0])
    return _show_reply(request, parent, draft=drafts.kept_for(request))


@require_safe
@never_cache
def sent(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what happens after sending."""
    found = Annotation.objects.select_related("version").filter(uuid=uuid).first()
    if found is None:
        raise Http404
    found.version.page = get_public_page(request, found.version.page_id)
    context = responses.version_context(request, found.version)
    context |= {"annotation": found, "moderated": responses.is_moderated(found.version)}
    return render(request, "annotations/sent.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button that confirms (GET) or confirm (POST)."""
    try:
        if request.method == "POST":
            address = responses.base_url(request)
            made = confirming.confirm_annotation(token=token, base_url=address)
            return responses.confirmed(request, made)
        found = confirming.find_annotation(token)
    except confirming.TokenError as error:
        response = responses.invalid_token(request, error)
    except ValidationError as error:
        response = responses.not_confirmed(request, token, error)
    else:
        context = {
            "annotation": found,
            "page": found.version.page,
            "moderated": responses.is_moderated(found.version),
        }
        response = render(request, "annotations/confirm.html", context)
    response["Referrer-Policy"] = "same-origin"
    return response


def _take_annotation(request: HttpRequest, version: Version, found: Passage) -> HttpResponse:
    if version.is_open() and (draft := drafts.given_back(request)):
        return _show_passage(request, version, found, status=INVALID, draft=draft)
    form = AnnotationForm(request.POST, request=request, passage=found)
    if not form.is_valid():
        if not version.is_open():
            return responses.give_back(request, version, form.kept, window_sentence(version))
        return _show_passage(request, version, found, form=form.renewed(), status=INVALID)
    try:
        made = submitting.submit_annotation(
            version=version,
            passage=found,
            user=responses.account(request),
            base_url=responses.base_url(request),
            network=network_of(request),
            **form.contribution(),
        )
    except (ValidationError, PermissionDenied) as error:
        return responses.refuse(
            request,
            form,
            error,
            version=version,
            again=lambda status: _show_passage(request, version, found, form=form, status=status),
        )
    drafts.forget(request)
    if responses.is_fetched(request):
        minutes = editing.minutes() if editing.can_edit(request.user, made) else 0
        notice = {
            "notice": responses.sentence_for(made),
            "made": made,
            "edit_minutes": minutes,
        }
        return _show_passage(request, version, found, status=HTTPStatus.CREATED, extra=notice)
    return responses.thank(request, made)


def _take_reply(request: HttpRequest, parent: Annotation) -> HttpResponse:
    if parent.state != State.PUBLIC:
        texts = responses.raw_texts(request)
        return responses.give_back(request, parent.version, texts, cards.tombstone_of(parent))
    if led := drafts.led_to_log_in(request):
        return led
    if draft := drafts.given_back(request):
        return _show_reply(request, parent, status=INVALID, draft=draft)
    form = ReplyForm(request.POST, request=request, id_prefix="reply")
    if not form.is_valid():
        return _show_reply(request, parent, form=form.renewed(), status=INVALID)
    try:
        made = submitting.submit_reply(
            parent=parent,
            body=form.cleaned_data["body"],
            user=responses.account(request),
            idempotency_key=form.cleaned_data["idempotency_key"],
            base_url=responses.base_url(request),
            network=network_of(request),
            consent=form.consent(),
            **form.identity(),
        )
    except (ValidationError, PermissionDenied) as error:
        return responses.refuse(
            request,
            form,
            error,
            version=parent.version,
            again=lambda status: _show_reply(request, parent, form=form, status=status),
        )
    drafts.forget(request)
    return responses.thank(request, made)


def _show_passage(  # noqa: PLR0913  # one place for what the page shows in all its states
    request: HttpRequest,
    version: Version,
    found: Passage,
    *,
    form: AnnotationForm | None = None,
    status: int = HTTPStatus.OK,
    draft: drafts.Kept | None = None,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """Render a passage with its annotations, as a page or as the part that a script puts in."""
    offset = _offset(request.GET.get("at", ""), found)
    order = Order.read(request.GET, offset)
    TextVersions.of(version, request)
    rows = places.on_passage(version, found.pk, order.name)
    chosen = rows if offset is None else places.over(rows, offset)
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    context = responses.version_context(request, version)
    is_open = context["is_newest"] and version.is_open() and not found.is_withheld
    total = page.paginator.count if offset is None else rows.count()
    view = reading.passage_view(found, version, total, ())
    rows_shown = places.with_words(page.object_list)
    shown = cards.cards_of(rows_shown, {found.pk: found}, order.replies)
    prepare_bodies([found], request)
    if form is None and not extra:
        initial = draft.values if draft else None
        form = AnnotationForm(request=request, passage=found, initial=initial)
    context |= {
        "is_open": is_open,
        "form": form if is_open else None,
        "draft": draft,
        "kept": form.kept if form and not is_open else (),
        "view": view,
        "passage_name": reading.passage_name(found),
        "cards": shown,
        "has_more_replies": any(card.reply_count > len(card.replies) for card in shown),
        "paging": page,
        "paging_query": order.query,
        "order": order,
        "at_place": offset is not None,
        "window_sentence": window_sentence(version),
        "labels": reading.browser_labels(),
        "moderated": responses.is_moderated(version),
        "follow_topic": passage_key(found.uid),
        **(extra or {}),
    }
    fetched = responses.is_fetched(request)
    template = "annotations/includes/panel.html" if fetched else "annotations/passage_page.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["X-Requested-With"])
    return response


def _offset(value: str, found: Passage) -> int | None:
    """Return the character whose annotations are asked for, None for those of the whole passage."""
    is_number = value.isascii() and value.isdecimal() and len(value) < MOST_DIGITS
    offset = int(value) if is_number else -1
    return offset if 0 <= offset < len(found.text) and not found.is_withheld else None


def _show_reply(
    request: HttpRequest,
    parent: Annotation,
    *,
    form: ContributionForm | None = None,
    status: int = HTTPStatus.OK,
    draft: drafts.Kept | None = None,
) -> HttpResponse:
    if form is None:
        initial = draft.values if draft else None
        form = ReplyForm(request=request, id_prefix="reply", initial=initial)
    context = responses.version_context(request, parent.version)
    newest = context["newest"]
    context |= {
        "parent": parent,
        "form": form,
        "draft": draft,
        "is_open": newest.is_open(),
        "window_sentence": window_sentence(newest),
        "labels": reading.browser_labels(),
        "moderated": responses.is_moderated(newest),
    }
    return render(request, "annotations/reply_page.html", context, status=status)
