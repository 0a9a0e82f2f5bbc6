"""Pages on which one begins and ends to follow a document, a passage or a thread."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations import access, link_responses, responses
from annotations.address_forms import AddressForm
from annotations.models import Consent, Follow, State
from annotations.networks import network_of
from annotations.presentation.voices import place_url, topic_url, topic_words, topics_of
from annotations.services import confirming, consents, persons, subscribing
from annotations.services.subscribing import Topic

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
PER_PAGE = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_document(request: HttpRequest, page_id: int) -> HttpResponse:
    """Begin or end to hear of news of a document."""
    return _follow(request, Topic(access.newest_version(request, page_id)))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_passage(request: HttpRequest, page_id: int, uid: UUID) -> HttpResponse:
    """Begin or end to hear of annotations to a passage, in all versions."""
    newest = access.newest_version(request, page_id)
    return _follow(request, Topic(newest, passage=access.newest_passage(newest, uid)))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_thread(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Begin or end to hear of replies to an annotation."""
    found = access.readable_annotation(request, uuid)
    if found.is_reply or found.state != State.PUBLIC:
        raise Http404
    newest = access.newest_version(request, found.version.page_id)
    return _follow(request, Topic(newest, thread=found))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_follow(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button with which news begin for a guest (GET), or begin (POST)."""
    try:
        if request.method == "POST":
            kept = subscribing.confirm_follow(token=token)
            return _go_there(request, kept, _("From now on you will hear of news by e-mail."))
        found = confirming.find_token(token, purposes=(subscribing.PURPOSE,)).follow
        if found is None:
            raise confirming.TokenUnknown
        subscribing.check_follow(found, user=persons.account_of(found.email))
    except confirming.TokenError as error:
        response = link_responses.invalid_link(request, error)
    except (ValidationError, PermissionDenied) as error:
        response = link_responses.refused_link(request, error)
    else:
        context = {"page": found.page, "what": _words_of(request, found)}
        response = render(request, "annotations/confirm_follow.html", context)
    response["Referrer-Policy"] = "same-origin"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button that ends the news of a mail (GET), or end them (POST); without sign-in."""
    found = subscribing.find_follow(token)
    context: dict[str, Any] = {"what": _words_of(request, found) if found else ""}
    context["is_done"] = found is None
    if request.method == "POST":
        subscribing.unsubscribe(token=token)
        context["is_done"] = True
    response = render(request, "annotations/unsubscribe.html", context)
    response["Referrer-Policy"] = "same-origin"
    return response


@csrf_exempt  # a mail program sends this, which has no session; the token is the permission
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_at_once(request: HttpRequest, token: str) -> HttpResponse:
    """End the news of a mail with one click in the mail program; people get the page.

    Source: RFC 8058.
    """
    if request.method != "POST":
        return redirect("annotations:unsubscribe", token=token)
    subscribing.unsubscribe(token=token)
    return HttpResponse(_("You will get no more such e-mails."), content_type="text/plain")


@login_required
@never_cache
@require_safe
def following(request: HttpRequest) -> HttpResponse:
    """List what an account follows."""
    rows = Follow.objects.filter(user=_person(request), confirmed_at__isnull=False)
    page = Paginator(
        rows.select_related("thread__root", "page").order_by("-created_at", "-pk"), PER_PAGE
    ).get_page(request.GET.get("page"))
    shown = list(page)
    context = {
        "paging": page,
        "rows": [_row(request, *pair) for pair in zip(shown, topics_of(shown), strict=True)],
        "has_address": _has_address(request),
    }
    return render(request, "annotations/following.html", context)


@login_required
@require_POST
def stop_following(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own; those of others are not there."""
    found = Follow.objects.filter(pk=pk, user=_person(request)).first()
    if found is None:
        raise Http404
    subscribing.stop_following(follow=found, actor=request.user)
    messages.success(request, _("You will get no more e-mails about this."))
    return redirect("annotations:following")


def _row(request: HttpRequest, follow: Follow, topic: Topic | None) -> dict[str, Any]:
    """Return a line of the list; what may not be read any more has no title."""
    if topic is None or not access.may_read(request, topic.version.page):
        return {"follow": follow, "what": _("A text that is not public any more"), "url": ""}
    return {"follow": follow, "what": topic_words(topic), "url": place_url(topic)}


def _follow(request: HttpRequest, topic: Topic) -> HttpResponse:
    if request.method != "POST":
        return _show(request, topic, AddressForm(request=request))
    form = AddressForm(request.POST, request=request)
    if not form.is_valid():
        return _show(request, topic, form, INVALID)
    try:
        if responses.account(request) is not None:
            return _act(request, topic)
        subscribing.ask_to_follow(
            topic=topic,
            email=form.cleaned_data["email"],
            what=topic_words(topic),
            base_url=responses.base_url(request),
            network=network_of(request),
            consent=consents.seen(request.POST, Consent.FOLLOW),
        )
    except (ValidationError, PermissionDenied) as error:
        status, sentence = link_responses.refusal_of(error)
        if isinstance(error, ValidationError) and "email" in getattr(error, "error_dict", {}):
            form.add_service_error(error)
            sentence = ""
        answer = _show(request, topic, form, status, refusal=sentence)
        return responses.with_retry_after(answer, error)
    return redirect(f"{request.path}?sent=1")


def _act(request: HttpRequest, topic: Topic) -> HttpResponse:
    """Let an account begin or end to follow."""
    if request.POST.get("act") == "stop":
        for follow in _own(request, topic):
            subscribing.stop_following(follow=follow, actor=request.user)
        messages.success(request, _("You will get no more e-mails about this."))
    else:
        subscribing.follow_topic(topic=topic, user=request.user)
        messages.success(request, _("From now on you will hear of news by e-mail."))
    return redirect(topic_url(topic))


def _show(
    request: HttpRequest,
    topic: Topic,
    form: AddressForm,
    status: int = HTTPStatus.OK,
    refusal: str = "",
) -> HttpResponse:
    user = responses.account(request)
    context = responses.version_context(request, topic.version) | {
        "topic": topic,
        "what": topic_words(topic),
        "place_url": place_url(topic),
        "feed_url": _feed_url(topic),
        "form": form,
        "refusal": refusal,
        "is_followed": user is not None and _own(request, topic).exists(),
        "has_address": user is not None and _has_address(request),
        "is_sent": "sent" in request.GET and request.method != "POST",
    }
    return render(request, "annotations/follow_page.html", context, status=status)


def _feed_url(topic: Topic) -> str:
    """Return the feed beside a topic, for whoever does not want to give an address."""
    page_id = topic.version.page_id
    if topic.passage is not None:
        return reverse("annotations:passage_feed", args=[page_id, topic.passage.uid])
    return reverse("annotations:feed", args=[page_id])


def _own(request: HttpRequest, topic: Topic) -> Any:  # noqa: ANN401  # a QuerySet of follows
    return Follow.objects.filter(
        page=topic.version.page_id,
        topic=topic.key,
        user=_person(request),
        confirmed_at__isnull=False,
    )


def _has_address(request: HttpRequest) -> bool:
    user = _person(request)
    return user.email.lower() in persons.addresses_of(user)


def _person(request: HttpRequest) -> Any:  # noqa: ANN401  # any user model
    """Return the account of whoever is signed in."""
    return request.user


def _words_of(request: HttpRequest, follow: Follow) -> str:
    """Say what is followed, without its name to whoever may not read it any more."""
    topic = topics_of([follow])[0]
    if topic is None or not access.may_read(request, topic.version.page):
        return _("A text that is not public any more")
    return topic_words(topic)


def _go_there(request: HttpRequest, follow: Follow, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    topic = topics_of([follow])[0]
    if topic is None:
        raise Http404
    return redirect(place_url(topic))
