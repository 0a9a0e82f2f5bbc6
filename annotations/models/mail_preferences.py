"""Which mails a person wants, and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Rhythm(models.TextChoices):
    """When mails go out that may wait."""

    AT_ONCE = "at_once", _("At once, each in a mail of its own")
    DAILY = "daily", _("Once a day, all in one mail")
    WEEKLY = "weekly", _("Once a week, all in one mail")


class MailPreference(models.Model):
    """The wishes of one person: an account, or a guest by an address that is known to be theirs.

    ``switched_off`` lists the kinds of mails that the person does not want. A row is made with
    the first mail that has a link to the wishes in its foot, so that the link needs no address.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="mail_preference",
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    rhythm = models.CharField(
        _("rhythm"), max_length=8, choices=Rhythm.choices, default=Rhythm.AT_ONCE
    )
    switched_off = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(user__isnull=True), name="synopse_preference_guest"
            ),
            models.CheckConstraint(
                condition=(Q(user__isnull=True) & ~Q(email="")) | Q(user__isnull=False, email=""),
                name="synopse_preference_person",
            ),
        ]

    def __str__(self) -> str:
        """The rhythm, never whose it is."""
        return f"{self.pk}: {self.rhythm}"
