"""Mails that wait to be sent: written in the same transaction as the fact they tell."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxMail(models.Model):
    """One mail; the worker sends it, with retries and back-off.

    ``unsubscribe`` is the address with which one click ends such mails; like the words it is
    forgotten once the mail is sent. ``once`` names a fact and who hears of it, so that nobody is
    told twice.

    While ``held`` it is a piece that waits until ``send_after`` and has neither greeting nor foot:
    then a bundle takes it in, which goes out in its place. The piece stays beside its ``bundle``,
    so that nobody is told of its fact once more, and leaves with it.
    """

    kind = models.CharField(_("kind"), max_length=30)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(blank=True, default="", editable=False)
    language = models.CharField(max_length=12, default="de")
    preference = models.ForeignKey(
        "synopse_annotations.MailPreference",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="mails",
    )
    annotation = models.ForeignKey(
        "synopse_annotations.Annotation",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    page = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    unsubscribe = models.CharField(max_length=500, blank=True, editable=False)
    once = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    send_after = models.DateTimeField(default=timezone.now)
    held = models.BooleanField(default=False)
    bundle = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="pieces"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["sent_at", "send_after"], name="synopse_outbox_due"),
            models.Index(fields=["send_after"], condition=Q(held=True), name="synopse_outbox_held"),
        ]

    def __str__(self) -> str:
        """Kind and subject, never the address."""
        return f"{self.kind}: {self.subject}"
