"""Mending typing errors in what staff entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from annotations.admin import links, showing
from annotations.admin.base import AnnotationAdminView, add_errors, crumb_of, title_of
from annotations.admin.entry_forms import CorrectionForm
from annotations.admin.scope import visible_annotation
from annotations.models import State
from annotations.services.correcting_entries import check_correcting, correct_entry
from annotations.services.moderating import words_state

if TYPE_CHECKING:
    from django.http import HttpResponse

    from annotations.models import Annotation


class CorrectEntryView(AnnotationAdminView, FormView):
    """Mend an entry; its place in the text stays."""

    template_name = "annotations/admin/correct_entry.html"
    form_class = CorrectionForm
    page_title = gettext_lazy("Mend typing errors")
    annotation: Annotation

    def load(self, **kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find the entry, and lead back where nothing can be mended any more."""
        self.annotation = visible_annotation(self.request, kwargs["pk"])
        try:
            check_correcting(annotation=self.annotation, actor=self.request.user)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return self.leave()
        return None

    def get_page_subtitle(self) -> str:
        """Name author and first words."""
        return title_of(self.annotation)

    def between(self) -> list[dict[str, Any]]:
        """Lead over the annotation."""
        return [crumb_of(self.annotation, within=self.within)]

    def get_initial(self) -> dict[str, Any]:
        """Begin with what stands."""
        row = self.annotation
        return {
            "source": row.source,
            "made_on": timezone.localdate(row.created_at),
            "name": row.user_name,
            "motivation": row.motivation,
            "body": row.comment,
            "proposed": row.proposed,
            "seen": words_state(row),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the passage, and the way back."""
        return super().get_context_data(
            annotation=self.annotation,
            marked=showing.marked(self.annotation),
            back_url=links.annotation_url(self.annotation.pk, within=self.within),
            **kwargs,
        )

    def form_valid(self, form: CorrectionForm) -> HttpResponse:
        """Call the service; what it refuses stands at the fields, and the text stays."""
        try:
            mended = correct_entry(
                annotation=self.annotation,
                actor=self.request.user,
                correction=form.correction(),
                seen=form.cleaned_data["seen"],
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        if mended.state == State.PUBLIC:
            messages.success(self.request, _("The contribution is mended."))
        else:
            words = _("The contribution waits for moderation: it holds a word of the list.")
            messages.warning(self.request, words)
        return self.leave()

    def leave(self) -> HttpResponse:
        """Go back to where the person came from, else to the annotation."""
        return self.back(links.annotation_url(self.annotation.pk, within=self.within))
