"""Verify that nothing that was published has been altered."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from versioning.models import Version
from versioning.services import integrity


class Command(BaseCommand):
    """Compute the hashes of all versions again and follow their chains."""

    help = "Computes the hashes of all versions again; exits 1 and names what was altered."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Name what is wrong, list what is withheld."""
        wrong = integrity.verify_versions()
        for sentence in integrity.list_withheld():
            self.stdout.write(sentence)
        for sentence in wrong:
            self.stderr.write(sentence)
        if wrong:
            sys.exit(1)
        count = Version.objects.count()
        self.stdout.write(
            ngettext("%(count)d version is valid.", "%(count)d versions are valid.", count)
            % {"count": count}
            if count
            else _("There are no versions yet.")
        )
