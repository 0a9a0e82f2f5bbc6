"""Forms of reports and appeals."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from annotations.forms import GuardedForm, is_too_quick, stamp
from annotations.models import ReportReason
from annotations.services import appealing, reporting

if TYPE_CHECKING:
    from django.http import QueryDict


def add_service_error(form: forms.Form, error: ValidationError) -> None:
    """Put what a service refused beside its field, or on top where there is no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


class ReportForm(GuardedForm):
    """A report of a contribution, or of an address."""

    reason = forms.ChoiceField(
        label=_("Why should this not stand here?"),
        choices=ReportReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a reason.")},
    )
    text = forms.CharField(
        label=_("Your explanation"),
        max_length=reporting.TEXT_LIMIT,
        help_text=_("What exactly is illegal or against the rules, and where does it stand?"),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        error_messages={"required": _("Please explain it in your own words.")},
    )
    url = forms.CharField(
        label=_("Address of the page"),
        max_length=reporting.URL_LIMIT,
        help_text=_("The exact address, as your browser shows it."),
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        error_messages={"required": _("Please give the address.")},
    )
    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=reporting.NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        help_text=_("You may leave this out where it is about sexual abuse of children."),
    )
    good_faith = forms.BooleanField(
        label=_("I believe in good faith that what I say here is true and complete."),
        error_messages={"required": _("Please confirm this, so that we may act.")},
    )
    idempotency_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    field_order = ["reason", "text", "url", "name", "email", "good_faith"]

    def __init__(self, data: QueryDict | None = None, *, has_url: bool, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Ask for the address only where it is not known."""
        super().__init__(data, auto_id="report-%s", **kwargs)
        if not has_url:
            del self.fields["url"]
        email = self.fields["email"]
        email.required = False
        email.help_text = _(
            "For receipt and decision. You may leave this out where it is about sexual abuse of "
            "children. Only those who decide see name and address."
        )
        self.fields["started"].initial = stamp
        self.fields["idempotency_key"].initial = lambda: uuid.uuid4().hex

    def clean(self) -> dict[str, Any]:
        """Refuse what was sent faster than anybody writes."""
        cleaned = super().clean() or self.cleaned_data
        _refuse_machines(self)
        return cleaned

    def report(self) -> dict[str, Any]:
        """Return what ``submit_report`` takes from this form."""
        names = ("reason", "text", "name", "email", "good_faith")
        values = {name: self.cleaned_data[name] for name in names}
        return {
            **values,
            "idempotency_key": self.cleaned_data["idempotency_key"] or uuid.uuid4().hex,
        }


class AppealForm(GuardedForm):
    """An appeal; whoever has the link is known already."""

    text = forms.CharField(
        label=_("Why is the decision wrong?"),
        max_length=appealing.TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        error_messages={"required": _("Please say why the decision is wrong.")},
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        """Take away the address."""
        super().__init__(data, auto_id="appeal-%s")
        del self.fields["email"]
        self.fields["started"].initial = stamp
        self.order_fields(["text"])

    def clean(self) -> dict[str, Any]:
        """Refuse what was sent faster than anybody writes."""
        cleaned = super().clean() or self.cleaned_data
        _refuse_machines(self)
        return cleaned


def _refuse_machines(form: GuardedForm) -> None:
    if not form.errors and is_too_quick(form.data.get("started", "")):
        raise ValidationError(
            _("That was very quick. Your text is still here: please send it once more."),
            code="too_fast",
        )
