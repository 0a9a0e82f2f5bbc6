"""What authors say to the answer that they got."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from annotations.models.annotations import Annotation
from annotations.models.dispositions import Disposition


class Reaction(models.Model):
    """The author of an annotation agrees with its disposition, or objects; said once.

    Rows are only ever added: a disposition that is changed later keeps what was said to it.
    """

    annotation = models.OneToOneField(Annotation, on_delete=models.CASCADE, related_name="reaction")
    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, related_name="reactions")
    agrees = models.BooleanField(_("agrees"))
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("said at"))

    class Meta:
        verbose_name = _("objection or agreement")
        verbose_name_plural = _("objections and agreements")

    def __str__(self) -> str:
        """What was said."""
        return "agrees" if self.agrees else f"objects: {self.reason[:60]}"
