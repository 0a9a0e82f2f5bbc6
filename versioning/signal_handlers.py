"""Our reactions to facts, our own among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models.signals import post_delete, post_save, pre_save
from wagtail.documents import get_document_model
from wagtail.signals import post_page_move

from versioning import checks, doors, stamps
from versioning.models import GateStep, Submission, Version
from versioning.services.documents import refuse_replacing
from versioning.services.storing import versions_to_store_again
from versioning.services.workflows import follow
from versioning.signals import (
    decision_recorded,
    passages_withheld,
    version_published,
    version_signed,
    version_submitted,
)
from versioning.tasks import request_exports_of, store_comparisons_of

if TYPE_CHECKING:
    from typing import Any

    from versioning.models import Passage, Signature


def connect() -> None:
    """Connect every handler of this app."""
    version_published.connect(store_published_version, dispatch_uid="synopse_store")
    passages_withheld.connect(store_without_withheld, dispatch_uid="synopse_store_again")
    version_signed.connect(follow_signature, dispatch_uid="synopse_follow_signature")
    version_submitted.connect(follow_submission, dispatch_uid="synopse_follow_submission")
    decision_recorded.connect(follow_decision, dispatch_uid="synopse_follow_decision")
    for signal in (post_save, post_delete):
        signal.connect(stamps.touch_after_save, dispatch_uid="synopse_touch_frame")
        for model in (Version, Submission, GateStep):
            receiver = touch_submitted if model is GateStep else stamps.touch_own_page
            signal.connect(receiver, sender=model, dispatch_uid=f"synopse_touch_{model.__name__}")
    pre_save.connect(
        keep_document, sender=get_document_model(), dispatch_uid="synopse_keep_document"
    )
    post_page_move.connect(stamps.touch_after_move, dispatch_uid="synopse_touch_moved")
    for check in checks.CHECKS:
        doors.register_gate_check(check)


def touch_submitted(sender: object, instance: GateStep, **kwargs: Any) -> None:  # noqa: ANN401
    """Touch the text that was handed over when a body has decided."""
    stamps.touch(instance.submission.version.page_id)


def follow_signature(sender: object, signature: Signature, **kwargs: Any) -> None:  # noqa: ANN401
    """Let the workflow of the page go on, or back to the editors."""
    follow(page=signature.version.page, user=signature.signed_by)


def follow_submission(sender: object, submission: Submission, **kwargs: Any) -> None:  # noqa: ANN401
    """Let the workflow of the page go on."""
    follow(page=submission.version.page, user=submission.submitted_by)


def follow_decision(sender: object, step: GateStep, **kwargs: Any) -> None:  # noqa: ANN401
    """Let the workflow of the page go on, or back to the editors."""
    follow(page=step.submission.version.page, user=step.recorded_by)


def keep_document(sender: object, instance: Any, **kwargs: Any) -> None:  # noqa: ANN401  # a receiver
    """Let nobody put another file in the place of a decision's document."""
    refuse_replacing(instance)


def store_published_version(sender: object, version: Version, **kwargs: Any) -> None:  # noqa: ANN401
    """Have the comparisons and long files of a version that is out stored; a worker does it."""
    store_comparisons_of.enqueue(version.pk)
    request_exports_of.enqueue(version.pk)


def store_without_withheld(
    sender: object,
    passages: list[Passage],
    **kwargs: Any,  # noqa: ANN401  # a receiver
) -> None:
    """Have comparisons stored anew that were deleted because words had to leave."""
    for key in versions_to_store_again(versions={passage.version_id for passage in passages}):
        store_comparisons_of.enqueue(key)
