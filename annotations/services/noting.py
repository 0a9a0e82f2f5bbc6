"""What moderators tell each other about a contribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.log_actions import log

from annotations import permissions
from annotations.models import ModeratorNote
from annotations.services import checking
from annotations.services.checking import Problems

if TYPE_CHECKING:
    from typing import Any

    from annotations.models import Annotation

NOTE_LIMIT = 3_000


@transaction.atomic
def add_note(*, annotation: Annotation, actor: Any, text: str) -> ModeratorNote:  # noqa: ANN401  # any user model
    """Write down something for other moderators; nobody else ever sees it.

    Raises:
        PermissionDenied: ``actor`` may not moderate.
        ValidationError: There are no words, or too many.
    """
    permissions.require(actor, "moderate", annotation.version.page)
    problems = Problems()
    text = checking.read_text(text, name="text", limit=NOTE_LIMIT, problems=problems)
    problems.stop()
    note = ModeratorNote.objects.create(annotation=annotation, by=actor, text=text)
    log(instance=annotation, action="annotations.note", user=actor, title=str(annotation.uuid))
    return note
