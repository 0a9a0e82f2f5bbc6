"""What tests of submission packages look into."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from versioning.exports.kinds import no_progress
from versioning.models import SubmissionPackage
from versioning.services import packaging

if TYPE_CHECKING:
    from versioning.models import Submission

CANARY = "KANARIE"
HTML = (
    "<h2>Wege</h2><p>Busse fahren jede Stunde über die Brücke.</p>"
    "<h2>Hafen</h2><p>Der Hafen bleibt.</p><p>Die Schiffe auch.</p>"
)
NEXT = HTML.replace("jede Stunde", "alle zehn Minuten").replace("bleibt", "bleibt offen")


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rebuilt(submission: Submission) -> bytes:
    return packaging.build(packaging.newest_package(submission), no_progress).content


def everything(files: dict[str, bytes]) -> str:
    """Return all words of all files, office files unpacked."""
    found = []
    for name, content in files.items():
        if name.endswith((".docx", ".xlsx")):
            found += [part.decode(errors="replace") for part in unpacked(content).values()]
        elif not name.endswith(".pdf"):
            found.append(content.decode())
    return "\n".join(found)


def content_of(package: SubmissionPackage) -> bytes:
    """Return what is stored of an edition."""
    return bytes(SubmissionPackage.objects.get(pk=package.pk).content)
