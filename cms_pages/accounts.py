"""How accounts behave on this site: forms in our words, and what goes wrong said plainly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import forms as allauth_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from annotations.drafts import newest_address
from annotations.models import Consent
from annotations.services import consents
from annotations.services.letters import html_of_text
from annotations.services.names import check_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import User
    from django.core.mail import EmailMessage
    from django.forms import Field
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

PASSWORD = _("Password")
NEW_PASSWORD = _("New password")
NEW_PASSWORD_AGAIN = _("New password, once more")
EMAIL = _("E-mail address")
PSEUDONYM_HELP = _(
    "It stands beside everything that you write. Letters, digits and the signs @ . + - _, without "
    "spaces."
)


class AccountAdapter(DefaultAccountAdapter):
    """Django-allauth with the site's rules and words."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed at the moment."),
        "cannot_remove_primary_email": _("You cannot remove your main e-mail address."),
        "duplicate_email": _("This e-mail address belongs to your account already."),
        "email_password_mismatch": _("This e-mail address and this password do not match."),
        "username_password_mismatch": _("This pseudonym and this password do not match."),
        "email_taken": _("There is an account with this e-mail address already."),
        "enter_current_password": _("Please enter the password that you have now."),
        "incorrect_password": _("This password is not right."),
        "invalid_or_expired_key": _("This link is not valid, or its time is over."),
        "invalid_login": _("This did not match. Please check your entries."),
        "invalid_password_reset": _("This link to set a new password is not valid."),
        "max_email_addresses": _("You cannot add more than %d e-mail addresses."),
        "too_many_login_attempts": _(
            "That failed too often. Please wait a few minutes and try again."
        ),
        "unknown_email": _("There is no account with this e-mail address."),
        "unverified_primary_email": _("Please confirm your main e-mail address first."),
        "username_blacklisted": _("This pseudonym cannot be used. Please choose another one."),
        "username_taken": _("This pseudonym is taken already. Please choose another one."),
        "select_only_one": _("Please choose one only."),
        "same_as_current": _("Please enter something else than what is set now."),
        "rate_limited": _("That was very often. Please wait a few minutes and try again."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: object) -> None:
        """Count no passwords here: ``cms_pages.logins`` does, in one place for all processes."""

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:  # noqa: ANN401  # django-allauth's signature
        """Add the HTML part, which says what the plain text says."""
        message: EmailMessage = super().render_mail(*args, **kwargs)
        if isinstance(message, EmailMultiAlternatives) and not message.alternatives:
            html = html_of_text(
                subject=str(message.subject),
                text=str(message.body),
                language=get_language() or settings.LANGUAGE_CODE,
            )
            message.attach_alternative(html, "text/html")
        return message

    def pre_login(
        self,
        request: HttpRequest,
        user: User,
        **kwargs: Any,  # noqa: ANN401  # django-allauth's signature
    ) -> HttpResponse | None:
        """Let those sign in at once whose account the city itself has made for the admin."""
        if user.is_active:
            trust_address_of_staff(user)
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead to the text that somebody kept before signing in, where no other place is named.

        After signing up the link in the mail no longer says where somebody came from.
        """
        return newest_address(request) or str(super().get_login_redirect_url(request))

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Refuse a pseudonym that imitates an office or somebody who works there.

        Which signs it may have is said in our words.
        """
        check_name(username)
        try:
            return str(super().clean_username(username, shallow=shallow))
        except ValidationError as error:
            if error.code != "invalid":
                raise
            message = _(
                "A pseudonym has no spaces. Please use letters, digits and the signs @ . + - _ "
                "only."
            )
            raise ValidationError(message, code="invalid") from error

    def is_safe_url(self, url: str | None) -> bool:
        """Tell whether a redirect stays on our host; what is no address at all does not."""
        try:
            return bool(url and "/" in url and super().is_safe_url(url))
        except ValueError:
            return False


def trust_address_of_staff(user: User) -> None:
    """Take the address of an account for confirmed that was made in the admin or by a command.

    Signing up always records an address, so an account without any was made by somebody who may
    make accounts. Citizens confirm their address in any case.
    """
    if not user.email or not user.has_perm("wagtailadmin.access_admin"):
        return
    taken = Q(user=user) | Q(email__iexact=user.email)
    if not EmailAddress.objects.filter(taken).exists():
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


class InOurWords:
    """Give a form of django-allauth our labels and help; a label says what a placeholder would.

    Attributes:
        labels: A label for each field by its name.
        helps: A text below each field by its name; an empty one takes away what stood there.
    """

    labels: ClassVar[Mapping[str, _StrPromise]] = {}
    helps: ClassVar[Mapping[str, _StrPromise | str]] = {}
    fields: dict[str, Field]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, field.help_text)


class LoginForm(InOurWords, allauth_forms.LoginForm):
    """Sign in with pseudonym or e-mail; the link for a forgotten password stands below."""

    labels: ClassVar = {
        "login": _("Pseudonym or e-mail"),
        "password": PASSWORD,
        "remember": _("Stay signed in"),
    }
    helps: ClassVar = {"password": ""}


class KeepsConsent:
    """Remember which words stood below the form when an account is made."""

    data: Mapping[str, Any]

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        """Keep the version that was shown."""
        super().custom_signup(request, user)  # type: ignore[misc]  # of django-allauth
        seen = consents.seen(self.data, Consent.REGISTRATION)
        consents.note_account(user=user, consent=seen)


class SignupForm(KeepsConsent, InOurWords, allauth_forms.SignupForm):
    """Create an account under a pseudonym."""

    field_order: ClassVar = ["username", "email", "password1"]
    labels: ClassVar = {
        "username": _("Pseudonym (everybody can see it)"),
        "email": EMAIL,
        "password1": PASSWORD,
    }
    helps: ClassVar = {
        "username": PSEUDONYM_HELP,
        "email": _("Nobody will see it. We send you a link to confirm."),
    }


class AddEmailForm(InOurWords, allauth_forms.AddEmailForm):
    """Add an e-mail address to the account."""

    labels: ClassVar = {"email": EMAIL}


class ChangePasswordForm(InOurWords, allauth_forms.ChangePasswordForm):
    """Change the password."""

    labels: ClassVar = {
        "oldpassword": _("Password that you have now"),
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD_AGAIN,
    }
    helps: ClassVar = {"oldpassword": ""}


class SetPasswordForm(InOurWords, allauth_forms.SetPasswordForm):
    """Set a password where there is none yet."""

    labels: ClassVar = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD_AGAIN}


class ResetPasswordForm(InOurWords, allauth_forms.ResetPasswordForm):
    """Ask for a link to set a new password."""

    labels: ClassVar = {"email": EMAIL}


class ResetPasswordKeyForm(InOurWords, allauth_forms.ResetPasswordKeyForm):
    """Set a new password by the link in the mail."""

    labels: ClassVar = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD_AGAIN}


class ReauthenticateForm(InOurWords, allauth_forms.ReauthenticateForm):
    """Enter the password once more before something important."""

    labels: ClassVar = {"password": PASSWORD}
    helps: ClassVar = {"password": ""}
