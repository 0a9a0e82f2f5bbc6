"""Forms of the admin: they read what somebody typed; the services decide."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from versioning.models.gate import OUTCOMES
from versioning.models.signatures import Verdict
from versioning.permissions import works_in_admin
from versioning.services.changes import MAX_REASON
from versioning.services.documents import MAX_TITLE, NewDocument
from versioning.services.withholding import MAX_GROUND
from versioning.widgets import DayInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from versioning.models import GateStep

EXACT_MOMENT = "%Y-%m-%dT%H:%M:%S.%f%z"
"""A moment as hidden fields carry it, in UTC and to the microsecond."""
MAX_REMIND_DAYS = 365
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


def asking_words(step: GateStep) -> str:
    """Name a body and what it decided."""
    return f"{step.body}: {step.get_outcome_display()}"


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

    def __init__(self, *args: Any, steps: Sequence[GateStep] = (), **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Offer the bodies that asked for changes, before all other reasons."""
        super().__init__(*args, **kwargs)
        self.bodies = {f"body-{step.pk}": step for step in steps}
        asking = [(key, asking_words(step)) for key, step in self.bodies.items()]
        self.fields["quick"].choices = [*asking, *QUICK_REASONS]  # type: ignore[attr-defined]  # a ChoiceField
        if asking:
            self.fields["quick"].help_text = _(
                "With a body, its words are the reason where the field below is empty."
            )

    def step(self) -> GateStep | None:
        """Return the body that was chosen, if any."""
        return self.bodies.get(self.cleaned_data["quick"])

    def words(self) -> str:
        """Return the reason that was chosen or written; empty for the words of a body."""
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
        bodies: Sequence[tuple[str, date | None]],
        **kwargs: Any,  # noqa: ANN401  # Django's signature
    ) -> None:
        """Add a date for each body."""
        super().__init__(*args, **kwargs)
        self.bodies = [body for body, _planned in bodies]
        for place, (body, planned) in enumerate(bodies):
            self.fields[f"planned_{place}"] = forms.DateField(
                label=_("%(body)s: planned on") % {"body": body},
                required=False,
                initial=planned,
                widget=DayInput,
            )

    def planned(self) -> dict[str, date | None]:
        """Return the planned dates by body."""
        return {
            body: self.cleaned_data[f"planned_{place}"] for place, body in enumerate(self.bodies)
        }


class WaiveForm(forms.Form):
    """Why a line of the checklist may stay open."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is shown in public with the submission."),
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class DocumentForm(forms.Form):
    """A PDF in which a decision stands."""

    document = forms.FileField(
        label=_("Document"),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        help_text=_(
            "A PDF of at most 50 MB. It is public with the decision and cannot be replaced later."
        ),
    )
    document_title = forms.CharField(
        label=_("Title of the document"),
        required=False,
        max_length=MAX_TITLE,
        help_text=_("What the link says; the name of the file where it is empty."),
    )

    def documents(self) -> list[NewDocument]:
        """Return the document that was chosen, if any."""
        upload = self.cleaned_data.get("document")
        if not upload:
            return []
        title = self.cleaned_data["document_title"]
        return [NewDocument(str(upload.name), b"".join(upload.chunks()), title)]


class DecisionForm(DocumentForm):
    """What a body decided."""

    outcome = forms.ChoiceField(label=_("Outcome"))
    decided_on = forms.DateField(label=_("Decided on"), widget=DayInput)
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
    field_order = ("outcome", "decided_on", "reference", "note", "document", "document_title")

    def __init__(self, *args: Any, step: GateStep, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Offer what this body can decide, and remember the record that is corrected."""
        super().__init__(*args, **kwargs)
        offered = [(outcome.value, outcome.label) for outcome in OUTCOMES[step.role]]
        self.fields["outcome"].choices = [("", "—"), *offered]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["document"].required = False
        self.initial["seen"] = seen_at(step)

    def decision(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        names = ("outcome", "decided_on", "reference", "note", "seen")
        typed = {name: self.cleaned_data[name] for name in names}
        return {**typed, "documents": self.documents()}

    def see(self, step: GateStep) -> None:
        """Take the record that is there now for seen; what was typed stays."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data[self.add_prefix("seen")] = seen_at(step)
        self.data = data


def seen_at(step: GateStep) -> str:
    """Return when a decision was recorded, as the hidden field holds it; empty for not yet."""
    if step.recorded_at is None:
        return ""
    return step.recorded_at.astimezone(UTC).strftime(EXACT_MOMENT)


class PersonField(forms.ModelChoiceField[Any]):
    """One of those who get into the admin, by name."""

    def __init__(self, *, people: Iterable[int | None] = (), **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Offer the staff, and others whose ids are given."""
        users = get_user_model()._default_manager
        keys = users.filter(works_in_admin()).values("pk")
        offered = users.filter(Q(pk__in=keys) | Q(pk__in=[key for key in people if key]))
        kwargs.setdefault("queryset", offered.order_by(get_user_model().USERNAME_FIELD))
        super().__init__(label=_("Responsible"), required=False, **kwargs)

    def label_from_instance(self, obj: Any) -> str:  # noqa: ANN401  # any user model
        """Return the name of a person, and that of the account."""
        name = obj.get_full_name()
        return f"{name} ({obj.get_username()})" if name else str(obj.get_username())


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
    """When the bodies are going to decide, who looks after it, and when to remind."""

    def __init__(self, *args: Any, steps: Sequence[GateStep], **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Add three fields for each step without a decision; the people are read once."""
        super().__init__(*args, **kwargs)
        self.steps = [step for step in steps if not step.outcome]
        people = PersonField(people={step.responsible_id for step in self.steps})
        choices = list(people.choices) if self.steps else []  # type: ignore[arg-type]  # an iterator
        for step in self.steps:
            chosen = PersonField(queryset=people.queryset, initial=step.responsible_id)
            chosen.choices = choices
            self.fields[f"step_{step.pk}"] = forms.DateField(
                label=_("Planned on"),
                required=False,
                widget=DayInput,
                initial=step.planned_on,
            )
            self.fields[f"responsible_{step.pk}"] = chosen
            self.fields[f"remind_{step.pk}"] = forms.IntegerField(
                label=_("Remind so many days before"),
                required=False,
                min_value=0,
                max_value=MAX_REMIND_DAYS,
                initial=step.remind_days,
            )

    def rows(self) -> list[tuple[GateStep, list[forms.BoundField]]]:
        """Return each step with its fields."""
        return [(step, [self[f"{name}_{step.pk}"] for name in _PLANNED]) for step in self.steps]

    def plan(self) -> dict[str, dict[int, Any]]:
        """Return what was sent by the id of the step, as the service takes it."""
        planned, responsible, remind = (self._sent(name) for name in _PLANNED)
        days = {key: number for key, number in remind.items() if number is not None}
        return {"planned": planned, "responsible": responsible, "remind_days": days}

    def _sent(self, name: str) -> dict[int, Any]:
        fields = {step.pk: f"{name}_{step.pk}" for step in self.steps}
        return {
            key: self.cleaned_data[field] for key, field in fields.items() if field in self.data
        }


_PLANNED = ("step", "responsible", "remind")


class WithholdForm(forms.Form):
    """The ground on which words are withheld, and that this is meant."""

    ground = forms.CharField(
        label=_("Ground"),
        max_length=MAX_GROUND,
        help_text=_("It is shown in public in place of the words. Do not repeat the words here."),
    )
    sure = forms.BooleanField(label=_("I know that these words cannot be brought back."))
