"""Beginning the next stage: a text of its own that goes on from a final one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.coreutils import find_available_slug
from wagtail.models import Page

from versioning import permissions
from versioning.core.slugs import ascii_slug
from versioning.models import Continuation
from versioning.services.freezing import says_the_same
from versioning.services.progress import final_version
from versioning.services.records import keep_record

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CONTINUE = "synopse.continue"


@transaction.atomic
def begin_next_stage(*, page: Page, title: str, actor: User) -> Any:  # noqa: ANN401  # a page of any versioned type
    """Make a draft beside a resolved text that goes on from its final version.

    It has the resolved text with the same blocks. Its first
    version takes the identities of unchanged passages from there, and its hash covers that of
    the final version. Annotations stay where they are.

    Args:
        page: A page whose text was resolved.
        title: Title of the new page.
        actor: Who begins the stage and owns the new page.

    Returns:
        The new page: a draft with a revision, not published.

    Raises:
        PermissionDenied: ``actor`` may not add pages there.
        ValidationError: No title, too long a title, a text that is not final, or a page that shows
            other words than the resolved ones.
    """
    page = Page.objects.select_for_update().get(pk=page.pk).specific
    permissions.require(actor, "continue_text", page)
    final = final_version(page.pk)
    if final is None:
        message = _("A next stage begins when the text was resolved.")
        raise ValidationError(message, code="not_final")
    if not says_the_same(page, final):
        message = _(
            "The page shows other words than those that were resolved. Publish these first."
        )
        raise ValidationError(message, code="other_words")
    parent = page.get_parent()
    new = page.copy(
        to=parent,
        recursive=False,
        copy_revisions=False,
        keep_live=False,
        update_attrs={
            "title": _valid_title(title),
            "slug": find_available_slug(parent, ascii_slug(title) or "text"),
            "draft_title": title.strip(),
            "owner": actor,
        },
        user=actor,
        log_action=None,
    )
    Continuation.objects.create(page_id=new.pk, version=final, begun_by=actor)
    new.save_revision(user=actor, log_action=True)
    data = {"version": final.number, "page": new.pk, "title": new.title, "hash": final.content_hash}
    keep_record(page=page, action=CONTINUE, actor=actor, data=data, version=final)
    return new


def _valid_title(title: str) -> str:
    title = title.strip()
    longest = Page._meta.get_field("title").max_length or 0
    if not title:
        raise ValidationError({"title": ValidationError(_("Write a title."), code="empty")})
    if len(title) > longest:
        message = _("Use at most %(limit)d characters.") % {"limit": longest}
        raise ValidationError({"title": ValidationError(message, code="too_long")})
    return title
