"""Who comes from the city's own log-in: with a confirmed address, and with no rights of its own.

Rights in the admin come from groups alone, which somebody gives there. An account that exists is
connected by its owner, once, after signing in with the password; that an address is the same
connects nothing, so nobody becomes staff by what a token says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount import forms as social_forms
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth import get_user_model
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cms_pages.accounts import PSEUDONYM_HELP, InOurWords, KeepsConsent
from versioning.security_log import note

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialAccount, SocialLogin
    from django.contrib.auth.models import User
    from django.http import HttpRequest


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Django-allauth's log-in at others, with the site's rules."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse newcomers without a confirmed address, and those whose address has an account.

        Raises:
            ImmediateHttpResponse: With a page that says what to do.
        """
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        confirmed = [each.email for each in sociallogin.email_addresses if each.verified]
        if not confirmed:
            self._refuse(request, "unconfirmed")
        if _is_known(confirmed):
            self._refuse(request, "known")

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict) -> User:
        """Take the address alone: people choose their pseudonym, and no name comes along."""
        user: User = super().populate_user(request, sociallogin, {"email": data.get("email", "")})
        user.is_staff = user.is_superuser = False
        return user

    def _refuse(self, request: HttpRequest, reason: str) -> None:
        note("single_sign_on.refused", reason=reason)
        page = render(request, "socialaccount/refused.html", {"reason": reason}, status=403)
        raise ImmediateHttpResponse(page)


def keep_no_claims(sender: type[SocialAccount], instance: SocialAccount, **kwargs: object) -> None:
    """Store nothing that the other log-in tells but its number; connected to ``pre_save``."""
    instance.extra_data = {}


def _is_known(emails: list[str]) -> bool:
    users = get_user_model()._default_manager
    return any(
        users.filter(email__iexact=email).exists()
        or EmailAddress.objects.filter(email__iexact=email).exists()
        for email in emails
    )


class SignupForm(KeepsConsent, InOurWords, social_forms.SignupForm):
    """Choose a pseudonym when one comes for the first time."""

    field_order: ClassVar = ["username", "email"]
    labels: ClassVar = {
        "username": _("Pseudonym (everybody can see it)"),
        "email": _("E-mail address"),
    }
    helps: ClassVar = {
        "username": PSEUDONYM_HELP,
        "email": _("Nobody will see it."),
    }
