"""Annotations and replies: the project's comment model."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_comments_xtd.models import Comment, XtdComment

from annotations.core.finding import fold
from annotations.queries import AnnotationManager


class State(models.TextChoices):
    """The only truth about visibility."""

    UNCONFIRMED = "unconfirmed", _("Waiting for confirmation")
    PENDING = "pending", _("Waiting for moderation")
    PUBLIC = "public", _("Public")
    HIDDEN = "hidden", _("Hidden")
    SPAM = "spam", _("Spam")
    ILLEGAL = "illegal", _("Illegal")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Motivation(models.TextChoices):
    """Why somebody annotates (W3C Web Annotation)."""

    COMMENTING = "commenting", _("Comment")
    QUESTIONING = "questioning", _("Question")
    EDITING = "editing", _("Suggested edit")
    REPLYING = "replying", _("Reply")


class Source(models.TextChoices):
    """Where a contribution was made."""

    ONLINE = "online", _("Online")
    WORKSHOP = "workshop", _("Workshop")
    INTERVIEW = "interview", _("Interview")
    LETTER = "letter", _("Letter")


_SEARCHED = frozenset({"state", "reply_to", "comment", "exact", "proposed", "user_name"})
"""Fields that ``Annotation.searchable`` follows."""


class Annotation(XtdComment):
    """A note on a stretch of one version, or a reply to one.

    Words, author, date and thread are django-comments-xtd's. ``start`` and ``end`` are code
    points in ``Passage.text``, end exclusive; both empty means the whole passage. ``reply_to``
    is the parent (XtdComment already owns the name ``parent_id``). ``canonical`` and ``via`` are
    the addresses that a client of the interface gave for copies elsewhere (W3C Web Annotation).
    ``author_role`` is the role and department under which staff wrote it, empty for citizens.
    ``searchable`` holds the folded words of a public annotation and follows every ``save``; of
    what is not public it holds nothing. Whoever writes past ``save`` calls ``words_to_find``.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    root = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="thread"
    )
    reply_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    depth = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("written at"))
    confirmed_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.UNCONFIRMED
    )
    version = models.ForeignKey(
        "synopse_versioning.Version", on_delete=models.PROTECT, related_name="annotations"
    )
    passage = models.ForeignKey(
        "synopse_versioning.Passage", on_delete=models.PROTECT, related_name="annotations"
    )
    locale = models.ForeignKey("wagtailcore.Locale", on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    exact = models.TextField(_("quote"), blank=True)
    prefix = models.CharField(max_length=32, blank=True)
    suffix = models.CharField(max_length=32, blank=True)
    motivation = models.CharField(
        _("kind"), max_length=12, choices=Motivation.choices, default=Motivation.COMMENTING
    )
    proposed = models.TextField(_("proposed wording"), blank=True)
    base_hash = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.ONLINE)
    idempotency_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    author_role = models.CharField(_("official role"), max_length=150, blank=True, default="")
    canonical = models.CharField(max_length=500, blank=True)
    via = models.JSONField(default=list, blank=True)
    searchable = models.TextField(blank=True, default="", editable=False)
    support_count = models.PositiveIntegerField(_("supporters"), default=0, editable=False)
    disposition = models.ForeignKey(
        "synopse_annotations.Disposition",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="annotations",
    )

    consent = models.ForeignKey(
        "synopse_annotations.ConsentText",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects: ClassVar[AnnotationManager] = AnnotationManager()
    if TYPE_CHECKING:  # the type checker finds no model behind the untyped library's class
        _default_manager: ClassVar[AnnotationManager]

    class Meta:
        verbose_name = _("annotation")
        verbose_name_plural = _("annotations")
        indexes = [
            models.Index(fields=["version", "state", "-created_at"], name="synopse_ann_version"),
            models.Index(fields=["passage", "state", "-created_at"], name="synopse_ann_passage"),
            models.Index(fields=["root", "created_at"], name="synopse_ann_thread"),
            models.Index(fields=["version", "-support_count"], name="synopse_ann_support"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__lt=models.F("end")),
                name="synopse_ann_range",
            ),
        ]
        permissions = [
            ("moderate_annotation", _("Can hide and show annotations")),
            ("dispose_annotation", _("Can dispose of annotations")),
        ]

    def __str__(self) -> str:
        """Author and first words."""
        return f"{self.user_name}: {self.comment[:60]}"

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Save the row without the comment library's own numbering of threads.

        That numbering counts neighbours in a race and fails after the row is stored;
        ``annotations.threads`` fills what the library's tables need.
        """
        fields = kwargs.get("update_fields")
        if fields is None or _SEARCHED.intersection(fields):
            self.searchable = self.words_to_find()
            if fields is not None:
                kwargs["update_fields"] = {*fields, "searchable"}
        super(Comment, self).save(*args, **kwargs)

    def words_to_find(self) -> str:
        """Return what a search finds this by: nothing of what is hidden.

        A proposed wording repeats most of its passage, so it leaves with words that are withheld.
        """
        if self.state != State.PUBLIC:
            return ""
        proposed = "" if self.proposed and self.passage.is_withheld else self.proposed
        return fold("\n".join((self.comment, self.exact, proposed, self.user_name)))

    @property
    def is_reply(self) -> bool:
        """Whether this answers another annotation."""
        return self.reply_to_id is not None

    def get_absolute_url(self, anchor_pattern: str | None = None) -> str:
        """Return the permalink: the page with the whole fate of the annotation."""
        url = reverse("annotations:annotation", args=[(self.root or self).uuid])
        return f"{url}{self.place_in_thread}" if self.is_reply else url

    @property
    def place_in_thread(self) -> str:
        """What leads from the address of a thread to this, on whichever of its pages it stands."""
        return f"?reply={self.uuid}#a-{self.uuid}" if self.is_reply else f"#a-{self.uuid}"


class ConfirmationToken(models.Model):
    """A single-use token of the double opt-in; only its hash is stored.

    It is about a contribution, a guest's voice for one (``support``), or a guest's wish to hear
    of news (``follow``); ``purpose`` says what its link does.
    """

    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, null=True, related_name="tokens"
    )
    support = models.ForeignKey(
        "synopse_annotations.Support", on_delete=models.SET_NULL, null=True, related_name="tokens"
    )
    follow = models.ForeignKey(
        "synopse_annotations.Follow", on_delete=models.SET_NULL, null=True, related_name="tokens"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=20, default="confirm")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("confirmation token")
        verbose_name_plural = _("confirmation tokens")

    def __str__(self) -> str:
        """Purpose and what it is about, never the token."""
        return f"{self.purpose} {self.annotation_id or self.follow_id}"
