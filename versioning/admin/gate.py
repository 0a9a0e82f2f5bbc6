"""The gate in the admin: the checklist of a version, and handing it over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from versioning import permissions
from versioning.admin.base import FormView
from versioning.forms import SubmitForm
from versioning.models import Submission
from versioning.services.checklist import checklist
from versioning.services.gate import GateClosed, bodies_ahead, submit_version

if TYPE_CHECKING:
    from django import forms
    from django.core.exceptions import ValidationError
    from django.http import HttpRequest, HttpResponse


class GateView(FormView):
    """The checklist of a version, and the form that hands it over."""

    template_name = "versioning/admin/gate.html"
    page_title = gettext_lazy("Gate")
    header_icon = "tasks"
    submit_label = gettext_lazy("Hand over to the Senate")

    def post(self, request: HttpRequest, **kwargs: int) -> HttpResponse:
        """Hand the version over."""
        permissions.require(request.user, "submit_version", self.page)
        return super().post(request, **kwargs)

    def get_form(self, data: Any = None) -> forms.Form:  # noqa: ANN401  # a QueryDict or None
        """Return the form with a date for each body to which the version would go."""
        return SubmitForm(data, bodies=bodies_ahead(self.page))

    def perform(self, form: forms.Form) -> str:
        """Hand the version over."""
        submission = submit_version(
            version=self.version,  # type: ignore[arg-type]  # loaded before
            actor=self.request.user,  # type: ignore[arg-type]  # signed in
            note=form.cleaned_data["note"],
            planned=form.planned(),  # type: ignore[attr-defined]  # a SubmitForm
        )
        return _(
            "%(name)s was handed over to the Senate. The public page of the submission shows it "
            "from now on."
        ) % {"name": submission.version.name}

    def refuse(self, form: forms.Form, error: ValidationError) -> None:
        """Say that it was refused; the checklist on the page names what is missing."""
        if isinstance(error, GateClosed):
            messages.error(
                self.request,
                _("Not handed over. Something is still missing: the list below names it."),
            )
            return
        super().refuse(form, error)

    def success_url(self) -> str:
        """Stay here: the page shows the submission now."""
        return self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the checklist or the submission."""
        submission = Submission.objects.filter(version=self.version).first()
        lines = [] if submission or self.version is None else checklist(self.version)
        return super().get_context_data(
            submission=submission,
            lines=lines,
            blocked=any(line.blocks for line in lines),
            **kwargs,
        )
