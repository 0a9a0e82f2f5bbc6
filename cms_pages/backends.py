"""Who signs in, and what is read of them with each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from django.contrib.auth import get_user_model

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class AuthenticationBackend(AllauthBackend):
    """Django-allauth's log-in; the visible role of staff comes with the account in one query."""

    def get_user(self, user_id: int) -> User | None:
        """Return an account that is not switched off."""
        users = get_user_model()._default_manager.select_related("official_role")
        user = users.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
