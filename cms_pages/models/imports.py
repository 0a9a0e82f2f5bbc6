"""Files that wait for somebody to look at their preview, and notes of editors at a draft."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms_pages.models.drafts import StrategyDraftPage
from cms_pages.models.processes import ParticipationProcessPage


class WaitingImport(models.Model):
    """A file that somebody has uploaded and not taken over yet.

    Only that person sees it. It is deleted once it is taken over or thrown away, and by the purge
    a day later.
    """

    wagtail_reference_index_ignore = True

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.ForeignKey(
        StrategyDraftPage, on_delete=models.CASCADE, null=True, related_name="+"
    )
    """The draft that gets the text, None for a new one below ``parent``."""
    parent = models.ForeignKey(
        ParticipationProcessPage, on_delete=models.CASCADE, null=True, related_name="+"
    )
    title = models.CharField(_("title"), max_length=255, blank=True)
    name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField()
    refuses_changes = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file that waits to be imported")
        verbose_name_plural = _("files that wait to be imported")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class DraftNote(models.Model):
    """What editors tell each other about a passage of a draft; never public.

    It stands at the block that held the passage, and keeps the words of the passage, so that it
    can be told where they have gone.
    """

    wagtail_reference_index_ignore = True

    page = models.ForeignKey(
        StrategyDraftPage, on_delete=models.CASCADE, related_name="editor_notes"
    )
    block = models.CharField(max_length=255, blank=True)
    passage = models.TextField(_("paragraph"), blank=True)
    quote = models.TextField(_("words"), blank=True)
    text = models.TextField(_("note"))
    author = models.CharField(_("author"), max_length=100, blank=True)
    written_at = models.DateTimeField(_("written at"), null=True)
    source = models.CharField(_("file"), max_length=255, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(_("done at"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("note of editors")
        verbose_name_plural = _("notes of editors")
        ordering = ["pk"]

    def __str__(self) -> str:
        """Its key, never its words."""
        return f"#{self.pk}"
