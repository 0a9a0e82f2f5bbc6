"""Check that everything that is stored fits together."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from versioning.services import integrity


class Command(BaseCommand):
    """Run the checks of this app and of the apps above."""

    help = "Checks that everything that is stored fits together; exits 1 and names what does not."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Name what is wrong."""
        wrong = integrity.check_integrity()
        for sentence in wrong:
            self.stderr.write(sentence)
        if wrong:
            sys.exit(1)
        self.stdout.write(_("Everything that is stored fits together."))
