"""Forms of the admin: they read what somebody typed; the services decide."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from versioning.models.gate import OUTCOMES
from versioning.models.signatures import Verdict
from versioning.services.changes import MAX_REASON
from versioning.services.withholding import MAX_GROUND

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from versioning.models import GateStep, Submission

EXACT_MOMENT = "%Y-%m-%dT%H:%M:%S.%f%z"
"""A moment as hidden fields carry it, in UTC and to the microsecond."""
QUICK_REASONS = (
    ("", _("The reason in the field below")),
    ("spelling", _("Spelling")),
    ("structure", _("Structure")),
    ("translation", _("Translation")),
)
"""Reasons that need no words of their own."""


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Show what a service refused at its field, or above the form where it has none."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        known = name in form.fields and name != NON_FIELD_ERRORS
        form.add_error(name if known else None, ValidationError(errors))


class ExplainForm(forms.Form):
    """One reason for many changes."""

    every = forms.BooleanField(label=_("All changes of this list"), required=False)
    quick = forms.ChoiceField(
        label=_("Reason"),
        choices=QUICK_REASONS,
        required=False,
        widget=forms.RadioSelect,
        initial="",
    )
    reason = forms.CharField(
        label=_("Reason in your words"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is shown in public beside the changes."),
    )

    def words(self) -> str:
        """Return the reason that was chosen or written."""
        quick = dict(QUICK_REASONS).get(self.cleaned_data["quick"] or "-")
        return str(quick or self.cleaned_data["reason"])


class WindowForm(forms.Form):
    """When a version takes annotations."""

    opens = forms.DateTimeField(label=_("Opens"), required=False, widget=AdminDateTimeInput)
    closes = forms.DateTimeField(label=_("Closes"), required=False, widget=AdminDateTimeInput)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is shown in public with the day of the change."),
    )


class SubmitForm(forms.Form):
    """The covering note and the planned dates of the bodies."""

    note = forms.CharField(
        label=_("Covering note"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is shown in public with the submission."),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  # Django's signature
        bodies: Sequence[str],
        **kwargs: Any,  # noqa: ANN401  # Django's signature
    ) -> None:
        """Add a date for each body."""
        super().__init__(*args, **kwargs)
        self.bodies = bodies
        for place, body in enumerate(self.bodies):
            self.fields[f"planned_{place}"] = forms.DateField(
                label=_("%(body)s: planned on") % {"body": body},
                required=False,
                widget=AdminDateInput,
            )

    def planned(self) -> dict[str, date | None]:
        """Return the planned dates by body."""
        return {
            body: self.cleaned_data[f"planned_{place}"] for place, body in enumerate(self.bodies)
        }


class DecisionForm(forms.Form):
    """What a body decided."""

    outcome = forms.ChoiceField(label=_("Outcome"))
    decided_on = forms.DateField(label=_("Decided on"), widget=AdminDateInput)
    reference = forms.CharField(label=_("Reference number"), required=False, max_length=60)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is shown in public with the decision."),
    )
    seen = forms.DateTimeField(
        required=False, widget=forms.HiddenInput, input_formats=[EXACT_MOMENT]
    )

    def __init__(self, *args: Any, step: GateStep, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Offer what this body can decide, and remember the record that is corrected."""
        super().__init__(*args, **kwargs)
        offered = [(outcome.value, outcome.label) for outcome in OUTCOMES[step.role]]
        self.fields["outcome"].choices = [("", "—"), *offered]  # type: ignore[attr-defined]  # a ChoiceField
        if step.recorded_at is not None:
            self.initial["seen"] = step.recorded_at.astimezone(UTC).strftime(EXACT_MOMENT)


class SignForm(forms.Form):
    """What a department says about a version."""

    CHOICES = (
        (Verdict.SIGNED, _("Sign")),
        (Verdict.REMARKS, _("Sign with remarks")),
        (Verdict.REFUSED, _("Refuse to sign")),
    )

    verdict = forms.ChoiceField(
        label=_("What does your department say?"),
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Choose what your department says.")
        ),
    )
    remarks = forms.CharField(
        label=_("Remarks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Needed with remarks and for a refusal. Only staff read them; with the submission the "
            "public sees the department, what it said, and the day."
        ),
    )
    department = forms.CharField(max_length=120, widget=forms.HiddenInput)
    content_hash = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class PlanForm(forms.Form):
    """The planned dates of a submission's steps."""

    def __init__(self, *args: Any, submission: Submission, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Add a date for each step without a decision."""
        super().__init__(*args, **kwargs)
        for step in submission.steps.filter(decided_on=None):
            self.fields[f"step_{step.pk}"] = forms.DateField(
                label=step.body, required=False, widget=AdminDateInput, initial=step.planned_on
            )

    def planned(self) -> dict[int, date | None]:
        """Return the planned dates by the id of the step."""
        return {int(name.removeprefix("step_")): day for name, day in self.cleaned_data.items()}


class WithholdForm(forms.Form):
    """The ground on which words are withheld, and that this is meant."""

    ground = forms.CharField(
        label=_("Ground"),
        max_length=MAX_GROUND,
        help_text=_("It is shown in public in place of the words. Do not repeat the words here."),
    )
    sure = forms.BooleanField(label=_("I know that these words cannot be brought back."))
