"""The form with which guests support or follow something: their address, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from annotations.forms import is_too_quick, stamp

if TYPE_CHECKING:
    from django.http import HttpRequest


class AddressForm(forms.Form):
    """An address to which a link is sent; accounts are asked for nothing."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Nobody will see it. We send you a link with which you confirm."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Please give your e-mail address, so that you can confirm."),
            "invalid": _("This is not an e-mail address. It looks like name@example.org."),
        },
    )
    website = forms.CharField(
        label=_("please leave empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    started = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, request: HttpRequest) -> None:  # noqa: ANN401  # QueryDict
        """Take away what an account makes superfluous."""
        super().__init__(data, auto_id="address-%s")
        self.is_guest = not request.user.is_authenticated
        if not self.is_guest:
            for name in list(self.fields):
                del self.fields[name]
            return
        self.fields["started"].initial = stamp

    def clean_website(self) -> str:
        """Refuse what only machines fill in."""
        if self.cleaned_data["website"]:
            raise ValidationError(_("Please leave this field empty."), code="honeypot")
        return ""

    def clean(self) -> dict[str, Any]:
        """Refuse what was sent faster than anybody types an address."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and self.is_guest and is_too_quick(self.data.get("started", "")):
            raise ValidationError(
                _("That was very quick. Your address is still here: please send it once more."),
                code="too_fast",
            )
        return cleaned

    def add_service_error(self, error: ValidationError) -> None:
        """Put what a service refused beside its field, or on top where there is no such field."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for field, errors in error.error_dict.items():
            self.add_error(field if field in self.fields else None, errors)
