"""The second factor: for everybody who wants one, required of staff where the city asks for it.

django-allauth does the work: codes of an app (TOTP) and recovery codes. Passkeys are off. Whoever
signs in at the city's own log-in has shown a second factor there, or the city asks for none.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotations.services.names import is_staff
from cms_pages.accounts import InOurWords
from versioning.security_log import note

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

CODE = _("Code")
CODE_HELP = _("Six digits from your app, or one of your recovery codes.")
SECOND_FACTOR, SINGLE_SIGN_ON = "mfa", "socialaccount"
"""Django-allauth's words for ways of signing in, as it notes them in the session."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Django-allauth's second factor in our words; a copy of the database tells no secret."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": _(
            "You cannot add an e-mail address while a second factor protects the account."
        ),
        "cannot_delete_authenticator": _(
            "Your work here needs a second factor, so it cannot be switched off."
        ),
        "cannot_generate_recovery_codes": _(
            "Recovery codes belong to a second factor. Please set up the app first."
        ),
        "incorrect_code": _("This code is not right. Please enter the one that is shown now."),
        "unverified_email": _("Please confirm your e-mail address first."),
    }

    def get_totp_issuer(self) -> str:
        """Return the name that the app shows beside the code."""
        return str(settings.SITE_NAME)

    def get_totp_label(self, user: User) -> str:
        """Return the name of the account as the app shows it; not the address."""
        return user.get_username()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the second factor of those who need it for their work."""
        return not is_required(authenticator.user)

    def encrypt(self, text: str) -> str:
        """Encrypt a secret with a key that is made from that of the site."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Give a secret back, also where the site's key was changed since."""
        return _fernet().decrypt(encrypted_text.encode()).decode()


class SecondFactorMiddleware:
    """Leave nobody into the admin without the second factor that the city asks for.

    It looks at every request, so a factor that is switched off, and a session from before it was
    asked for, end at the next click.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.exempt = (reverse("wagtailadmin_logout"), reverse("wagtailadmin_javascript_catalog"))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead to the page where the second factor is set up, or entered."""
        if not request.path.startswith(reverse("wagtailadmin_home")):
            return self.get_response(request)
        if request.path in self.exempt or not is_required(request.user):
            return self.get_response(request)
        methods = _ways_of_signing_in(request)
        if SINGLE_SIGN_ON in methods:
            return self.get_response(request)
        if not is_mfa_enabled(request.user):
            note("second_factor.missing", account=request.user.pk)
            messages.warning(
                request,
                gettext("To work in the admin you need a second factor. Please set it up here."),
            )
            return redirect("mfa_activate_totp")
        if SECOND_FACTOR not in methods:
            back = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('mfa_reauthenticate')}?{back}")
        return self.get_response(request)


def is_required(user: Any) -> bool:  # noqa: ANN401  # any user model, also nobody
    """Tell whether somebody needs a second factor for the admin."""
    if not settings.SYNOPSE_STAFF_SECOND_FACTOR:
        return False
    return bool(user.is_authenticated and is_staff(user))


def _ways_of_signing_in(request: HttpRequest) -> set[str]:
    records = get_authentication_records(request, request.user)
    return {str(record.get("method")) for record in records}


def remove_second_factor(*, user: User) -> int:
    """Take the second factor from an account whose owner has lost app and recovery codes.

    Returns:
        How many there were, recovery codes included.
    """
    removed: int = Authenticator.objects.filter(user=user).delete()[0]
    note("second_factor.removed_by_command", account=user.pk)
    return removed


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(key)) for key in keys])


def _key(secret: str | bytes) -> bytes:
    digest = hashlib.sha256(b"cms_pages.second_factor" + force_bytes(secret)).digest()
    return base64.urlsafe_b64encode(digest)


class AuthenticateForm(InOurWords, base_forms.AuthenticateForm):
    """Enter a code when signing in."""

    labels: ClassVar = {"code": CODE}
    helps: ClassVar = {"code": CODE_HELP}


class ReauthenticateForm(InOurWords, base_forms.ReauthenticateForm):
    """Enter a code once more before something important."""

    labels: ClassVar = {"code": CODE}
    helps: ClassVar = {"code": CODE_HELP}


class ActivateTOTPForm(InOurWords, totp_forms.ActivateTOTPForm):
    """Set the app up; the code that does so counts as shown in this session."""

    labels: ClassVar = {"code": _("Code that the app shows now")}

    def clean_code(self) -> str:
        """Check the code and remember that it was right."""
        code = str(super().clean_code())
        record_authentication(context.request, self.user, SECOND_FACTOR, type="totp")
        return code
