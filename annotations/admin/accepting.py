"""Taking suggested edits over into the draft, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from annotations import permissions
from annotations.admin import links, showing
from annotations.admin.base import AnnotationAdminView, add_errors, crumb_of, title_of
from annotations.admin.forms import AcceptForm
from annotations.admin.scope import visible_annotation
from annotations.admin.suggesting import suggestion_of
from annotations.models import Outcome
from annotations.presentation.cards import edit_of
from annotations.services.accepting import accept_suggestion, take_back

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from annotations.admin.suggesting import Suggestion
    from annotations.models import Annotation, AppliedSuggestion


class SuggestionView(AnnotationAdminView):
    """An act on one suggested edit."""

    annotation: Annotation

    def load(self, **kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find the annotation and check the right."""
        self.annotation = visible_annotation(self.request, kwargs["pk"])
        permissions.require(self.request.user, "dispose", self.annotation.version.page)
        return None

    def leave(self) -> HttpResponse:
        """Go back to where the person came from, else to the annotation."""
        return self.back(links.annotation_url(self.annotation.pk, within=self.within))

    def edit_button(self) -> Any:  # noqa: ANN401  # Wagtail's
        """Lead to the draft."""
        url = reverse("wagtailadmin_pages:edit", args=[self.annotation.version.page_id])
        return messages.button(url, _("Edit the draft"))


class AcceptView(SuggestionView, FormView):
    """Take the words over as they are, or in other words."""

    template_name = "annotations/admin/accept.html"
    form_class = AcceptForm
    page_title = gettext_lazy("Take over with changes")
    suggestion: Suggestion | None

    def load(self, **kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find out what accepting means."""
        response = super().load(**kwargs)
        self.suggestion = suggestion_of(self.request, self.annotation)
        return response

    def get_page_subtitle(self) -> str:
        """Name the annotation."""
        return title_of(self.annotation)

    def between(self) -> list[dict[str, Any]]:
        """Lead over the annotation."""
        return [crumb_of(self.annotation, within=self.within)]

    def get_initial(self) -> dict[str, Any]:
        """Begin with the passage as the suggestion wants it."""
        plan = self.suggestion.plan if self.suggestion else None
        standing = self.annotation.disposition
        fitting = Outcome.ADOPTED if self.suggestion and self.suggestion.can_accept else ""
        return {
            "wording": plan.result if plan else "",
            "seen": plan.seen if plan else "",
            "outcome": standing.outcome if standing and not standing.missing else fitting,
            "reason": standing.reason if standing and not standing.missing else "",
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the suggestion beside the form."""
        return super().get_context_data(
            annotation=self.annotation,
            marked=showing.marked(self.annotation),
            edit=edit_of(self.annotation),
            suggestion=self.suggestion,
            back_url=get_valid_next_url_from_request(self.request)
            or links.annotation_url(self.annotation.pk, within=self.within),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # Django's signature
        """Take it over as it is where that was asked for, else look at the form."""
        if "as_it_is" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            applied = accept_suggestion(
                annotation=self.annotation, actor=request.user, seen=request.POST.get("seen", "")
            )
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
            return self.leave()
        return self.accepted(applied)

    def form_valid(self, form: AcceptForm) -> HttpResponse:
        """Call the service; what it refuses stands at the fields, and the words stay."""
        try:
            applied = accept_suggestion(
                annotation=self.annotation, actor=self.request.user, **form.cleaned_data
            )
        except ValidationError as error:
            add_errors(form, error)
            form.data = {**form.data.dict(), "seen": self.get_initial()["seen"]}  # type: ignore[attr-defined]  # a QueryDict
            return self.form_invalid(form)
        return self.accepted(applied)

    def accepted(self, applied: AppliedSuggestion) -> HttpResponse:
        """Say what has happened."""
        sentence = _("The words are in the draft now.")
        if applied.disposition.public_at is not None:
            sentence = f"{sentence} {_('The answer is public; it says that this is intended.')}"
        else:
            sentence = f"{sentence} {_('The answer becomes public with the next version.')}"
        messages.success(self.request, sentence, buttons=[self.edit_button()])
        return self.leave()


class TakeBackView(SuggestionView, View):
    """Take what was accepted back from the draft."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:  # noqa: ANN401  # from the address
        """Call the service and say what is left to do."""
        try:
            done = take_back(annotation=self.annotation, actor=request.user)
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
            return self.leave()
        if done.revision is not None:
            messages.success(request, _("The draft says again what it said before."))
        else:
            messages.warning(
                request,
                _(
                    "The draft stays as it is: the words that were taken over no longer stand "
                    "there just so. Please look at the passage in the page editor."
                ),
                buttons=[self.edit_button()],
            )
        if done.applied.made_disposition:
            messages.info(request, _("The annotation is open again."))
        return self.leave()
