"""QuerySets of versioning, in the words of the field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from wagtail.models import Page


class VersionQuerySet(models.QuerySet):
    """Versions of pages."""

    def of_page(self, page: Page) -> Self:
        """Return the versions that a page shows, newest first; an alias shows its original's."""
        return self.filter(page_id=page.alias_of_id or page.pk).order_by("-number")

    def newest_of(self, page: Page):  # noqa: ANN201  # the model lives above this module
        """Return the newest version that a page shows, or None."""
        return self.of_page(page).first()

    def open(self, now: datetime | None = None) -> Self:
        """Return versions whose window for annotations is open."""
        now = now or timezone.now()
        return self.exclude(opens=None, closes=None).filter(
            Q(opens=None) | Q(opens__lte=now), Q(closes=None) | Q(closes__gt=now)
        )


class PassageQuerySet(models.QuerySet):
    """Passages of versions."""

    def in_order(self) -> Self:
        """Return passages in reading order."""
        return self.order_by("position")


class ChangeQuerySet(models.QuerySet):
    """Changes between consecutive versions."""

    def without_editorial_reason(self) -> Self:
        """Return changes that no editor has explained."""
        return self.filter(reason="")
