"""Who supports an annotation: one voice a person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from annotations.models.annotations import Annotation


class Support(models.Model):
    """One person agrees with an annotation.

    ``person_key`` is a keyed hash of the account or, for guests, of the confirmed address: it
    counts everybody once and names nobody. A guest's voice counts from ``confirmed_at`` on.
    ``Annotation.support_count`` follows in the same transaction.
    """

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="supports")
    person_key = models.CharField(max_length=64, editable=False)
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
        verbose_name = _("support")
        verbose_name_plural = _("supports")
        constraints = [
            models.UniqueConstraint(
                fields=["annotation", "person_key"], name="synopse_support_once"
            ),
        ]
        indexes = [models.Index(fields=["person_key"], name="synopse_support_person")]

    def __str__(self) -> str:
        """The annotation, never the person."""
        return f"{self.annotation_id}"
