"""QuerySets of versioning, in the words of the field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from wagtail.models import PageLogEntry

from versioning.frozen import FrozenQuerySet

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from wagtail.models import Page

    from versioning.models import Version


WINDOW_ACTION = "synopse.window"
"""The log's name for a change of a version's window."""


class VersionQuerySet(FrozenQuerySet):
    """Versions of pages."""

    def with_window_changed(self) -> Self:
        """Tell of each version whether the log knows a changed window on its page."""
        entries = PageLogEntry.objects.filter(page=OuterRef("page_id"), action=WINDOW_ACTION)
        return self.annotate(window_changed=Exists(entries))

    def with_gate(self) -> Self:
        """Tell of each version how far the gate is with it, for ``versioning.standing``.

        It adds what ``standing.GATE`` names, without a query of its own.
        """
        from versioning.models import GateStep  # noqa: PLC0415 -- models are not there yet

        steps = GateStep.objects.filter(submission__version=OuterRef("pk"))
        last = steps.exclude(outcome="").order_by("-position")
        following = steps.filter(outcome="").order_by("position")
        resolved = steps.filter(role="resolves", outcome__in=("agreed", "agreed_with_changes"))
        told = {
            "outcome": (last, "outcome"),
            "body": (last, "body"),
            "day": (last, "decided_on"),
            "next_body": (following, "body"),
            "next_day": (following, "planned_on"),
            "resolved_body": (resolved, "body"),
            "resolved_day": (resolved, "decided_on"),
        }
        return self.annotate(
            gate_round=F("submission__round"),
            gate_submission=F("submission__pk"),
            gate_submitted_at=F("submission__submitted_at"),
            **{
                f"gate_{name}": Subquery(rows.values(field)[:1])
                for name, (rows, field) in told.items()
            },
        )

    def of_page(self, page: Page) -> Self:
        """Return the versions that a page shows, newest first; an alias shows its original's."""
        return self.filter(page_id=original_id(page)).order_by("-number")

    def newest_of(self, page: Page) -> Version | None:
        """Return the newest version that a page shows, or None."""
        return self.of_page(page).first()  # type: ignore[return-value]  # used by Version alone

    def with_stage_before(self, page: Page) -> Self:
        """Return the versions that a page shows, and with number 0 the one that it goes on from."""
        original = original_id(page)
        found = self.filter(Q(page_id=original) | Q(continuations__page=original))
        return found.order_by("-continuations__pk", "-number")

    def told_stage(self) -> Self:
        """Tell of each version which public text its page goes on from: title, page, number."""
        from versioning.models import Continuation  # noqa: PLC0415 -- models are not there yet

        rows = Continuation.objects.filter(page=OuterRef("page_id"), version__page__live=True)
        names = {"title": "version__title", "page": "version__page", "number": "version__number"}
        return self.annotate(
            **{f"stage_{name}": Subquery(rows.values(field)[:1]) for name, field in names.items()}
        )

    def numbers_of(self, page: Page) -> list[int]:
        """Return the numbers of the versions that a page shows, newest first."""
        return list(self.of_page(page).values_list("number", flat=True))

    def open(self, now: datetime | None = None) -> Self:
        """Return versions whose window for annotations is open."""
        now = now or timezone.now()
        return self.exclude(opens=None, closes=None).filter(
            Q(opens=None) | Q(opens__lte=now), Q(closes=None) | Q(closes__gt=now)
        )

    def counted_for(self, version: Version) -> Self:
        """Return the versions that a submission of one version answers for (law 4).

        Those of its page up to it since the page's last submission, and those of the page's
        translations that were published since then.
        """
        last = (
            self.model._default_manager.filter(
                page=version.page_id, number__lt=version.number, submission__isnull=False
            )
            .order_by("-number")
            .values_list("number", "submission__submitted_at")
            .first()
        )
        own = Q(page=version.page_id, number__lte=version.number)
        others = Q(page__translation_key=version.page.translation_key) & ~Q(page=version.page_id)
        if last is not None:
            own &= Q(number__gt=last[0])
            others &= Q(published_at__gt=last[1])
        return self.filter(own | others)

    def newest(self) -> Self:
        """Return the newest version of each page."""
        newer = self.model._default_manager.filter(
            page=OuterRef("page"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(newer))

    def awaiting_submission(self) -> Self:
        """Return the newest version of each public page, where it was not handed over."""
        return self.newest().filter(submission=None, page__live=True)


class SignatureQuerySet(FrozenQuerySet):
    """Signatures of departments."""

    def that_count(self) -> Self:
        """Return the last word of each department on each version."""
        later = self.model._base_manager.filter(
            version=OuterRef("version"),
            department=OuterRef("department"),
            ordinal__gt=OuterRef("ordinal"),
        )
        return self.filter(~Exists(later))


class PassageQuerySet(FrozenQuerySet):
    """Passages of versions."""

    def in_order(self) -> Self:
        """Return passages in reading order."""
        return self.order_by("position")


class ChangeQuerySet(models.QuerySet):
    """Changes between consecutive versions."""

    def without_editorial_reason(self) -> Self:
        """Return changes that no editor has explained."""
        return self.filter(reason="")


def original_id(page: Page) -> int:
    """Return the id of the page whose versions a page shows: its own, or its original's.

    An alias may be the alias of another alias.
    """
    seen: set[int] = set()
    while page.alias_of_id and page.pk not in seen:
        seen.add(page.pk)
        page = page.alias_of
    return page.pk
