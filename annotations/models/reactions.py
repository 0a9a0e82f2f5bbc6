"""What authors say to the answer that they got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotations.models.annotations import Annotation
from annotations.models.dispositions import Disposition

if TYPE_CHECKING:
    from typing import Self


class ReactionQuerySet(models.QuerySet):
    """What authors said to their answers."""

    def unseen_objections(self) -> Self:
        """Return objections that nobody of the editors has noted as seen."""
        return self.filter(agrees=False, seen_at=None)


class Reaction(models.Model):
    """The author of an annotation agrees with its disposition, or objects; said once.

    Rows are only ever added: a disposition that is changed later keeps what was said to it. What
    is noted later is that somebody of the editors has seen an objection, once.
    """

    annotation = models.OneToOneField(Annotation, on_delete=models.CASCADE, related_name="reaction")
    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, related_name="reactions")
    agrees = models.BooleanField(_("agrees"))
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("said at"))
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ReactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection or agreement")
        verbose_name_plural = _("objections and agreements")

    def __str__(self) -> str:
        """What was said."""
        return "agrees" if self.agrees else f"objects: {self.reason[:60]}"
