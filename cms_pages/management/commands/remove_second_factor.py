"""Take a lost second factor from an account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms_pages.second_factor import remove_second_factor


class Command(BaseCommand):
    """Take the second factor from an account whose owner has lost app and recovery codes."""

    help = "Take the second factor from an account whose owner has lost app and recovery codes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the account."""
        parser.add_argument("username", metavar="USERNAME")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Remove it and say so."""
        users = get_user_model()
        user = users.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['username']!r}.")
        if not remove_second_factor(user=user):
            raise CommandError("This account has no second factor.")
        self.stdout.write("Removed. Staff set up a new one at the next visit of the admin.")
