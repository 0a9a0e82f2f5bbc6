"""Stored files: asking for them, making them, and taking them away with withheld words."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from versioning.exports import pdf
from versioning.exports.files import File
from versioning.exports.kinds import known_kinds
from versioning.models import Export, ExportForm, ExportKind, ExportState, Version
from versioning.services.storing import lock_versions

if TYPE_CHECKING:
    from collections.abc import Collection

logger = logging.getLogger(__name__)

UNDERWAY = (ExportState.QUEUED, ExportState.RUNNING)
GIVEN_UP_AFTER = timedelta(hours=1)
"""A file that has been underway for so long may be asked for again."""
MAX_WAITING = 200
"""So many files wait at most, lest strangers fill the queue."""
ATTEMPTS = 3
"""How often a file is begun anew because its texts changed meanwhile."""


def stored_export(*, file: File) -> Export | None:
    """Return what is stored of a file, without its content."""
    return Export.objects.filter(**file.key).defer("content").first()


def is_underway(export: Export) -> bool:
    """Tell whether a worker makes a file or is going to."""
    return export.state in UNDERWAY and export.created_at > timezone.now() - GIVEN_UP_AFTER


@transaction.atomic
def request_export(*, file: File) -> Export:
    """Have a file made, unless it is there or underway; it is queued once.

    Whoever may read the versions may ask; the caller has checked that.

    Args:
        file: A file of a stored form.

    Raises:
        ValidationError: Too many files are waiting already.
    """
    lock_versions({file.old.pk, file.new.pk})
    export = stored_export(file=file)
    if export is not None:
        is_there = export.state == ExportState.DONE and export.digest == file.digest()
        if is_there or is_underway(export):
            return export
    begun = timezone.now() - GIVEN_UP_AFTER
    if Export.objects.filter(state__in=UNDERWAY, created_at__gt=begun).count() >= MAX_WAITING:
        raise ValidationError(_("Many files are being prepared now. Please try again later."))
    values = {
        "state": ExportState.QUEUED,
        "digest": "",
        "texts": "",
        "content": b"",
        "done": 0,
        "total": 0,
        "created_at": timezone.now(),
        "finished_at": None,
    }
    export, _is_new = Export.objects.update_or_create(defaults=values, **file.key)
    transaction.on_commit(partial(_enqueue, [export.pk]))
    return export


def request_exports_of(*, version: Version) -> int:
    """Have the files of a version made that would keep readers waiting.

    These are the version and its comparison with the one before, in every stored form.

    Args:
        version: A version.

    Returns:
        How many files are stored or underway now.
    """
    before = Version.objects.filter(page=version.page_id, number=version.number - 1)
    pairs = [(ExportKind.VERSION, version)]
    pairs += [(ExportKind.COMPARISON, old) for old in before.select_related("locale", "page")]
    forms = [form for form in ExportForm.values if form != "pdf" or pdf.is_available()]
    wanted = [File(kind, old, version, form) for kind, old in pairs for form in forms]
    return len([request_export(file=file) for file in wanted if not file.is_small()])


def build_export(*, export: int) -> bool:
    """Make a file that was asked for; a second call changes nothing.

    It is made before anything is locked. Two workers write the same; where texts or reasons
    changed meanwhile it is made once more.

    Args:
        export: Id of the stored file, which may be gone.

    Returns:
        Whether the file is there now.
    """
    claimed = Export.objects.filter(pk=export, state__in=UNDERWAY)
    if not claimed.update(state=ExportState.RUNNING):
        return Export.objects.filter(pk=export, state=ExportState.DONE).exists()
    for _attempt in range(ATTEMPTS):
        file = _file_of(export)
        if file is None:
            return False
        state = file.digest()
        try:
            content = file.build(partial(_tell_progress, export))
            is_kept = _keep(export, file, state, content)
        except Exception:  # of the forms, or there is no room to keep it
            logger.exception("the file %s could not be made", export)
            break
        if is_kept:
            return True
    Export.objects.filter(pk=export, state__in=UNDERWAY).update(
        state=ExportState.FAILED, finished_at=timezone.now()
    )
    return False


def _tell_progress(export: int, done: int, total: int) -> None:
    """Say how far a file is, for whoever waits for it."""
    Export.objects.filter(pk=export).update(done=done, total=total)


def drop_files_of_text(*, page: int) -> int:
    """Delete the stored files of a whole text; they are made anew when somebody asks.

    For apps above, when words have gone that such files hold.

    Args:
        page: Id of the page.

    Returns:
        How many were deleted.
    """
    stored = Export.objects.filter(new__page=page, kind__in=known_kinds())
    return stored.delete()[0]


def forget_exports(*, versions: Collection[int]) -> None:
    """Delete the files of versions whose words have to leave, and have them made anew.

    Args:
        versions: Ids of versions, locked by the caller (``lock_versions``).
    """
    of_texts = Q(kind__in=known_kinds(), new__page__synopse_versions__in=versions)
    among = Q(old__in=versions) | Q(new__in=versions) | of_texts
    stored = Export.objects.filter(pk__in=Export.objects.filter(among).values("pk"))
    names = ("kind", "old_id", "new_id", "form")
    found = list(stored.order_by("pk").values(*names))
    stored.delete()
    now = timezone.now()
    again = [Export.objects.create(**key, created_at=now).pk for key in found]
    transaction.on_commit(partial(_enqueue, again))


def _file_of(export: int) -> File | None:
    """Return what a stored file is to be made from, as it is now."""
    found = Export.objects.filter(pk=export).defer("content")
    stored = found.select_related("old__locale", "old__page", "new__locale", "new__page").first()
    return File(stored.kind, stored.old, stored.new, stored.form) if stored else None


@transaction.atomic
def _keep(export: int, file: File, state: str, content: bytes) -> bool:
    """Write a file, unless what it was made from has changed; tell whether it stands."""
    lock_versions({file.old.pk, file.new.pk})
    current = _file_of(export)
    if current is None or current.digest() != state:
        return False
    stored = Export.objects.filter(pk=export, state__in=[*UNDERWAY, ExportState.DONE])
    return bool(
        stored.update(
            state=ExportState.DONE,
            digest=state,
            texts=current.texts(),
            content=content,
            finished_at=timezone.now(),
        )
    )


def _enqueue(exports: Collection[int]) -> None:
    from versioning import tasks  # noqa: PLC0415  # tasks call services

    for export in exports:
        tasks.build_export.enqueue(export)
