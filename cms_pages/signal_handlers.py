"""Our reactions to facts of others."""

from __future__ import annotations

from allauth.account.signals import password_reset
from allauth.socialaccount.models import SocialAccount
from axes.models import AccessAttempt
from django.db.models.signals import pre_save

from cms_pages import logins, security_events, single_sign_on
from cms_pages.services.translating import translation_dates
from versioning import doors


def connect() -> None:
    """Connect every handler of this app."""
    pre_save.connect(logins.keep_no_words, sender=AccessAttempt)
    pre_save.connect(single_sign_on.keep_no_claims, sender=SocialAccount)
    password_reset.connect(logins.forget_failures)
    security_events.connect()
    doors.register_translation_dates(translation_dates)
