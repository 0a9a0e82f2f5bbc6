"""Submission packages: recording what they are made from, building, storing and rebuilding them."""

from __future__ import annotations

import json
import logging
import zlib
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from versioning import permissions, stamps
from versioning.computing import withheld_in
from versioning.core import packages
from versioning.doors import package_contents
from versioning.exports import package, pdf
from versioning.exports.files import language_of
from versioning.models import ExportState, PackageRecord, Submission, SubmissionPackage
from versioning.services.records import keep_record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User

    from versioning.doors import PackageFile, Progress

logger = logging.getLogger(__name__)

OWN = "versioning"
"""Key of what this app records."""
UNDERWAY = (ExportState.QUEUED, ExportState.RUNNING)
ATTEMPTS = 3
"""How often a package is begun anew because words had to leave meanwhile."""
STALE = timedelta(minutes=15)
"""A package of which nobody has heard for so long is queued again."""
MAX_SIZE = 256 * 2**20
"""Bytes; a database keeps no larger value without trouble."""
STEP = 100
"""Units of progress that each file counts for."""


class TooLarge(ValueError):  # noqa: N818  # named like what it is
    """The package would be larger than a database keeps."""


class Built(NamedTuple):
    """A package that is not stored yet.

    Attributes:
        content: The archive.
        state: What it was made from; compared before it is stored.
    """

    content: bytes
    state: str


def record(submission: Submission) -> SubmissionPackage:
    """Record what the package of a submission is made from, and have it built.

    Call it in the transaction that hands the version over, so that the package holds what was
    true then, whatever is answered, objected or renamed later.

    Args:
        submission: A submission whose version is the newest of its page.
    """
    with language_of(submission.version):
        parts = {OWN: [package.record(submission, timezone.now())]}
        for key, content in package_contents().items():
            parts[key] = list(content.record(submission))
    PackageRecord.objects.bulk_create(
        PackageRecord(submission=submission, key=key, position=place, **packed(part))
        for key, found in parts.items()
        for place, part in enumerate(found)
    )
    return new_edition(submission)


def new_edition(submission: Submission) -> SubmissionPackage:
    """Have the next edition of a package built."""
    edition = SubmissionPackage.objects.filter(submission=submission).count() + 1
    made = SubmissionPackage.objects.create(submission=submission, edition=edition)
    transaction.on_commit(partial(_enqueue, made.pk))
    return made


def newest_package(submission: Submission) -> SubmissionPackage | None:
    """Return the newest edition of a package, without its content."""
    found = SubmissionPackage.objects.filter(submission=submission).defer("content")
    return found.order_by("-edition").first()


@transaction.atomic
def request_package(*, submission: Submission, actor: User) -> SubmissionPackage:
    """Have a package built that could not be built, or that a submission of old lacks.

    Args:
        submission: A submission.
        actor: Who asks.

    Raises:
        PermissionDenied: ``actor`` may not hand versions over.
        ValidationError: The package is there, or underway.
    """
    page = submission.version.page
    permissions.require(actor, "submit_version", page)
    Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
    current = newest_package(submission)
    if current is not None and current.state != ExportState.FAILED:
        raise ValidationError(_("The package is there already, or it is being built."))
    keep_record(
        page=page,
        action="synopse.build_package",
        actor=actor,
        data={"submission": submission.pk},
        version=submission.version,
        submission=submission,
    )
    if current is None:
        return ensure_recorded(submission)
    wait_again(current)
    transaction.on_commit(partial(_enqueue, current.pk))
    current.refresh_from_db()
    stamps.touch(page.pk)
    return current


def wait_again(edition: SubmissionPackage) -> None:
    """Let an edition that could not be built wait once more."""
    _set(edition.pk, state=ExportState.QUEUED, message="", done=0, total=0)


@transaction.atomic
def ensure_recorded(submission: Submission) -> SubmissionPackage:
    """Return the newest edition of a package; of an old submission it is recorded only now."""
    Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
    return newest_package(submission) or record(submission)


def build_package(*, key: int) -> bool:
    """Build an edition that waits; a second call changes nothing.

    It is built before anything is locked. Two workers build the same bytes.

    Args:
        key: Id of the edition, which may be gone.

    Returns:
        Whether it is stored now.
    """
    waiting = SubmissionPackage.objects.filter(pk=key, state__in=UNDERWAY)
    if not waiting.update(state=ExportState.RUNNING, touched_at=timezone.now()):
        return SubmissionPackage.objects.filter(pk=key, state=ExportState.DONE).exists()
    edition = SubmissionPackage.objects.defer("content").get(pk=key)
    try:
        for _attempt in range(ATTEMPTS):
            built = build(edition, partial(_tell_progress, key))
            if _keep(edition, built):
                return True
        message = _("Words had to leave again and again while it was being built.")
    except pdf.NoRenderer as error:
        message = str(error)
    except TooLarge:
        message = _("The package is too large to be stored.")
    except Exception:  # of the forms, or there is no room to keep it
        logger.exception("the package %s could not be built", key)
        message = _("Something went wrong. The log of the worker says more.")
    _set(key, state=ExportState.FAILED, message=message)
    return False


def build(edition: SubmissionPackage, progress: Progress) -> Built:
    """Build an edition and store nothing.

    Raises:
        NoRenderer: WeasyPrint cannot be loaded.
        TooLarge: It is larger than a database keeps.
    """
    state = _state(edition)
    parts = _parts(edition.submission_id)
    source = package.Source(edition.submission, parts[OWN][0])
    with source.as_then():
        wanted = [*source.files()]
        for key, content in package_contents().items():
            wanted += content.files(source.frame, parts.get(key, []))
        files = _made(wanted, progress)
        files |= source.readmes(sorted(files))
        types = {one.name: one.media_type for one in wanted}
        types |= dict.fromkeys(("README.txt", "LIESMICH.txt"), package.PLAIN)
        sealed = packages.seal(files, source.facts(_replaced(edition)), types)
    if len(sealed) > MAX_SIZE:
        raise TooLarge
    return Built(sealed, state)


def _made(wanted: Iterable[PackageFile], progress: Progress) -> dict[str, bytes]:
    wanted = list(wanted)
    total = STEP * (len(wanted) + 1)
    files: dict[str, bytes] = {}
    for place, one in enumerate(wanted):

        def within(done: int, rows: int, begun: int = STEP * place) -> None:
            progress(begun + STEP * done // max(rows, 1), total)

        within(0, 1)
        files[one.name] = one.make(within)
    progress(STEP * len(wanted), total)
    return files


def queue_forgotten() -> int:
    """Queue the packages again whose task was lost, with its worker or before it was queued."""
    old = timezone.now() - STALE
    lost = SubmissionPackage.objects.filter(state__in=UNDERWAY, touched_at__lt=old)
    keys = list(lost.values_list("pk", flat=True))
    for key in keys:
        _set(key, touched_at=timezone.now())
        _enqueue(key)
    return len(keys)


def packed(part: Any) -> dict[str, Any]:  # noqa: ANN401  # plain data
    """Return a part of a record as it is stored."""
    text = json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    content = zlib.compress(text.encode())
    return {"content": content, "sha256": sha256(content).hexdigest()}


def unpacked(stored: PackageRecord) -> Any:  # noqa: ANN401  # plain data
    """Return a part of a record as it was recorded."""
    return json.loads(zlib.decompress(bytes(stored.content)))


def _parts(submission: int) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    rows = PackageRecord.objects.filter(submission=submission).order_by("key", "position")
    for row in rows.iterator(chunk_size=50):
        found.setdefault(row.key, []).append(unpacked(row))
    return found


def _state(edition: SubmissionPackage) -> str:
    """Return the state of everything that an edition is made from, in a few queries."""
    rows = PackageRecord.objects.filter(submission=edition.submission_id)
    sums = list(rows.order_by("key", "position").values_list("key", "position", "sha256"))
    version = edition.submission.version
    compared = package.compared_version(version) or version
    said = [sums, withheld_in(compared, version), _replaced(edition)]
    return sha256(json.dumps(said).encode()).hexdigest()


def _replaced(edition: SubmissionPackage) -> list[dict[str, Any]]:
    """Return the editions before, as the manifest lists them."""
    before = SubmissionPackage.objects.filter(
        submission=edition.submission_id, edition__lt=edition.edition
    )
    names = ("edition", "sha256", "replaced_at", "replaced_reason")
    return [
        {
            "edition": number,
            "sha256": digest,
            "replaced_at": at.isoformat() if at else "",
            "reason": reason,
        }
        for number, digest, at, reason in before.order_by("edition").values_list(*names)
    ]


@transaction.atomic
def _keep(edition: SubmissionPackage, built: Built) -> bool:
    """Store an edition, unless words have left meanwhile; tell whether it stands."""
    Submission.objects.select_for_update(no_key=True).get(pk=edition.submission_id)
    if _state(edition) != built.state:
        return False
    manifest = packages.check(built.content).manifest
    stored = SubmissionPackage.objects.filter(pk=edition.pk, state__in=UNDERWAY)
    kept = stored.update(
        state=ExportState.DONE,
        message="",
        sha256=sha256(built.content).hexdigest(),
        size=len(built.content),
        files=[fact._asdict() for fact in packages.listed_files(manifest)],
        content=built.content,
        built_at=timezone.now(),
        touched_at=timezone.now(),
    )
    stamps.touch(edition.submission.version.page_id)
    return (
        bool(kept)
        or SubmissionPackage.objects.filter(pk=edition.pk, state=ExportState.DONE).exists()
    )


def _tell_progress(key: int, done: int, total: int) -> None:
    """Say how far a package is, for whoever waits for it."""
    running = SubmissionPackage.objects.filter(pk=key, state=ExportState.RUNNING)
    running.update(done=done, total=total, touched_at=timezone.now())


def _set(key: int, **values: Any) -> None:  # noqa: ANN401  # fields
    values.setdefault("touched_at", timezone.now())
    found = SubmissionPackage.objects.filter(pk=key).exclude(state=ExportState.DONE)
    found.update(**values)


def _enqueue(key: int) -> None:
    from versioning import tasks  # noqa: PLC0415  # tasks call services

    tasks.build_package.enqueue(key)
