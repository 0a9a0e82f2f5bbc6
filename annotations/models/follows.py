"""Who wants to hear of news: of a document, one passage or one thread."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from annotations.models.annotations import Annotation


class Follow(models.Model):
    """One person follows one thing; an account, or a guest by confirmed address.

    With neither passage nor thread it is the whole document, in all its versions. ``topic`` names
    the thing within its page, so that nobody follows it twice.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="synopse_follows",
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(max_length=12, default="de")
    page = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="synopse_follows"
    )
    passage_uid = models.UUIDField(null=True, blank=True)
    thread = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, null=True, blank=True, related_name="follows"
    )
    topic = models.CharField(max_length=60, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    consent = models.ForeignKey(
        "synopse_annotations.ConsentText",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [
            models.UniqueConstraint(
                fields=["page", "topic", "user"],
                condition=Q(user__isnull=False),
                name="synopse_follow_account",
            ),
            models.UniqueConstraint(
                fields=["page", "topic", "email"],
                condition=Q(user__isnull=True),
                name="synopse_follow_guest",
            ),
        ]

    def __str__(self) -> str:
        """What is followed, never by whom."""
        return f"{self.page_id} {self.topic}"


class News(models.Model):
    """A fact of which followers hear, and whether they all have been told.

    ``fact`` is its kind and key, such as ``annotation:12``. The row is written with the fact and
    stays, so that a task that runs twice tells nobody twice, and one that was lost runs again.
    """

    fact = models.CharField(max_length=60, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(told_at=None), name="synopse_news_untold"
            ),
        ]

    def __str__(self) -> str:
        """The fact."""
        return self.fact
