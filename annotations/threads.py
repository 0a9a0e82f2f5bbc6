"""The door to django-comments-xtd: its rows carry our words, authors and threads.

Only its data model is used. Its hook on saving publishes replies that wait for moderation and
walks whole threads; its numbering of threads counts neighbours in a race. Both are switched off
here: a thread is ordered by root, time and key, and visibility is ``Annotation.state`` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import pre_save
from django.utils import timezone
from django_comments_xtd import models as xtd_models
from wagtail.models import Page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from django.db import models

    from annotations.models import Annotation

MAX_DEPTH = 3
"""Deepest reply: an annotation has depth 0."""
BATCH = 500

_their_hook = xtd_models.publish_or_unpublish_on_pre_save


def _leave_replies_alone(sender: object, **kwargs: Any) -> None:  # noqa: ANN401  # a receiver
    """Stand in for the library's hook where it connects itself after us."""


def disconnect_hook(model: type[models.Model]) -> None:
    """Keep the library from changing the visibility of replies when a comment is saved.

    Works before and after the library has connected its hook, whatever the order of the
    installed apps.
    """
    pre_save.disconnect(_their_hook, sender=model)
    xtd_models.publish_or_unpublish_on_pre_save = _leave_replies_alone


def max_depth() -> int:
    """Return how deep replies may go."""
    return int(getattr(settings, "COMMENTS_XTD_MAX_THREAD_LEVEL", MAX_DEPTH))


def add_row(annotation: Annotation, *, page: Page) -> Annotation:
    """Store a new annotation or reply with the thread data that the library expects.

    The work does not depend on the size of the thread. No address of a network is ever stored.

    Args:
        annotation: Complete but for what the library needs.
        page: What the comment is about, in the library's words.
    """
    _fill(annotation, page)
    annotation.save(force_insert=True)
    if annotation.reply_to is None:
        _begin_thread(annotation)
    return annotation


def add_rows(annotations: Sequence[Annotation], *, page: Page) -> None:
    """Store many new annotations, or replies to stored ones, in a few statements a batch.

    The library spreads a comment over three tables, so Django's own ``bulk_create`` refuses it.

    Args:
        annotations: Complete but for what the library needs, without replies to each other.
        page: What the comments are about, in the library's words.
    """
    for first in range(0, len(annotations), BATCH):
        batch = annotations[first : first + BATCH]
        for annotation in batch:
            _fill(annotation, page)
            annotation.searchable = annotation.words_to_find()  # as its save does
        comments = xtd_models.Comment.objects.bulk_create(
            xtd_models.Comment(**_values(annotation, xtd_models.Comment)) for annotation in batch
        )
        for annotation, comment in zip(batch, comments, strict=True):
            annotation.pk = annotation.id = annotation.comment_ptr_id = comment.pk
            if annotation.reply_to_id is None:
                annotation.parent_id = annotation.thread_id = comment.pk
        for model in (xtd_models.XtdComment, type(annotations[0])):
            model._base_manager._insert(batch, fields=model._meta.local_concrete_fields)
        for annotation in batch:
            annotation._state.adding = False


def _values(annotation: Annotation, model: type[models.Model]) -> dict[str, Any]:
    fields = model._meta.local_concrete_fields
    return {f.attname: getattr(annotation, f.attname) for f in fields if not f.primary_key}


def _fill(annotation: Annotation, page: Page) -> None:
    parent = annotation.reply_to
    annotation.content_type = ContentType.objects.get_for_model(Page)
    annotation.object_pk = str(page.pk)
    annotation.site_id = getattr(settings, "SITE_ID", 1)
    annotation.submit_date = annotation.created_at or timezone.now()
    annotation.ip_address = None
    annotation.depth = annotation.level = parent.depth + 1 if parent else 0
    annotation.parent_id = parent.pk if parent else 0
    annotation.thread_id = annotation.root_id or 0
    mirror_state(annotation)


def _begin_thread(annotation: Annotation) -> None:
    """Let a first comment be its own parent and thread, as the library wants it."""
    annotation.parent_id = annotation.thread_id = annotation.pk
    xtd_models.XtdComment.norel_objects.filter(pk=annotation.pk).update(
        parent_id=annotation.pk, thread_id=annotation.pk
    )


def mirror_state(annotation: Annotation) -> None:
    """Let the library's two flags follow the state."""
    annotation.is_public = annotation.state == "public"
    annotation.is_removed = annotation.state in {"hidden", "spam", "illegal", "withdrawn"}
