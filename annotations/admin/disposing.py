"""Answering annotations: one, or several of a page together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from annotations import permissions
from annotations.admin import links, presence, showing
from annotations.admin.base import AnnotationAdminView, add_errors, crumb_of
from annotations.admin.candidates import Candidates, candidates_for, sentence_of, with_passages
from annotations.admin.forms import DispositionForm
from annotations.admin.listing import waiting_in
from annotations.admin.lists import list_url, next_of
from annotations.admin.meanwhile import Meanwhile, answer_of, happened, seen_of
from annotations.admin.progress import left_of
from annotations.admin.scope import scope_of, visible_disposition
from annotations.admin.similar import suggested_for
from annotations.admin.suggesting import suggestion_of
from annotations.admin.tables import is_open
from annotations.admin.texts import TEXTS_URL_NAME, may_see_texts
from annotations.models import Annotation, ReasonText, State
from annotations.services.disposing import change_disposition, dispose_annotations, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest, HttpResponse

    from annotations.admin.similar import Suggested
    from annotations.models import Disposition
    from annotations.queries import AnnotationQuerySet

MAX_CHOSEN = 500
MAX_SHOWN = 20
MAX_TEXTS = 200
DIGITS = 18


class AnswerView(AnnotationAdminView, FormView, ABC):
    """The form of a disposition; what it answers stands beside it."""

    template_name = "annotations/admin/disposition_form.html"
    form_class = DispositionForm
    page_title = gettext_lazy("Disposition")
    annotations: Sequence[Annotation]
    meanwhile: Meanwhile | None = None

    def get_page_subtitle(self) -> str:
        """Say how many annotations are answered."""
        return sentence_of(len(self.annotations))

    def between(self) -> list[dict[str, Any]]:
        """Lead over the annotation where there is only one."""
        alone = len(self.annotations) == 1
        return [crumb_of(self.annotations[0], within=self.within)] if alone else []

    def candidates(self) -> Candidates:
        """Return the changes that may be ticked."""
        return candidates_for(self.annotations)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the changes since the annotations."""
        return {**super().get_form_kwargs(), "candidates": self.candidates()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the annotations with their passages."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["shown"] = [(one, showing.marked(one)) for one in self.annotations[:MAX_SHOWN]]
        context["more_count"] = max(0, len(self.annotations) - MAX_SHOWN)
        if len(self.annotations) == 1:
            context["suggestion"] = suggestion_of(self.request, self.annotations[0])
        context["beside"] = presence.sentence_about(self.annotations, self.request.user)
        context["editing_sessions"] = presence.shown_at(self.annotations[0], self.request.user)
        context["left"] = left_of(self.request, self.annotations[0].version.page_id)
        context["seen"] = self.seen()
        context["meanwhile"] = self.meanwhile
        context["action"] = self.action()
        context["media"] = context["form"].media
        context["within"] = self.within
        context["texts"] = list(ReasonText.objects.all()[:MAX_TEXTS])
        context["texts_url"] = reverse(TEXTS_URL_NAME) if may_see_texts(self.request.user) else ""
        return context

    def form_valid(self, form: DispositionForm) -> HttpResponse:
        """Call the service; what it refuses stands at the fields, and the text stays."""
        try:
            disposition = self.save(form)
        except ValidationError as error:
            if not self.meanwhile:  # else that is said above the form
                add_errors(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _saved(disposition))
        return self.leave()

    @abstractmethod
    def seen(self) -> str:
        """Return what the form shows, to find out later what has changed meanwhile."""

    def action(self) -> str:
        """Return where the form goes."""
        return str(self.request.get_full_path())

    @abstractmethod
    def save(self, form: DispositionForm) -> Disposition:
        """Store the answer."""

    def leave(self) -> HttpResponse:
        """Go back to where the person came from."""
        return self.back(links.annotation_url(self.annotations[0].pk, within=self.within))


class DisposeView(AnswerView):
    """Answer the annotations that ``id`` in the address names."""

    def load(self, **_kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find the annotations; leave out those that are answered or wait for moderation."""
        chosen = chosen_annotations(self.request)
        for page in {one.version.page_id: one.version.page for one in chosen}.values():
            permissions.require(self.request.user, "dispose", page)
        self.annotations = [one for one in chosen if _can_be_answered(one)]
        self.also = self._ticked(chosen)
        self.meanwhile = happened(
            self.request.POST.get("seen", ""),
            [*chosen, *self.also],
            is_left=bool(self.annotations),
        )
        if self.meanwhile and not self.annotations:
            self.annotations, self.left_out = chosen, 0
            return None
        refusal = _refusal(chosen, self.annotations)
        if refusal:
            messages.error(self.request, refusal)
            return self.back(links.listing_url())
        self.left_out = len(chosen) - len(self.annotations)
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add what was left out and whether there is a next one."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if self.left_out:
            context["left_out"] = ngettext(
                "%(number)d chosen annotation is left out: it has an answer already, waits for "
                "moderation or needs none.",
                "%(number)d chosen annotations are left out: they have an answer already, wait "
                "for moderation or need none.",
                self.left_out,
            ) % {"number": self.left_out}
        context["similar"] = self._similar
        others = set(self._waiting) - {one.pk for one in self.annotations}
        context["has_next"] = bool(others)
        if self.within:
            context["left_within"] = ngettext(
                "Besides, %(number)d annotation of the list that you came from is open.",
                "Besides, %(number)d annotations of the list that you came from are open.",
                len(others),
            ) % {"number": len(others)}
        return context

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # Django's signature
        """Store nothing where something has happened that the person has not seen."""
        if self.meanwhile:
            return self.render_to_response(self.get_context_data())
        response: HttpResponse = super().post(*args, **kwargs)
        return response

    def seen(self) -> str:
        """Return the answer that may be replaced, or the annotations and the similar ones."""
        if self.meanwhile and self.meanwhile.only_answer:
            return self.meanwhile.only_answer.state
        return seen_of([*self.annotations, *(each.annotation for each in self._similar)])

    def action(self) -> str:
        """Lead to the answer that may be replaced, else back here."""
        answer = self.meanwhile.only_answer if self.meanwhile else None
        return links.disposition_url(answer.disposition.pk) if answer else super().action()

    def save(self, form: DispositionForm) -> Disposition:
        """Answer the annotations, and the similar ones that were ticked, with one disposition."""
        self.order = self._waiting if "next_open" in self.request.POST else []
        return dispose_annotations(
            annotations=[*self.annotations, *self.also], actor=self.request.user, **form.answer()
        )

    def leave(self) -> HttpResponse:
        """Go on to the next open annotation where that was asked for, else back."""
        if "next_open" not in self.request.POST:
            return super().leave()
        done = {one.pk for one in [*self.annotations, *self.also]}
        following = next_of(self.order, after=self.annotations[-1].pk, done=done)
        if following is not None:
            next_url = get_valid_next_url_from_request(self.request)
            return redirect(links.dispose_url([following], next_url=next_url, within=self.within))
        if self.within:
            messages.info(self.request, _("Every annotation of this list is answered."))
            return redirect(list_url(self.within))
        messages.info(self.request, _("Every annotation of this document is answered."))
        return super().leave()

    def _ticked(self, chosen: Sequence[Annotation]) -> list[Annotation]:
        """Return the similar annotations that were ticked: others of the same document."""
        pages = {one.version.page_id for one in chosen}
        keys = {one.pk for one in chosen}
        ticked = annotations_by_key(self.request, self.request.POST.getlist("also"))
        return [one for one in ticked if one.version.page_id in pages and one.pk not in keys]

    @cached_property
    def _waiting(self) -> list[int]:
        """What waits for an answer: of the list that led here, else of the document."""
        if self.within:
            return waiting_in(self.request, self.within)
        rows = _open_rows(self.request, self.annotations[0])
        return list(rows.order_by("passage__position", "start", "pk").values_list("pk", flat=True))

    @cached_property
    def _similar(self) -> list[Suggested]:
        rows = _open_rows(self.request, self.annotations[0])
        return suggested_for(self.annotations, rows, chosen={one.pk for one in self.also})


class ChangeDispositionView(AnswerView):
    """Change an answer; what was said before stays in its history."""

    page_title = gettext_lazy("Change the disposition")
    disposition: Disposition

    def load(self, **kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find the disposition and everything that it answers."""
        self.disposition = visible_disposition(self.request, kwargs["pk"])
        permissions.require(self.request.user, "dispose", self.disposition.page)
        rows = self.disposition.annotations.select_related("version__page", "passage__locale")
        self.annotations = list(rows.order_by("passage__position", "pk")[:MAX_CHOSEN])
        return None if self.annotations else redirect(links.listing_url())

    def candidates(self) -> Candidates:
        """Return what may be ticked, with everything that is ticked already."""
        found = candidates_for(self.annotations)
        linked = with_passages(self.disposition.changes.exclude(pk__in=found.pks))
        return Candidates([*found.touching, *linked], found.others)

    def get_initial(self) -> dict[str, Any]:
        """Begin with what stands."""
        row = self.disposition
        names = ("outcome", "reason", "internal_note", "office", "due_on")
        values = {name: getattr(row, name) for name in names}
        return {**values, "changes": [str(change.pk) for change in row.changes.all()]}

    def seen(self) -> str:
        """Return the state of the answer."""
        return state_of(self.disposition)

    def save(self, form: DispositionForm) -> Disposition:
        """Change the disposition; what somebody else has changed meanwhile is shown first."""
        try:
            return change_disposition(
                disposition=self.disposition,
                actor=self.request.user,
                seen=self.request.POST.get("seen"),
                **form.answer(),
            )
        except ValidationError as error:
            if "stale" in {each.code for each in error.error_list}:
                self.disposition.refresh_from_db()
                self.meanwhile = Meanwhile([answer_of(self.disposition)], (), is_left=False)
            raise


def _saved(disposition: Disposition) -> str:
    if disposition.public_at is not None:
        return _("The disposition is saved and public.")
    return _("The disposition is saved. It becomes public with the next version.")


def chosen_annotations(request: HttpRequest) -> list[Annotation]:
    """Return the visible annotations that the address names, in the order of the text."""
    return annotations_by_key(request, request.GET.getlist("id"))


def annotations_by_key(request: HttpRequest, values: Iterable[str]) -> list[Annotation]:
    """Return the visible annotations with the keys that somebody sent, in the order of the text."""
    keys = [int(key) for key in values if key.isdecimal() and len(key) <= DIGITS]
    if not keys:
        return []
    rows = scope_of(request).rows().roots().filter(pk__in=keys[: MAX_CHOSEN + 1])
    rows = rows.select_related(
        "version__page", "passage__locale", "disposition", "assignment__office"
    )
    return list(rows.order_by("version__page", "passage__position", "start", "pk"))


def _refusal(chosen: Sequence[Annotation], open_ones: Sequence[Annotation]) -> str:
    """Say why these annotations can't be answered together, nothing where they can."""
    if not chosen:
        return _("Please choose at least one annotation.")
    if len(chosen) > MAX_CHOSEN:
        return _("Please choose at most %(number)d annotations.") % {"number": MAX_CHOSEN}
    if not open_ones:
        return _("Nothing is to be answered here: what you chose has an answer or needs none.")
    if _pages(open_ones) > 1:
        return _("Please choose annotations of one document only.")
    return ""


def _pages(annotations: Iterable[Annotation]) -> int:
    return len({one.version.page_id for one in annotations})


def _can_be_answered(annotation: Annotation) -> bool:
    return is_open(annotation) and annotation.state != State.PENDING


def _open_rows(request: HttpRequest, like: Annotation) -> AnnotationQuerySet:
    """Return what may be answered of the document that an annotation is about."""
    rows = scope_of(request).rows().undisposed().exclude(state=State.PENDING)
    return rows.filter(version__page=like.version.page_id)
