"""Words that have to leave a submission package after it was recorded: a new edition without them.

The stored archive goes in the same transaction in which the words leave elsewhere; its hash stays
listed with the reason.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from versioning import stamps
from versioning.doors import package_contents
from versioning.exports.files import language_of
from versioning.exports.package import compared_version
from versioning.models import ExportState, PackageRecord, Submission, SubmissionPackage, Version
from versioning.services.packaging import new_edition, newest_package, packed, unpacked
from versioning.services.records import keep_record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from versioning.doors import PackageContent
    from versioning.models import Passage

    Edit = Callable[[Any], Any]


def withhold_from_packages(*, passages: Sequence[Passage], ground: str) -> int:
    """Take the words of withheld passages out of all packages that hold or quote them.

    Call it in the transaction that withholds.

    Args:
        passages: The passages, on any versions.
        ground: Public ground, without the words.

    Returns:
        How many submissions are concerned.
    """
    versions = {passage.version_id for passage in passages}
    pages = Version.objects.filter(pk__in=versions).values("page")
    concerned = 0
    for submission in _locked(pages):
        with language_of(submission.version):
            changed = [
                _edit(submission, key, _withholding(content, passages))
                for key, content in package_contents().items()
            ]
            if any(changed) or _holds(submission, versions):
                reason = _("Words were withheld: %(ground)s") % {"ground": ground}
                _replace(submission, reason)
                concerned += 1
    return concerned


def edit_packages(*, page: int, key: str, edit: Edit, mark: str, reason: Callable[[], str]) -> int:
    """Change what an app above has recorded, since words of it are no longer public.

    Call it in the transaction in which they leave.

    Args:
        page: Id of the page.
        key: What the app has registered its content by.
        edit: Returns a part without the words, or None where it has none of them.
        mark: Something that stands in every part which is concerned, as it was recorded; others
            are not even read.
        reason: Returns a public reason without the words, in the language that is spoken.

    Returns:
        How many submissions are concerned.
    """
    concerned = 0
    for submission in _locked([page]):
        with language_of(submission.version):
            if _edit(submission, key, edit, mark):
                _replace(submission, reason())
                concerned += 1
    return concerned


def _withholding(content: PackageContent, passages: Sequence[Passage]) -> Edit:
    return lambda part: content.withhold(part, passages)


def _locked(pages: Collection[int] | Any) -> list[Submission]:  # noqa: ANN401  # or a QuerySet
    """Return the submissions of pages, locked against whoever stores a package.

    Decisions may name them meanwhile: those lock the page first, which is locked last here.
    """
    found = Submission.objects.filter(version__page__in=pages).order_by("pk")
    found = found.select_for_update(of=("self",), no_key=True)
    return list(found.select_related("version__locale", "version__page"))


def _holds(submission: Submission, versions: set[int]) -> bool:
    """Tell whether the text or the comparison of a package shows one of some versions."""
    compared = compared_version(submission.version)
    shown = {submission.version_id, *([compared.pk] if compared else [])}
    return bool(shown & versions)


def _edit(submission: Submission, key: str, edit: Edit, mark: str = "") -> bool:
    changed = False
    rows = PackageRecord.objects.filter(submission=submission, key=key).order_by("position")
    for row in rows.iterator(chunk_size=50):
        if mark and not _is_in(mark, row):
            continue
        part = edit(unpacked(row))
        if part is not None:
            PackageRecord.objects.filter(pk=row.pk).update(**packed(part))
            changed = True
    return changed


def _is_in(mark: str, row: PackageRecord) -> bool:
    return mark.encode() in zlib.decompress(bytes(row.content))


def _replace(submission: Submission, reason: str) -> None:
    """Take the stored edition offline, keep a record of it and have the next one built."""
    current = newest_package(submission)
    if current is None or current.state != ExportState.DONE:
        return
    SubmissionPackage.objects.filter(pk=current.pk).update(
        content=b"", replaced_at=timezone.now(), replaced_reason=reason
    )
    new_edition(submission)
    keep_record(
        page=submission.version.page,
        action="synopse.replace_package",
        actor=None,  # the act by which the words left names who did it
        data={
            "submission": submission.pk,
            "edition": current.edition,
            "sha256": current.sha256,
            "reason": reason,
        },
        version=submission.version,
        submission=submission,
    )
    stamps.touch(submission.version.page_id)
