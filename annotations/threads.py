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
    from typing import Any

    from django.db import models

    from annotations.models import Annotation

MAX_DEPTH = 3
"""Deepest reply: an annotation has depth 0."""

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
    annotation.save(force_insert=True)
    if parent is None:
        _begin_thread(annotation)
    return annotation


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
