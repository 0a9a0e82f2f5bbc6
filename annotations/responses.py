"""Answers that several public pages share: thanks, refusals, and texts given back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from annotations import access
from annotations.models import AnnotatedPageMixin, Annotation, State
from annotations.models.pages import Moderation
from annotations.services import confirming, limits
from annotations.services.mails import confirmation_hours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django.http import HttpRequest, HttpResponse

    from annotations.forms import ContributionForm
    from versioning.models import Version

STATUS = {
    "closed": HTTPStatus.CONFLICT,
    "stale": HTTPStatus.CONFLICT,
    "unpublished": HTTPStatus.CONFLICT,
    "unknown_passage": HTTPStatus.CONFLICT,
    "not_public": HTTPStatus.CONFLICT,
    "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
    "said_already": HTTPStatus.CONFLICT,
    "changed": HTTPStatus.CONFLICT,
    "erased": HTTPStatus.GONE,
}
FINAL = frozenset({"closed", "stale", "unpublished", "unknown_passage", "not_public"})
"""What can't be mended in the form: the text is given back to be copied."""


def is_fetched(request: HttpRequest) -> bool:
    """Tell whether our browser module asks for a part of the page."""
    return request.headers.get("X-Requested-With") == "fetch"


def base_url(request: HttpRequest) -> str:
    """Return scheme and host of the request, for links in mails."""
    return f"{request.scheme}://{request.get_host()}"


def account(request: HttpRequest) -> Any:  # noqa: ANN401  # any user model
    """Return the user who is signed in, None for guests."""
    return request.user if request.user.is_authenticated else None


def version_context(request: HttpRequest, version: Version) -> dict[str, Any]:
    """Return what every page about a version shows of it."""
    newest = access.newest_for(version)
    return {
        "page": version.page,
        "version": version,
        "newest": newest,
        "is_newest": newest.pk == version.pk,
        "page_url": version.page.get_url(request) or version.get_absolute_url(),
    }


def is_moderated(version: Version) -> bool:
    """Tell whether moderators look at contributions before everybody sees them."""
    kind = version.page.specific_class
    if kind is None or not issubclass(kind, AnnotatedPageMixin):
        return False
    moderation = kind._default_manager.filter(pk=version.page_id).values_list("moderation")
    return (Moderation.BEFORE,) in moderation  # its text would be read with the page


def sentence_for(made: Annotation) -> str:
    """Say what happened to a contribution and what comes next."""
    if made.state == State.UNCONFIRMED:
        return _(
            "We have sent you an e-mail. Only when you open the link in it and confirm will your "
            "contribution be visible."
        )
    if made.state == State.PENDING:
        return _("Thank you. Your contribution will be visible as soon as it has been checked.")
    return _("Thank you. Everybody can now see your contribution.")


def place_of(request: HttpRequest, made: Annotation) -> str:
    """Return where a contribution stands: on the reading page, replies on their thread's page."""
    if made.is_reply:
        return made.get_absolute_url()
    page = made.version.page
    anchor = f"a-{made.uuid}" if made.state == State.PUBLIC else f"p-{made.passage.uid}"
    return f"{page.get_url(request) or made.version.get_absolute_url()}#{anchor}"


def thank(request: HttpRequest, made: Annotation) -> HttpResponse:
    """Redirect after a contribution was stored."""
    if made.state == State.UNCONFIRMED:
        return redirect("annotations:sent", uuid=made.uuid)
    return told(request, sentence_for(made), place_of(request, made))


def told(request: HttpRequest, sentence: str, url: str) -> HttpResponse:
    """Say a sentence on top of the page of an address, with a link to what its anchor names.

    A browser that opens a page at an anchor shows what stands on top to nobody, and gives it no
    focus.
    """
    page, _hash, anchor = url.partition("#")
    if anchor:
        link = _("Go to the contribution")
        sentence = format_html('{} <a href="#{}">{}</a>', sentence, anchor, link)
    messages.success(request, sentence)
    return redirect(page)


def refuse(
    request: HttpRequest,
    form: ContributionForm,
    error: ValidationError | PermissionDenied,
    *,
    version: Version,
    again: Callable[[int], HttpResponse],
) -> HttpResponse:
    """Answer what a service refused: the form again, or the text back where nothing can be mended.

    Args:
        request: The request.
        form: What was sent, valid as far as the form could tell.
        error: What the service said.
        version: The version that was meant.
        again: Renders the form with its errors and a status.
    """
    if isinstance(error, PermissionDenied):
        sentence = str(error) or _("You may not write here.")
        return give_back(request, version, form.kept, sentence, HTTPStatus.FORBIDDEN)
    form.add_service_error(error)
    codes = set(codes_of(error))
    status = next((STATUS[code] for code in codes if code in STATUS), 422)
    if codes & FINAL:
        return give_back(request, version, form.kept, " ".join(error.messages), status)
    return with_retry_after(again(status), error)


def with_retry_after(response: HttpResponse, error: Exception) -> HttpResponse:
    """Say in a header when a refused act may succeed, where time helps (RFC 6585)."""
    seconds = limits.retry_after(error) if isinstance(error, ValidationError) else None
    if seconds:
        response["Retry-After"] = str(seconds)
    return response


def give_back(
    request: HttpRequest,
    version: Version | None,
    kept: Sequence[tuple[str, str]],
    sentence: str,
    status: int = HTTPStatus.CONFLICT,
) -> HttpResponse:
    """Say why a contribution was not taken, and give its text back to be copied.

    Args:
        request: The request.
        version: The version that was meant, None where it is not public any more.
        kept: Labels and texts.
        sentence: Why it was not taken.
        status: HTTP status.
    """
    context: dict[str, Any] = {"sentence": sentence, "kept": kept}
    if version is not None:
        context |= version_context(request, version)
    fetched = is_fetched(request)
    template = "annotations/includes/refusal.html" if fetched else "annotations/refused.html"
    return render(request, template, context, status=status)


def raw_texts(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the texts of a form that can't be built any more."""
    labels = {
        "quote": _("Exactly these words (optional)"),
        "proposed": _("Your wording"),
        "body": _("Your words"),
    }
    pairs = [(label, request.POST.get(name, "")) for name, label in labels.items()]
    return [(label, text) for label, text in pairs if text.strip()]


def gone(request: HttpRequest, version: Version | None) -> HttpResponse:
    """Give a text back whose passage or page is not public any more."""
    sentence = (
        _("This page is not public any more, so it takes no contributions.")
        if version is None
        else _("This passage is not part of the version any more.")
    )
    return give_back(request, version, raw_texts(request), sentence)


def confirmed(request: HttpRequest, made: Annotation) -> HttpResponse:
    """Redirect to what has been confirmed."""
    return told(request, sentence_for(made), place_of(request, made))


def invalid_token(request: HttpRequest, error: confirming.TokenError) -> HttpResponse:
    """Say why a link does not confirm anything."""
    found = getattr(error, "annotation", None)
    context: dict[str, Any] = {"hours": confirmation_hours()}
    if isinstance(error, confirming.TokenUsed):
        is_waiting = found is not None and found.state == State.PENDING
        context |= {"reason": "used", "status": HTTPStatus.GONE, "is_waiting": is_waiting}
        if found is not None and found.state == State.PUBLIC:
            context["url"] = found.get_absolute_url()
    elif isinstance(error, confirming.TokenExpired):
        context |= {"reason": "expired", "status": HTTPStatus.GONE}
        if found is not None:
            args = [found.version.page_id, found.version.number, found.passage.uid]
            context["url"] = reverse("annotations:passage", args=args)
    else:
        context |= {"reason": "unknown", "status": HTTPStatus.NOT_FOUND}
    return render(request, "annotations/invalid_link.html", context, status=context["status"])


def not_confirmed(request: HttpRequest, token: str, error: ValidationError) -> HttpResponse:
    """Give a text back whose window closed before it was confirmed."""
    found = confirming.find_annotation(token)
    texts = [(_("Your wording"), found.proposed), (_("Your words"), found.comment)]
    kept = [(label, text) for label, text in texts if text]
    return give_back(request, found.version, kept, " ".join(error.messages))


def codes_of(error: ValidationError) -> Iterator[str]:
    """Give the codes of everything that was refused."""
    if hasattr(error, "error_dict"):
        for errors in error.error_dict.values():
            yield from (str(each.code) for each in errors)
    else:
        yield from (str(each.code) for each in error.error_list)
