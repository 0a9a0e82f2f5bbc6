"""The form with which guests support or follow something: their address, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from annotations.forms import GuardedForm, is_too_quick, stamp

if TYPE_CHECKING:
    from django.http import HttpRequest


class AddressForm(GuardedForm):
    """An address to which a link is sent; accounts are asked for nothing."""

    def __init__(self, data: Any = None, *, request: HttpRequest) -> None:  # noqa: ANN401  # QueryDict
        """Take away what an account makes superfluous."""
        super().__init__(data, auto_id="address-%s")
        self.is_guest = not request.user.is_authenticated
        if not self.is_guest:
            for name in list(self.fields):
                del self.fields[name]
            return
        self.fields["started"].initial = stamp

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
