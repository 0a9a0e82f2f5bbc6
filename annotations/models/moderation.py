"""Moderation: the log with its reasons, notes among moderators, words to look at."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotations.core.watching import folded_phrase
from annotations.models.annotations import Annotation, State
from annotations.models.appending import AppendOnly


class Basis(models.TextChoices):
    """On what a decision to hide something is based."""

    LAW = "law", _("It is against the law")
    HOUSE_RULES = "house_rules", _("It is against the rules for contributions")


class ModerationEvent(AppendOnly):
    """One act of moderation; rows are only ever added.

    An act that hides something is the statement of reasons to its author, too: ``ground`` says
    why, ``basis`` on what that is based, ``fact`` what was found, ``automated`` whether a machine
    decided.

    Source: Digital Services Act, article 17.
    """

    annotation = models.ForeignKey(
        Annotation, on_delete=models.PROTECT, related_name="moderation_events"
    )
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    before = models.CharField(max_length=12, choices=State.choices)
    after = models.CharField(max_length=12, choices=State.choices)
    basis = models.CharField(_("basis"), max_length=12, choices=Basis.choices, blank=True)
    ground = models.TextField(_("ground"), blank=True)
    fact = models.TextField(_("facts"), blank=True)
    automated = models.BooleanField(_("decided automatically"), default=False)
    report = models.ForeignKey(
        "synopse_annotations.Report", on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("moderation event")
        verbose_name_plural = _("moderation events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        """Before and after."""
        return f"{self.before} → {self.after}"


class ModeratorNote(models.Model):
    """What moderators tell each other about a contribution; never public."""

    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, related_name="moderator_notes"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField(_("note"))

    class Meta:
        verbose_name = _("note of a moderator")
        verbose_name_plural = _("notes of moderators")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        """Its key, never its words."""
        return f"#{self.pk}"


class Watch(models.TextChoices):
    """What happens to a contribution with a word of the list."""

    HOLD = "hold", _("The contribution waits for moderation")
    HIGHLIGHT = "highlight", _("Moderators see the word marked")


class WatchedWord(models.Model):
    """A word, or several in a row, that moderators want to know of.

    It is found as whole words, in whatever letters it is written; ``folded`` is what is compared.
    """

    words = models.CharField(
        _("word"),
        max_length=100,
        help_text=_("One word, or several that follow one another. Only whole words are found."),
    )
    folded = models.CharField(max_length=200, unique=True, editable=False)
    effect = models.CharField(
        _("what happens"), max_length=10, choices=Watch.choices, default=Watch.HOLD
    )
    reason = models.CharField(
        _("why"), max_length=200, blank=True, help_text=_("Only for moderators.")
    )

    class Meta:
        verbose_name = _("word to look at")
        verbose_name_plural = _("words to look at")
        ordering = ["words"]

    def __str__(self) -> str:
        """The word."""
        return self.words

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Keep what is compared in step with the word."""
        self.folded = " ".join(folded_phrase(self.words))
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Refuse what holds no word, and what stands in the list already."""
        self.folded = " ".join(folded_phrase(self.words))
        if not self.folded:
            raise ValidationError({"words": _("Please write a word.")})
        others = WatchedWord.objects.exclude(pk=self.pk)
        if others.filter(folded=self.folded).exists():
            raise ValidationError({"words": _("This word stands in the list already.")})
