"""Assigning annotations to an office, one or several together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages

from annotations import permissions
from annotations.admin.base import AnnotationAdminView, add_errors
from annotations.admin.disposing import MAX_SHOWN, chosen_annotations
from annotations.admin.links import listing_url
from annotations.services.assigning import assign, offices, people_of_offices
from versioning.widgets import DayInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from annotations.models import Annotation


class PersonField(forms.ModelChoiceField):
    """Accounts by the name that people of the administration know."""

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401  # any user model
        """Return name and offices."""
        groups = ", ".join(group.name for group in obj.groups.all())
        return f"{obj.get_full_name() or obj.get_username()} ({groups})"


class AssignmentForm(forms.Form):
    """To which office, to whom of it, until when."""

    office = forms.ModelChoiceField(
        label=gettext_lazy("Office"),
        queryset=Group.objects.none(),
        help_text=gettext_lazy("Its members hear of it by mail."),
        error_messages={"required": gettext_lazy("Please choose an office.")},
    )
    person = PersonField(
        label=gettext_lazy("Person"),
        queryset=get_user_model().objects.none(),
        required=False,
        help_text=gettext_lazy("Somebody of the office; then only this person gets a mail."),
    )
    due_on = forms.DateField(label=gettext_lazy("Due on"), required=False, widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Offer the offices and their members."""
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("office", offices()),
            ("person", people_of_offices().prefetch_related("groups")),
        ):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]  # a choice of rows


class AssignView(AnnotationAdminView, FormView):
    """Assign the annotations that ``id`` in the address names."""

    template_name = "annotations/admin/assignment_form.html"
    form_class = AssignmentForm
    page_title = gettext_lazy("Assign")
    annotations: Sequence[Annotation]

    def get_page_subtitle(self) -> str:
        """Say how many annotations are assigned."""
        number = len(self.annotations)
        return ngettext("%(number)d annotation", "%(number)d annotations", number) % {
            "number": number
        }

    def load(self, **_kwargs: Any) -> HttpResponse | None:  # noqa: ANN401  # from the address
        """Find the annotations."""
        self.annotations = chosen_annotations(self.request)
        for page in {one.version.page_id: one.version.page for one in self.annotations}.values():
            permissions.require(self.request.user, "assign", page)
        if not self.annotations:
            messages.error(self.request, _("Please choose at least one annotation."))
            return self.back(listing_url())
        return None

    def get_initial(self) -> dict[str, Any]:
        """Begin with what holds where there is only one."""
        held = getattr(self.annotations[0], "assignment", None)
        if len(self.annotations) != 1 or held is None:
            return {}
        return {"office": held.office, "person": held.person, "due_on": held.due_on}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the annotations."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["shown"] = self.annotations[:MAX_SHOWN]
        context["more_count"] = max(0, len(self.annotations) - MAX_SHOWN)
        context["media"] = context["form"].media
        return context

    def form_valid(self, form: AssignmentForm) -> HttpResponse:
        """Call the service; what it refuses stands at the fields."""
        try:
            made = assign(
                annotations=self.annotations, actor=self.request.user, **form.cleaned_data
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        words = ngettext(
            "%(number)d annotation is assigned to %(office)s.",
            "%(number)d annotations are assigned to %(office)s.",
            len(made),
        ) % {"number": len(made), "office": form.cleaned_data["office"]}
        messages.success(self.request, words)
        return self.back(listing_url())
