"""Delete what must not be kept any longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from annotations.services.purging import purge

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Does at once what ``run_jobs`` does by itself, or only says what it would do."""

    help = "Delete what the table of retention says; --dry-run only counts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--dry-run``."""
        parser.add_argument("--dry-run", action="store_true", help="Count and delete nothing.")

    def handle(self, *, dry_run: bool, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Delete or count, and say how many of each kind."""
        verb = "would delete" if dry_run else "deleted"
        for name, number in purge(dry_run=dry_run).items():
            self.stdout.write(f"{verb} {number} {name}")
