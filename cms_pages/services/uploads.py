"""Uploaded files that wait until somebody has looked at what they would change."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.images import get_image_model

from annotations.services.purging import register_rule
from annotations.services.retention import kept, register_kept
from cms_pages.core.documents import open_document
from cms_pages.models import StrategyDraftPage, WaitingImport
from cms_pages.services.images import known_images, may_add_images, store_taken, usable_images
from cms_pages.services.importing import (
    ImportedDraft,
    plan_for,
    require_import,
    store_plan,
    target_of,
)
from cms_pages.services.notes import keep_comments
from versioning.draft_lineage import lineage_of_draft
from versioning.presentation.questions import questions_about

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from typing import Any

    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from cms_pages.core.documents import Document
    from cms_pages.models import ParticipationProcessPage
    from cms_pages.services.importing import Plan
    from versioning.draft_lineage import DraftLineage

AT_MOST = 5
"""Files of one person that wait at the same time; the oldest gives way."""
KEPT = "waiting_imports"
"""Its name in the table of retention."""


class DraftChanged(ValidationError):  # noqa: N818  # it says what has happened
    """The draft is not any more what the preview showed."""


class NothingWaits(LookupError):  # noqa: N818  # it says what is the matter
    """No such file waits for this person: it was taken over, thrown away, or is too old."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would make of a draft.

    Attributes:
        upload: The file.
        current: The draft as it is, None for a new one.
        plan: What it would be.
        document: What the file holds; images that the site does not take are left out.
        refused_images: How many those are.
        may_add_images: Whether the person may add images; if not, only known ones are taken.
        lineage: What publishing it would change, None before the first version.
    """

    upload: WaitingImport
    current: StrategyDraftPage | None
    plan: Plan
    document: Document
    refused_images: int
    may_add_images: bool
    lineage: DraftLineage | None

    @property
    def state(self) -> str:
        """Name the state of the draft that the preview was made for."""
        return state_of(self.upload.page)


def state_of(page: StrategyDraftPage | None) -> str:
    """Name the state of a draft: it changes with every revision."""
    return str(page.latest_revision_id or 0) if page is not None else "new"


def hold_upload(  # noqa: PLR0913  # keyword-only: each names one choice of the person
    *,
    name: str,
    content: bytes,
    actor: User,
    page: StrategyDraftPage | None = None,
    parent: ParticipationProcessPage | None = None,
    title: str = "",
    refuses_changes: bool = False,
) -> WaitingImport:
    """Keep a file until its preview has been looked at; no page changes.

    Args:
        name: Its name, with the ending that says what it is.
        content: Its bytes, which ``open_document`` has read before.
        actor: Who uploads it; nobody else will see it.
        page: The draft that shall get the text.
        parent: The process under which a new draft shall be made, instead of ``page``.
        title: Title of the new draft.
        refuses_changes: Refuse tracked changes instead of accepting them.

    Raises:
        PermissionDenied: ``actor`` may not edit or add there.
        ValidationError: The page is locked or an alias, or the title cannot be used.
    """
    require_import(actor, target_of(page=page, parent=parent, title=title), parent)
    made = WaitingImport.objects.create(
        user=actor,
        page=page,
        parent=None if page is not None else parent,
        title=title.strip(),
        name=name[-255:],
        content=content,
        refuses_changes=refuses_changes,
    )
    older = WaitingImport.objects.filter(user=actor).order_by("-created_at", "-pk")
    keys = list(older.values_list("pk", flat=True)[AT_MOST:])
    WaitingImport.objects.filter(pk__in=keys).exclude(pk=made.pk).delete()
    return made


def waiting_for(actor: User) -> QuerySet[WaitingImport]:
    """Return the files of a person that wait and are not too old."""
    fresh = WaitingImport.objects.filter(user=actor, created_at__gt=timezone.now() - kept(KEPT))
    return fresh.select_related("page", "parent")


def too_old(now: datetime) -> QuerySet[WaitingImport]:
    """Return the files that nobody has taken over in time."""
    return WaitingImport.objects.filter(created_at__lte=now - kept(KEPT))


def preview_of(upload: WaitingImport, *, actor: User) -> Preview:
    """Say what a file would make of the draft as it is now; nothing is stored.

    Raises:
        PermissionDenied: ``actor`` may not import there (any more).
        ValidationError: The text cannot be used.
    """
    document, refused = _opened(upload)
    target = target_of(page=upload.page, parent=upload.parent, title=upload.title)
    require_import(actor, target, upload.parent)
    current = target_of(page=upload.page, parent=None) if upload.page else None
    known = known_images(document.images)
    is_allowed = may_add_images(actor)
    images = dict.fromkeys(document.images, 0) | known if is_allowed else known
    plan = plan_for(target, document.blocks, images=images, fresh=_fresh(upload))
    _stand_in_for_images(plan.page)
    lineage = lineage_of_draft(plan.page) if current is not None else None
    return Preview(upload, current, plan, document, refused, is_allowed, lineage)


@transaction.atomic
def take_over(
    *,
    key: uuid.UUID,
    actor: User,
    state: str,
    answers: Mapping[str, str],
    comments: Collection[int],
) -> ImportedDraft:
    """Put the text of a file that waits into its draft, as a new revision.

    Args:
        key: The file.
        actor: Whose it is.
        state: The state of the draft that the preview showed: see ``Preview.state``.
        answers: What the person answered about doubtful guesses: see ``Question.correction``.
        comments: Indices of the comments to keep as notes.

    Raises:
        NothingWaits: The file is not there any more.
        DraftChanged: The draft has changed since the preview; nothing is stored.
        PermissionDenied: ``actor`` may not import there.
        ValidationError: The text or the answers cannot be used; nothing is stored.
    """
    upload = waiting_for(actor).select_for_update(of=("self",)).filter(pk=key).first()
    if upload is None:
        raise NothingWaits
    if upload.page is not None:
        upload.page = StrategyDraftPage._base_manager.select_for_update().get(pk=upload.page_id)
    if state_of(upload.page) != state:
        raise DraftChanged(_changed())
    document, _refused = _opened(upload)
    target = target_of(page=upload.page, parent=upload.parent, title=upload.title)
    require_import(actor, target, upload.parent)
    images = store_taken(document.blocks, document.images, actor=actor)
    plan = plan_for(target, document.blocks, images=images, fresh=_fresh(upload))
    if upload.page is not None:
        plan.page.version_corrections = _corrections(plan.page, answers)
    revision = store_plan(plan, parent=upload.parent, actor=actor)
    chosen = [comment for index, comment in enumerate(document.comments) if index in comments]
    notes = keep_comments(chosen, plan=plan, source=upload.name, actor=actor)
    upload.delete()
    return ImportedDraft(plan.page, revision, None, plan.kept, len(plan.blocks), notes)


def register() -> None:
    """Have the purge delete what waits too long, and the table of retention say so."""
    register_kept(KEPT, days=1, what=gettext_lazy("Texts that were uploaded and not taken over"))
    register_rule("uploads", too_old)


def throw_away(*, key: uuid.UUID, actor: User) -> None:
    """Delete a file that waits; nothing else changes."""
    WaitingImport.objects.filter(pk=key, user=actor).delete()


def _opened(upload: WaitingImport) -> tuple[Document, int]:
    """Read the file again; return it without the images that the site refuses, and their number."""
    document = open_document(
        (upload.name, bytes(upload.content)), refuse_changes=upload.refuses_changes
    )
    images = usable_images(document.images)
    refused = len(document.images) - len(images)
    return replace(document, images=images), refused


def _fresh(upload: WaitingImport) -> Any:  # noqa: ANN401  # what plan_for takes
    """Return what names new blocks: the same in the preview and when it is taken over."""
    return lambda index: str(uuid.uuid5(upload.key, str(index)))


def _stand_in_for_images(page: StrategyDraftPage) -> None:
    """Let images that are not stored yet stand in the text all the same."""
    for child in page.body:
        if child.block_type == "image" and child.value["image"] is None:
            child.value["image"] = get_image_model()(pk=0, title="")


def _corrections(page: StrategyDraftPage, answers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the corrections of the draft with what the person has answered."""
    lineage = lineage_of_draft(page)
    questions = questions_about(lineage) if lineage else []
    if lineage and any(f"{q.name}-key" not in answers for q in questions):
        raise DraftChanged(_changed())
    decided = [question.correction(answers) for question in questions]
    named = {item.new for item in decided}
    stays = [item for item in page.pending_corrections() if item.get("new") not in named]
    return [*stays, *(item.as_data() for item in decided)]


def _changed() -> str:
    return _("The draft has changed meanwhile. Nothing was taken over: here is a new preview.")
