"""Write the package of a submission to a file."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from versioning.exports.kinds import no_progress
from versioning.exports.pdf import NoRenderer
from versioning.models import Submission, SubmissionPackage
from versioning.services import packaging

if TYPE_CHECKING:
    from argparse import ArgumentParser

MAX_ID = 2**31 - 1


class Command(BaseCommand):
    """Write the stored package, built first where it is not there yet."""

    help = "Writes the package of a submission to a ZIP file; builds it when it is not there yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the submission and the file."""
        parser.add_argument("submission", metavar="ID", help="number of the submission")
        parser.add_argument("--output", metavar="FILE.zip", required=True)
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="build it anew and say whether the bytes are the same as those that are stored",
        )

    def handle(self, *, submission: str, output: str, rebuild: bool, **options: Any) -> None:  # noqa: ANN401  # Django's signature
        """Write the file, or end with 2 and one line."""
        edition = packaging.ensure_recorded(_submission(submission))
        target = Path(output)
        _require_writable(target)
        content = _stored(edition)
        lines = []
        if rebuild:
            anew = self._built(edition)
            if anew != content:
                _write(target, anew)
                raise CommandError(_("The bytes are not the same as those that are stored."))
            lines.append(_("Built anew: the bytes are the same as those that are stored."))
        _write(target, content)
        lines.append(
            _("Written: %(file)s, %(size)d bytes, SHA-256 %(hash)s")
            % {"file": target, "size": len(content), "hash": sha256(content).hexdigest()}
        )
        self.stdout.write("\n".join(lines))

    def _built(self, edition: SubmissionPackage) -> bytes:
        try:
            return packaging.build(edition, no_progress).content
        except (NoRenderer, packaging.TooLarge) as error:
            raise CommandError(str(error), returncode=2) from error


def _submission(wanted: str) -> Submission:
    found = Submission.objects.select_related("version__page", "version__locale")
    is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) < 11
    known = found.filter(pk=int(wanted)).first() if is_number and int(wanted) <= MAX_ID else None
    if known is None:
        words = _("There is no submission “%(id)s”.") % {"id": wanted[:40]}
        raise CommandError(words, returncode=2)
    return known


def _stored(edition: SubmissionPackage) -> bytes:
    """Return the stored package; one that is not there is built now, by the same service."""
    packages = SubmissionPackage.objects
    if not edition.is_there:
        if not edition.is_underway:
            packaging.wait_again(edition)
        packaging.build_package(key=edition.pk)
        edition = packages.get(pk=edition.pk)
        if not edition.is_there:
            words = edition.message or _("The package could not be built.")
            raise CommandError(words, returncode=2)
    return bytes(packages.values_list("content", flat=True).get(pk=edition.pk))


def _require_writable(target: Path) -> None:
    if target.is_dir() or not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise _unwritable(target)


def _unwritable(target: Path) -> CommandError:
    return CommandError(_("%(file)s cannot be written.") % {"file": target}, returncode=2)


def _write(target: Path, content: bytes) -> None:
    """Write a file as a whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise _unwritable(target) from error
    half = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.chmod(0o644)
        half.replace(target)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise _unwritable(target) from error
