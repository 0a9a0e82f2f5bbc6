"""The gate in the admin: the checklist of a version, and handing it over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from versioning import permissions
from versioning.admin.base import FormView, VersionAdminView
from versioning.admin.workflows import workflow_context
from versioning.forms import SubmitForm, WaiveForm
from versioning.models import Submission
from versioning.services.checklist import checklist, facts_of
from versioning.services.gate import GateClosed, bodies_ahead, submit_version
from versioning.services.waiving import digest_of, take_back_waiver, waive_line

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

    from versioning.doors import GateLine
    from versioning.models import Version


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
        if getattr(error, "code", "") == "handed_over":  # the page shows no form any more
            messages.error(self.request, error.messages[0])
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
            rows=[row_of(line, lines) for line in lines],
            number_open=sum(line.blocks for line in lines),
            may_edit=self.page.permissions_for_user(self.request.user).can_edit(),
            **workflow_context(self.page, self.request.user),
            **kwargs,
        )


class WaiveView(FormView):
    """One line of the checklist, and the reason why it may stay open."""

    action = "submit_version"
    template_name = "versioning/admin/waive.html"
    page_title = gettext_lazy("Leave open with a reason")
    header_icon = "tasks"
    form_class = WaiveForm
    submit_label = gettext_lazy("Leave open with this reason")

    def load(self, **kwargs: Any) -> None:  # noqa: ANN401  # from the address
        """Find the version, and which line is meant."""
        super().load(**kwargs)
        self.key = str(kwargs["key"])

    def get(self, request: HttpRequest, **kwargs: int) -> HttpResponse:
        """Ask for the reason; what can't be waived leads back to the list."""
        if not any(line.key == self.key and line.may_be_waived for line in self.lines):
            messages.error(request, _("This line can't be left open with a reason."))
            return redirect(self.success_url())
        return super().get(request, **kwargs)

    def initial(self) -> dict[str, Any]:
        """Remember what is missing now."""
        return {"seen": digest_of(facts_of(self.lines, self.key))}

    def perform(self, form: forms.Form) -> str:
        """Store the waiver."""
        waive_line(
            version=self.version,  # type: ignore[arg-type]  # loaded before
            key=self.key,
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
            actor=self.request.user,  # type: ignore[arg-type]  # signed in
        )
        return _("This line stays open. The reason is shown in public with the submission.")

    def refuse(self, form: forms.Form, error: ValidationError) -> None:
        """Show what the service refused, and what is missing now."""
        super().refuse(form, error)
        form.data = {**form.data.dict(), **self.initial()}  # type: ignore[attr-defined]  # a QueryDict

    def success_url(self) -> str:
        """Return to the checklist."""
        return gate_url(self.version)

    @cached_property
    def lines(self) -> list[GateLine]:
        """The checklist, none where the version was handed over."""
        version = self.version
        if version is None or Submission.objects.filter(version=version).exists():
            return []
        return checklist(version)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401  # Django's signature
        """Add the line as it stands."""
        line = next((line for line in self.lines if line.key == self.key), None)
        return super().get_context_data(line=line, back_url=self.success_url(), **kwargs)


class TakeBackWaiverView(VersionAdminView):
    """Take a waiver back, by POST only."""

    action = "submit_version"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # from the address
        """Call the service and return to the checklist."""
        try:
            take_back_waiver(
                version=self.version,  # type: ignore[arg-type]  # loaded before
                key=str(kwargs["key"]),
                actor=request.user,  # type: ignore[arg-type]  # signed in
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The waiver is taken back. The line is open again."))
        return redirect(gate_url(self.version))


class Row(NamedTuple):
    """A line of the checklist as the page shows it.

    Attributes:
        line: The line.
        form: The form that waives it, where that is possible.
    """

    line: GateLine
    form: WaiveForm | None


def row_of(line: GateLine, lines: list[GateLine]) -> Row:
    """Return a line with the form that waives it, whose fields have names of their own."""
    if not line.may_be_waived:
        return Row(line, None)
    seen = digest_of(facts_of(lines, line.key))
    return Row(line, WaiveForm(initial={"seen": seen}, auto_id=f"id_{line.key}_%s"))


def gate_url(version: Version | None) -> str:
    """Return the checklist of a version."""
    return reverse("synopse_versions:gate", args=[version.pk if version else 0])
