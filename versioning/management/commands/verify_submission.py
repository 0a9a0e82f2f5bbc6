"""Check the package of a submission, with nothing but the file."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from versioning.core import packages, plain_zip

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from versioning.core.packages import Problem


class Command(BaseCommand):
    """Check every byte of a package, without a database and without a network."""

    help = "Checks a submission package offline; exits 1 and names each altered file."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        parser.add_argument("file", metavar="FILE.zip")

    def handle(self, *, file: str, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Say OK, or name what was altered."""
        data = _read(Path(file))
        try:
            checked = packages.check(data)
        except plain_zip.NotZip as error:
            words = _("%(file)s is not a ZIP file.") % {"file": file}
            raise CommandError(words, returncode=2) from error
        if checked.problems:
            for problem in checked.problems:
                self.stderr.write(_sentence(problem))
            sys.exit(1)
        said = checked.manifest
        self.stdout.write(
            _(
                "OK: %(title)s, version %(version)d, edition %(edition)d. Every file is as the "
                "package was made.\nSHA-256 of the package: %(hash)s\nCompare it with the one on "
                "the page of the submission: %(url)s"
            )
            % {
                "title": said["title"],
                "version": said["version"]["number"],
                "edition": said["edition"],
                "hash": sha256(data).hexdigest(),
                "url": said["url"],
            }
        )


def _read(path: Path) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > packages.MAX_BYTES:
            words = _("%(file)s is too large to be a package.") % {"file": path}
            raise CommandError(words, returncode=2)
        return path.read_bytes()
    except OSError as error:
        words = _("%(file)s cannot be read.") % {"file": path}
        raise CommandError(words, returncode=2) from error


def _sentence(problem: Problem) -> str:
    sentences = {
        "broken": _("The archive itself was altered, or it is no submission package."),
        "altered": _("%(file)s was altered."),
        "missing": _("%(file)s is missing."),
        "unknown": _("%(file)s does not belong to the package."),
        "manifest": _("%(file)s is not a manifest, or it was altered."),
        "text": _("%(file)s does not have the checksum of the version."),
        "words": _("%(file)s holds other words than the text has."),
        "chain": _("%(file)s: the versions do not follow each other."),
    }
    return sentences[problem.kind] % {"file": problem.file}
