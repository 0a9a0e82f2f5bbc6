"""Frozen versions, their passages, where passages come from, and what changed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model_string
from wagtail.images import get_image_model_string

from versioning.core.passages import PassageText
from versioning.frozen import FrozenModel
from versioning.queries import ChangeQuerySet, PassageQuerySet, VersionQuerySet

if TYPE_CHECKING:
    from datetime import datetime


class VersionKind(models.TextChoices):
    """How far a version goes."""

    SUBSTANTIVE = "substantive", _("New in substance")
    EDITORIAL = "editorial", _("Editorial correction")


class Version(FrozenModel):
    """A published state of a page: its words never change.

    Versions of a page form a hash chain: ``content_hash`` covers number, locale, passages and
    ``previous_hash``. Label, summary and window may be changed later, by a service.
    """

    frozen_fields: ClassVar[frozenset[str]] = frozenset(
        {"page", "number", "title", "kind", "locale", "published_at"}
        | {"content_hash", "previous_hash"}
    )
    wagtail_reference_index_ignore = True

    page = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.PROTECT, related_name="synopse_versions"
    )
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=255)
    label = models.CharField(_("label"), max_length=120, blank=True)
    summary = models.TextField(_("what is new"), blank=True)
    kind = models.CharField(
        _("kind"), max_length=12, choices=VersionKind.choices, default=VersionKind.SUBSTANTIVE
    )
    locale = models.ForeignKey("wagtailcore.Locale", on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(
        "wagtailcore.Revision", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: published on schedule."),
    )
    opens = models.DateTimeField(_("comments open"), null=True, blank=True)
    closes = models.DateTimeField(_("comments close"), null=True, blank=True)
    content_hash = models.CharField(max_length=64, editable=False)
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)

    own_number: int = 0
    """Where the version stands beside those of a next stage as number 0: its number (`stages`)."""

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["page", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="synopse_version_number"),
        ]

    def __str__(self) -> str:
        """Title and number, for lists in the admin."""
        return f"{self.title} ({self.name})"

    @property
    def name(self) -> str:
        """Return "Version 2", or "Version 2: Draft for participation" where it has a label.

        Number 0 is the final version of the stage before, beside those of a page that continues it.
        """
        if not self.number:
            return str(_("Stage before: %(title)s") % {"title": self.title})
        number = _("Version %(number)d") % {"number": self.number}
        return f"{number}: {self.label}" if self.label else str(number)

    def is_open(self, now: datetime | None = None) -> bool:
        """Tell whether the window for annotations is open; no window at all means closed."""
        now = now or timezone.now()
        if self.opens is None and self.closes is None:
            return False
        return (self.opens is None or self.opens <= now) and (
            self.closes is None or now < self.closes
        )

    def get_absolute_url(self) -> str:
        """Return the permalink of this version."""
        number = self.number or self.own_number
        return reverse("versioning:version", args=[self.page_id, number])


class Passage(FrozenModel):
    """The smallest stretch of a version that can be annotated.

    The text content of ``html`` equals ``text``, code point for code point. ``uid`` is the
    lasting identity across versions and languages; a uid is never used for another passage.
    A withheld passage has neither text nor html any more; its hashes stay.
    """

    frozen_fields: ClassVar[frozenset[str]] = frozenset(
        {"version", "position", "uid", "kind", "level", "chapter", "number", "marker", "block"}
        | {"html", "html_hash", "text", "text_hash", "locale", "image", "image_hash", "alt"}
    )

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="passages")
    position = models.PositiveIntegerField()
    uid = models.UUIDField(default=uuid.uuid4, db_index=True)
    kind = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField(default=0)
    chapter = models.PositiveIntegerField(
        default=0, help_text=_("Ordinal of the chapter, 0 before the first.")
    )
    number = models.CharField(
        _("number"), max_length=32, blank=True, help_text=_("For citing, such as 2.3.")
    )
    marker = models.CharField(max_length=16, blank=True)
    html = models.TextField(blank=True)
    html_hash = models.CharField(max_length=64)
    text = models.TextField(blank=True)
    text_hash = models.CharField(max_length=64)
    block = models.CharField(max_length=255, blank=True)
    locale = models.ForeignKey("wagtailcore.Locale", on_delete=models.PROTECT, related_name="+")
    image = models.ForeignKey(
        get_image_model_string(), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    image_hash = models.CharField(
        max_length=64, blank=True, help_text=_("Of id, alternative text and file.")
    )
    alt = models.TextField(_("alternative text"), blank=True)
    withheld_at = models.DateTimeField(null=True, blank=True)
    withheld_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withheld_ground = models.CharField(max_length=255, blank=True)

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="synopse_passage_position"
            ),
            models.UniqueConstraint(fields=["version", "uid"], name="synopse_passage_uid"),
        ]
        indexes = [
            models.Index(
                fields=["version"],
                condition=models.Q(withheld_at__isnull=False),
                name="synopse_passage_withheld",
            ),
        ]

    def __str__(self) -> str:
        """Number and first words."""
        return f"{self.number} {self.text[:60]}".strip()

    def as_text(self, *, uid: str | None = None) -> PassageText:
        """Return this passage as plain data for ``core``.

        Args:
            uid: Another uid than its own, such as none.
        """
        return PassageText(
            kind=self.kind,  # type: ignore[arg-type]  # stored from the same literals
            text=self.text,
            html=self.html,
            level=self.level,
            block=self.block,
            uid=str(self.uid) if uid is None else uid,
            marker=self.marker,
            image=str(self.image_id or ""),
            alt=self.alt,
        )

    @property
    def is_withheld(self) -> bool:
        """Whether the law demanded that the words leave."""
        return self.withheld_at is not None


class DocumentUse(models.Model):
    """A document that a frozen passage links to, and that therefore cannot be deleted."""

    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="document_uses")
    document = models.ForeignKey(
        get_document_model_string(), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("document of a version")
        verbose_name_plural = _("documents of versions")
        constraints = [
            models.UniqueConstraint(fields=["passage", "document"], name="synopse_document_use"),
        ]

    def __str__(self) -> str:
        """The passage that links to the document."""
        return str(self.passage)


class Lineage(models.Model):
    """Where a passage comes from: its counterpart in the version before."""

    new = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="origins")
    old = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="successors")
    relation = models.CharField(max_length=16)
    similarity = models.FloatField(default=1.0)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("lineage")
        verbose_name_plural = _("lineages")
        constraints = [
            models.UniqueConstraint(fields=["new", "old"], name="synopse_lineage_pair"),
        ]

    def __str__(self) -> str:
        """Both ends and the relation."""
        return f"{self.old_id} → {self.new_id} ({self.relation})"


class Change(models.Model):
    """One hunk between a version and the one before it.

    Offsets count code points in the old and new passages of the row, each side joined with one
    line feed, end exclusive. A move without other words has equal offsets and no words.
    ``reason`` is the editorial reason; a change behind which a disposition stands needs none.
    With a ``step`` a body of the gate asked for the change, and ``reason`` says what it asked for.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="changes")
    position = models.PositiveIntegerField()
    relation = models.CharField(max_length=16)
    old_passages = models.ManyToManyField(Passage, related_name="changes_from")
    new_passages = models.ManyToManyField(Passage, related_name="changes_to")
    old_start = models.PositiveIntegerField(default=0)
    old_end = models.PositiveIntegerField(default=0)
    new_start = models.PositiveIntegerField(default=0)
    new_end = models.PositiveIntegerField(default=0)
    old_words = models.TextField(blank=True)
    new_words = models.TextField(blank=True)
    format = models.CharField(max_length=120, blank=True)
    reason = models.TextField(_("editorial reason"), blank=True)
    reason_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason_at = models.DateTimeField(null=True, blank=True)
    step = models.ForeignKey(
        "synopse_versioning.GateStep",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="changes",
    )

    wagtail_reference_index_ignore = True

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="synopse_change_position"),
        ]

    def __str__(self) -> str:
        """Old words and new words, shortened."""
        return f"{self.old_words[:40]} → {self.new_words[:40]}"
