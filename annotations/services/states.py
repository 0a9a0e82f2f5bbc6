"""The states of an annotation, and the one place that changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotations import threads
from annotations.exports import package
from annotations.models import Annotation, State
from annotations.services.queueing import note_news
from annotations.signals import annotation_hidden, annotation_published

if TYPE_CHECKING:
    from django.db.models import QuerySet

HIDDEN_STATES = frozenset({State.HIDDEN, State.SPAM, State.ILLEGAL})
"""What moderators may make of an annotation that should not be seen."""

TRANSITIONS: dict[str, frozenset[str]] = {
    State.UNCONFIRMED: frozenset({State.PUBLIC, State.PENDING}),
    State.PENDING: frozenset({State.PUBLIC, State.WITHDRAWN, *HIDDEN_STATES}),
    State.PUBLIC: frozenset({State.PENDING, State.WITHDRAWN, *HIDDEN_STATES}),
    State.HIDDEN: frozenset({State.PUBLIC, State.WITHDRAWN, *HIDDEN_STATES} - {State.HIDDEN}),
    State.SPAM: frozenset({State.PUBLIC, State.WITHDRAWN, *HIDDEN_STATES} - {State.SPAM}),
    State.ILLEGAL: frozenset({State.PUBLIC, *HIDDEN_STATES} - {State.ILLEGAL}),
    State.WITHDRAWN: frozenset(),
}
"""State to the states that may follow it."""


def locked(annotation: Annotation) -> Annotation:
    """Return the stored annotation, locked until the transaction ends."""
    rows: QuerySet[Annotation] = Annotation.objects.select_for_update(of=("self",))
    return rows.select_related("version__page").get(pk=annotation.pk)


def change_state(annotation: Annotation, state: str) -> str:
    """Give an annotation another state, and let the comment library's flags follow.

    Replies keep their own state: what is visible of a thread is calculated when it is shown.

    Args:
        annotation: Locked by the caller.
        state: One that ``TRANSITIONS`` allows.

    Returns:
        The state before.

    Raises:
        ValidationError: The step is not possible (code ``state``).
    """
    before = annotation.state
    if state not in TRANSITIONS[before]:
        raise ValidationError(
            _("This is not possible: the annotation is in the state “%(state)s”."),
            code="state",
            params={"state": State(before).label},
        )
    annotation.state = state
    threads.mirror_state(annotation)
    annotation.save(
        update_fields=["state", "is_public", "is_removed", "confirmed_at"], force_update=True
    )
    announce(annotation, before)
    return before


def announce(annotation: Annotation, before: str = "") -> None:
    """Tell strangers after the commit that an annotation became public or is so no longer.

    Followers hear of what became public.
    """
    if annotation.state == State.PUBLIC:
        note_news(f"annotation:{annotation.pk}")
        transaction.on_commit(lambda: annotation_published.send(Annotation, annotation=annotation))
    elif before == State.PUBLIC:
        package.forget_annotation(annotation)
        transaction.on_commit(lambda: annotation_hidden.send(Annotation, annotation=annotation))
