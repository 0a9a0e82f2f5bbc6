"""Who looks after an annotation until it has an answer."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotations.models.annotations import Annotation


class Assignment(models.Model):
    """The office, and perhaps the person, that is to answer an annotation, until a day.

    There is one for each annotation; the history of the admin keeps those before. ``act`` is the
    same for all that was assigned together, so that people hear of it in one mail.
    """

    annotation = models.OneToOneField(
        Annotation, on_delete=models.CASCADE, related_name="assignment"
    )
    office = models.ForeignKey(
        Group, on_delete=models.CASCADE, related_name="+", verbose_name=_("office")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(_("assigned at"))
    act = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [models.Index(fields=["due_on"], name="synopse_assignment_due")]

    def __str__(self) -> str:
        """Office, person and day."""
        parts = [str(self.office), str(self.person or ""), str(self.due_on or "")]
        return ", ".join(filter(None, parts))
