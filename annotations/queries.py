"""QuerySets of annotations, in the words of the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.functions import Coalesce
from django_comments_xtd.models import XtdCommentManager

if TYPE_CHECKING:
    from typing import Self

    from wagtail.models import Page

    from versioning.models import Version

NOT_COUNTED = ("unconfirmed", "spam", "illegal", "withdrawn")


class AnnotationQuerySet(models.QuerySet):
    """Annotations and replies."""

    def roots(self) -> Self:
        """Return annotations, without replies."""
        return self.filter(reply_to=None)

    def public(self) -> Self:
        """Return what everybody may read."""
        return self.filter(state="public")

    def counted(self) -> Self:
        """Return confirmed root annotations that need an answer (law 4)."""
        return self.roots().exclude(state__in=NOT_COUNTED)

    def undisposed(self) -> Self:
        """Return annotations that count and have no answer that holds.

        An adopted one whose words are missing in the version that came out is open again.
        """
        return self.counted().filter(
            models.Q(disposition=None) | models.Q(disposition__missing=True)
        )

    def confirmed(self) -> Self:
        """Return what its author has confirmed, whatever moderation said."""
        return self.exclude(state="unconfirmed")

    def in_thread_order(self) -> Self:
        """Return threads one after another, each with its replies in the order of time."""
        return self.order_by(Coalesce("root_id", "pk"), "created_at", "pk")

    def of_text(self, page: Page) -> Self:
        """Return what was written on any version of a page in any of its languages."""
        return self.filter(version__page__translation_key=page.translation_key)

    def of_page(self, page_id: int) -> Self:
        """Return what was written on any version of a page."""
        return self.filter(version__page_id=page_id)

    def placed_on(self, version: Version) -> Self:
        """Return what was written on a version or placed on it from an older one."""
        return self.filter(
            models.Q(version=version) | models.Q(placements__version=version)
        ).distinct()


_CommentManager: Any = XtdCommentManager.from_queryset(AnnotationQuerySet)  # ships no types


class AnnotationManager(_CommentManager):
    """The default manager: every row, without the joins and filters of the comment libraries."""

    def get_queryset(self) -> AnnotationQuerySet:
        """Return all rows."""
        return AnnotationQuerySet(self.model, using=self._db)
