"""What people are told and agree to when they send something: each wording is kept for ever."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotations.models.appending import AppendOnly

NAME = "{name}"
"""Stands in a text for the name of the account."""


class Consent(models.TextChoices):
    """The acts before which somebody is told what becomes of their data."""

    GUEST_CONTRIBUTION = "guest_contribution", _("Contribution of a guest")
    CONTRIBUTION = "contribution", _("Contribution of an account")
    SUPPORT = "support", _("Support by a guest")
    FOLLOW = "follow", _("News by e-mail for a guest")
    REPORT = "report", _("Report of content")
    REGISTRATION = "registration", _("New account")


class ConsentText(AppendOnly):
    """One version of the words that stand below a form, in one language.

    Rows are only added. The newest of an act and a language is shown; what is sent keeps the
    version that stood there. ``is_default`` marks words that came with the software: a release
    with other words adds a version, unless an operator has written words of their own.
    """

    act = models.CharField(_("act"), max_length=20, choices=Consent.choices)
    language = models.CharField(_("language"), max_length=12)
    number = models.PositiveIntegerField(_("version"), editable=False)
    text = models.TextField(_("text"), max_length=3_000)
    text_hash = models.CharField(max_length=64, editable=False)
    is_default = models.BooleanField(default=False, editable=False)
    valid_from = models.DateTimeField(_("valid from"), editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ["act", "language", "-number"]
        default_permissions = ("view", "add")
        constraints = [
            models.UniqueConstraint(
                fields=["act", "language", "number"], name="synopse_consent_version"
            ),
        ]

    def __str__(self) -> str:
        """Act, language and version."""
        return f"{self.get_act_display()} ({self.language}, {self.number})"

    def shown(self, name: str = "") -> str:
        """Return the text as somebody reads it.

        Args:
            name: Of the account; empty where the text is shown to everybody.
        """
        return str(self.text).replace(NAME, name or f"({_('name of your account')})")


class AccountConsent(models.Model):
    """Which words stood below the form with which somebody made an account; it goes with it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consent"
    )
    consent = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("consent of an account")
        verbose_name_plural = _("consents of accounts")

    def __str__(self) -> str:
        """The account and the version."""
        return f"{self.user_id}: {self.consent_id}"
