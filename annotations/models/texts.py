"""Texts that editors use again and again in their answers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from annotations.models.dispositions import Outcome


class ReasonText(models.Model):
    """A reason that is often given; an answer takes it over as words, with no tie to it."""

    title = models.CharField(
        _("title"), max_length=100, help_text=_("How you find it in the list; nobody else sees it.")
    )
    outcome = models.CharField(
        _("outcome"),
        max_length=16,
        choices=Outcome.choices,
        blank=True,
        help_text=_("Is chosen together with the text, where nothing is chosen yet."),
    )
    text = models.TextField(_("text"), max_length=3_000)

    class Meta:
        verbose_name = _("reason for answers")
        verbose_name_plural = _("reasons for answers")
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        """Its title."""
        return self.title
