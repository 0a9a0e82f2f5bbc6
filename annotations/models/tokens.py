"""Tokens with which programs write in the name of a person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """A key to the interface for one program of one person; only its hash is stored.

    Taking it back deletes the row. ``used_at`` is when it last wrote: reading writes nothing.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="synopse_tokens"
    )
    name = models.CharField(_("name"), max_length=60)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made on"))
    used_at = models.DateTimeField(_("last used to write"), null=True, blank=True)
    expires_at = models.DateTimeField(_("valid until"))

    class Meta:
        verbose_name = _("access key")
        verbose_name_plural = _("access keys")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        """The name that its owner gave it, never the key."""
        return self.name
