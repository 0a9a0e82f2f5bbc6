"""Answering annotations: one, or several of a page together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from annotations import permissions
from annotations.admin import links, showing
from annotations.admin.base import AnnotationAdminView, add_errors, crumb_of
from annotations.admin.candidates import Candidates, candidates_for, sentence_of, with_passages
from annotations.admin.forms import DispositionForm
from annotations.admin.scope import scope_of, visible_disposition
from annotations.admin.suggesting import suggestion_of
from annotations.admin.tables import is_open
from annotations.admin.texts import TEXTS_URL_NAME, may_see_texts
from annotations.models import Annotation, ReasonText, State
from annotations.services.disposing import change_disposition, dispose_annotations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest, HttpResponse

    from annotations.models import Disposition

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

    def get_page_subtitle(self) -> str:
        """Say how many annotations are answered."""
        return sentence_of(len(self.annotations))

    def between(self) -> list[dict[str, Any]]:
        """Lead over the annotation where there is only one."""
        return [crumb_of(self.annotations[0])] if len(self.annotations) == 1 else []

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
        context["media"] = context["form"].media
        context["texts"] = list(ReasonText.objects.all()[:MAX_TEXTS])
        context["texts_url"] = reverse(TEXTS_URL_NAME) if may_see_texts(self.request.user) else ""
        return context

    def form_valid(self, form: DispositionForm) -> HttpResponse:
        """Call the service; what it refuses stands at the fields, and the text stays."""
        try:
            disposition = self.save(form)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _saved(disposition))
        return self.leave()

    @abstractmethod
    def save(self, form: DispositionForm) -> Disposition:
        """Store the answer."""

    def leave(self) -> HttpResponse:
        """Go on to the next open annotation where that was asked for, else back."""
        first = self.annotations[0]
        if "next_open" in self.request.POST:
            following = _next_open(self.request, first)
            if following is not None:
                next_url = get_valid_next_url_from_request(self.request)
                return redirect(links.dispose_url([following], next_url=next_url))
            messages.info(self.request, _("Every annotation of this document is answered."))
        return self.back(links.annotation_url(first.pk))


class DisposeView(AnswerView):
    """Answer the annotations that ``id`` in the address names."""

    def load(self, **_kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find the annotations; leave out those that are answered or wait for moderation."""
        chosen = chosen_annotations(self.request)
        for page in {one.version.page_id: one.version.page for one in chosen}.values():
            permissions.require(self.request.user, "dispose", page)
        self.annotations = [one for one in chosen if is_open(one) and one.state != State.PENDING]
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
        context["has_next"] = _next_open(self.request, self.annotations[0]) is not None
        return context

    def save(self, form: DispositionForm) -> Disposition:
        """Answer the annotations with one disposition."""
        return dispose_annotations(
            annotations=self.annotations, actor=self.request.user, **form.answer()
        )


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

    def save(self, form: DispositionForm) -> Disposition:
        """Change the disposition."""
        return change_disposition(
            disposition=self.disposition, actor=self.request.user, **form.answer()
        )


def _saved(disposition: Disposition) -> str:
    if disposition.public_at is not None:
        return _("The disposition is saved and public.")
    return _("The disposition is saved. It becomes public with the next version.")


def chosen_annotations(request: HttpRequest) -> list[Annotation]:
    """Return the visible annotations that the address names, in the order of the text."""
    keys = [int(key) for key in request.GET.getlist("id") if key.isdecimal() and len(key) <= DIGITS]
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


def _next_open(request: HttpRequest, after: Annotation) -> int | None:
    """Return the next annotation of the document that waits for an answer, in its order."""
    rows = scope_of(request).rows().undisposed().exclude(state=State.PENDING)
    rows = rows.filter(version__page=after.version.page_id).exclude(pk=after.pk)
    keys = rows.order_by("passage__position", "start", "pk").values_list("pk", flat=True)
    following: int | None = keys.filter(passage__position__gte=after.passage.position).first()
    return following if following is not None else keys.first()
