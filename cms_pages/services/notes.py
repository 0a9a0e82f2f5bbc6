"""Notes of editors at the passages of a draft; never public."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cms_pages.core.drafting import block_at
from cms_pages.models import DraftNote

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.contrib.auth.models import User

    from cms_pages.services.importing import Plan
    from versioning.core.reading import SourceComment


def keep_comments(
    comments: Iterable[SourceComment],
    *,
    plan: Plan,
    source: str,
    actor: User,
) -> int:
    """Keep comments of a file as notes at the passages that they are about.

    Args:
        comments: What to keep, with the indices of their blocks in the document.
        plan: What the text has become; its draft is stored.
        source: Name of the file.
        actor: Who keeps them.

    Returns:
        How many were kept.
    """
    notes = [
        DraftNote(
            page=plan.page,
            block=_key(plan, comment),
            passage=comment.passage,
            quote=comment.quote,
            text=comment.text,
            author=comment.author,
            written_at=moment_of(comment.written),
            source=source[:255],
            by=actor,
        )
        for comment in comments
    ]
    return len(DraftNote.objects.bulk_create(notes))


def settle_note(*, note: DraftNote, actor: User, is_done: bool) -> DraftNote:
    """Say that a note is done, or open it again.

    Raises:
        PermissionDenied: ``actor`` may not edit the draft.
    """
    if not note.page.permissions_for_user(actor).can_edit():
        raise PermissionDenied(_("You may not do this with the notes of this page."))
    note.done_at, note.done_by = (timezone.now(), actor) if is_done else (None, None)
    note.save(update_fields=["done_at", "done_by"])
    return note


def _key(plan: Plan, comment: SourceComment) -> str:
    return "" if comment.block is None else plan.keys[block_at(plan.blocks, comment.block)]


def moment_of(written: str) -> datetime | None:
    """Return the moment that a file names, if it is one; without a zone, programs mean UTC."""
    try:
        moment = parse_datetime(written)
    except ValueError:
        return None
    if moment is None or moment.year < 1980:
        return None
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)
