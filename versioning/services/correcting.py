"""What editors correct in the lineage of a draft, before it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.actions.publish_page_revision import PublishPageRevisionAction

from versioning import permissions
from versioning.core.corrections import Known, read_corrections, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import AbstractBaseUser
    from django.http import HttpRequest, HttpResponse
    from wagtail.models import Revision

    from versioning.core.corrections import Correction
    from versioning.core.passages import PassageText
    from versioning.models import Version, VersionedPageMixin


def known_pairs(
    *,
    page: VersionedPageMixin,
    version: Version | None,
    old: Sequence[PassageText],
    new: Sequence[PassageText],
) -> Known:
    """Return what the corrections of a draft say about its passages.

    Corrections that cannot be read, or that speak about an older version, count for nothing: a
    publication never fails for them, since the editor has refused them long before.

    Args:
        page: The draft.
        version: The newest version, None before the first.
        old: Its passages.
        new: The passages of the draft.
    """
    if version is None or not page.version_corrections:
        return Known([], set(), {}, [])
    try:
        corrections = read_corrections(page.version_corrections)
    except ValueError:
        return Known([], set(), {}, [])
    return resolve([item for item in corrections if item.version == version.number], old, new)


def store_corrections(
    *,
    page: VersionedPageMixin,
    revision: Revision,
    corrections: Sequence[Correction],
    actor: AbstractBaseUser,
) -> Revision:
    """Store corrections with a draft, as a new revision; those about the same paragraphs give way.

    Args:
        page: The page.
        revision: Its latest revision.
        corrections: What somebody has decided.
        actor: Who decided it.

    Returns:
        The new revision.

    Raises:
        PermissionDenied: ``actor`` may not edit the page.
        ValidationError: The draft has changed meanwhile, or is locked, or the corrections
            contradict others that stay.
    """
    permissions.require(actor, "correct_lineage", page)
    with transaction.atomic():
        stored = type(page)._base_manager.select_for_update().get(pk=page.pk)
        lock = stored.get_lock()
        if lock is not None and lock.for_user(actor):
            raise ValidationError(_("This page is locked: it cannot be changed now."))
        if stored.latest_revision_id != revision.pk:
            raise ValidationError(
                _("The draft has changed since these questions were asked. Publish it again.")
            )
        draft = revision.as_object()
        decided = {item.new for item in corrections}
        draft.version_corrections = [
            *(item for item in draft.pending_corrections() if item.get("new") not in decided),
            *(item.as_data() for item in corrections),
        ]
        return draft.save_revision(user=actor, log_action=True)


def publish_with_corrections(
    *,
    page: VersionedPageMixin,
    revision: Revision,
    corrections: Sequence[Correction],
    actor: AbstractBaseUser,
    request: HttpRequest,
) -> HttpResponse | None:
    """Store corrections with a draft and publish it as Wagtail's editor does.

    Args:
        page: The page.
        revision: Its latest revision.
        corrections: What somebody has decided.
        actor: Who decided it and publishes.
        request: For the hooks that Wagtail calls around a publication.

    Returns:
        What a hook of the site answers instead of publishing, else nothing.

    Raises:
        PermissionDenied: ``actor`` may not edit or publish the page.
        ValidationError: See ``store_corrections``.
    """
    permissions.require(actor, "publish", page)
    stored = store_corrections(page=page, revision=revision, corrections=corrections, actor=actor)
    draft = stored.as_object()
    draft.asks_about_lineage = False
    answer = _run_hooks("before_publish_page", request, draft)
    if answer is not None:
        return answer
    PublishPageRevisionAction(stored, user=actor, changed=True).execute()
    published = type(page)._base_manager.get(pk=page.pk)
    return _run_hooks("after_publish_page", request, published) or _run_hooks(
        "after_edit_page", request, published
    )


def _run_hooks(name: str, request: HttpRequest, page: VersionedPageMixin) -> HttpResponse | None:
    for hook in hooks.get_hooks(name):
        answer = hook(request, page)
        if hasattr(answer, "status_code"):
            return answer
    return None
