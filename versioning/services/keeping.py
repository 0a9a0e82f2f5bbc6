"""Keeping a text beside the draft: it is in the history, and nothing else changes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import PageLogEntry, Revision

if TYPE_CHECKING:
    from typing import Any

    from django.contrib.auth.models import AbstractBaseUser

KEEP_APART = "synopse.keep_apart"


@transaction.atomic
def keep_apart(*, page: Any, latest: Revision, user: AbstractBaseUser) -> Revision:  # noqa: ANN401  # a page of any type
    """Keep what somebody wanted to save as a revision that is not the draft.

    Permission is Wagtail's: only what came through its editor is kept. The revision is dated right
    before the newest one, since Wagtail takes the youngest for the draft; its line in the history
    has the true time.

    Args:
        page: The page with the text that shall be kept; not saved.
        latest: The newest revision, which stays so.
        user: Whose text it is.

    Returns:
        The revision; the one that is there where the same text was kept before.
    """
    content = page.serializable_data()
    known = _known(page, content, user)
    if known is not None:
        return known
    revision: Revision = Revision.objects.create(
        content_object=page,
        base_content_type=page.get_base_content_type(),
        user=user,
        content=content,
        object_str=str(page),
        created_at=latest.created_at - timedelta(microseconds=1),
    )
    log(instance=page, action=KEEP_APART, user=user, revision=revision, content_changed=True)
    return revision


def _known(page: Any, content: dict[str, Any], user: AbstractBaseUser) -> Revision | None:  # noqa: ANN401
    """Return the text that was kept last, if it is the same."""
    entry = (
        PageLogEntry.objects.filter(page=page.pk, action=KEEP_APART, user=user.pk)
        .select_related("revision")
        .order_by("-timestamp", "-pk")
        .first()
    )
    kept: Revision | None = entry.revision if entry else None
    return kept if kept is not None and _words(kept.content) == _words(content) else None


def _words(content: dict[str, Any]) -> str:
    """Return what a text holds, without the state of the page around it."""
    around = {"latest_revision", "latest_revision_created_at", "draft_title"}
    told = {name: value for name, value in content.items() if name not in around}
    return json.dumps(told, cls=DjangoJSONEncoder, sort_keys=True)
