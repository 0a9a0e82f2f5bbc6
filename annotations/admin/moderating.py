"""Moderation: hiding with a ground, showing again, releasing what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView
from wagtail.admin import messages

from annotations import permissions
from annotations.admin import links
from annotations.admin.base import AnnotationAdminView, add_errors, base_url, crumb_of, title_of
from annotations.admin.forms import HideForm, NoteForm
from annotations.admin.scope import visible_annotation
from annotations.models import State
from annotations.services.moderating import (
    hide_annotation,
    release_annotation,
    show_annotation,
    statement_state,
)
from annotations.services.noting import add_note
from annotations.services.reasons import statements_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from annotations.models import Annotation, ModerationEvent


class ModerationView(AnnotationAdminView):
    """An act of moderation on one annotation or reply."""

    annotation: Annotation

    def load(self, **kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find the annotation and check the right."""
        self.annotation = visible_annotation(self.request, kwargs["pk"])
        permissions.require(self.request.user, "moderate", self.annotation.version.page)
        return None

    def leave(self) -> HttpResponse:
        """Go back to the thread."""
        return self.back(links.annotation_url(self.annotation.root_id or self.annotation.pk))


def _to_desk() -> list[Any]:
    """Return the way to what still waits, for beside a message."""
    return [messages.button(links.desk_url(), _("Waiting contributions"))]


class HideView(ModerationView, FormView):
    """Ask for the ground, then hide; where it is hidden already, ask for another ground."""

    template_name = "annotations/admin/form.html"
    form_class = HideForm

    def get_page_title(self) -> str:
        """Say what happens here."""
        return _("Change the ground") if self.statement else _("Hide")

    def get_page_subtitle(self) -> str:
        """Name what is hidden."""
        return title_of(self.annotation)

    def between(self) -> list[dict[str, Any]]:
        """Lead over the thread."""
        return [crumb_of(self.annotation)]

    def get_initial(self) -> dict[str, Any]:
        """Begin with what holds already, where the ground is changed."""
        if self.statement is None:
            return {"state": State.HIDDEN}
        names = ("basis", "ground", "fact")
        held = {name: getattr(self.statement, name) for name in names}
        return {"state": self.statement.after, **held}

    @cached_property
    def statement(self) -> ModerationEvent | None:
        """The statement of reasons that holds; none of what is in sight."""
        return statements_for([self.annotation]).get(self.annotation.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add what is hidden, which statement was read, and the words of the buttons."""
        return super().get_context_data(
            quoted=self.annotation,
            seen=self.request.POST.get("seen", statement_state(self.annotation)),
            submit_label=self.get_page_title(),
            back_url=links.annotation_url(self.annotation.root_id or self.annotation.pk),
            **kwargs,
        )

    def form_valid(self, form: HideForm) -> HttpResponse:
        """Call the service; what it refuses stands at the fields."""
        try:
            hide_annotation(
                annotation=self.annotation,
                actor=self.request.user,
                base_url=base_url(self.request),
                seen=self.request.POST.get("seen", ""),
                **form.reasons(),
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        message = _("This is hidden now, and its author is told why.")
        messages.success(self.request, message, buttons=_to_desk())
        return self.leave()


class NoteView(ModerationView, FormView):
    """Write a note for other moderators."""

    http_method_names = ["post"]
    template_name = "annotations/admin/form.html"
    form_class = NoteForm
    page_title = gettext_lazy("Note for moderators")

    def between(self) -> list[dict[str, Any]]:
        """Lead over the thread."""
        return [crumb_of(self.annotation)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add what the note is about and the words of the buttons."""
        return super().get_context_data(
            quoted=self.annotation,
            submit_label=_("Save the note"),
            back_url=links.annotation_url(self.annotation.root_id or self.annotation.pk),
            **kwargs,
        )

    def form_valid(self, form: NoteForm) -> HttpResponse:
        """Call the service; what it refuses stands at the field."""
        text = form.cleaned_data["text"]
        try:
            add_note(annotation=self.annotation, actor=self.request.user, text=text)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _("The note is saved. Only moderators see it."))
        return self.leave()


class OneStepView(ModerationView, View):
    """An act without a question, by POST only."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:  # noqa: ANN401  # from the address
        """Act and go back to the thread."""
        try:
            message = self.act()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages), buttons=_to_desk())
        else:
            messages.success(request, message, buttons=_to_desk())
        return self.leave()

    def act(self) -> str:
        """Call the service and return what to say."""
        return ""


class ShowView(OneStepView):
    """Show again what was hidden."""

    def act(self) -> str:
        """Call the service."""
        show_annotation(annotation=self.annotation, actor=self.request.user)
        return _("This is shown again.")


class ReleaseView(OneStepView):
    """Publish what waited for moderation."""

    def act(self) -> str:
        """Call the service."""
        release_annotation(
            annotation=self.annotation,
            actor=self.request.user,
            base_url=base_url(self.request),
            seen=self.request.POST.get("seen", ""),
        )
        return _("This is public now.")
