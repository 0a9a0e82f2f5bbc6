"""Signatures: what departments said about a version before it was handed over."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from versioning.frozen import FrozenModel
from versioning.models.versions import Version
from versioning.queries import SignatureQuerySet


class Verdict(models.TextChoices):
    """What a department says about a version."""

    SIGNED = "signed", _("Signed")
    REMARKS = "remarks", _("Signed with remarks")
    REFUSED = "refused", _("Refused to sign")


class Signature(FrozenModel):
    """What one member of a department said about one version, for the department.

    Nothing in it changes and none is deleted: a change of mind is another row with the next
    ``ordinal``, and the one with the highest counts. Where the account or the group goes, the
    signature stays the department's; the database empties those keys past the belt.
    """

    frozen_fields: ClassVar[frozenset[str]] = frozenset(
        {"version", "content_hash", "department", "group", "ordinal", "verdict", "remarks"}
        | {"signed_at", "signed_by"}
    )
    wagtail_reference_index_ignore = True

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="signatures")
    content_hash = models.CharField(
        max_length=64, editable=False, help_text=_("Of the version that was seen.")
    )
    department = models.CharField(_("co-signing department"), max_length=120)
    group = models.ForeignKey(
        Group, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("group")
    )
    ordinal = models.PositiveIntegerField(
        help_text=_("Counts what the department said about this version, from 1.")
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    remarks = models.TextField(_("remarks"), blank=True)
    signed_at = models.DateTimeField(_("signed at"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["version", "department", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "department", "ordinal"], name="synopse_signature"
            ),
            models.CheckConstraint(
                condition=Q(verdict="signed", remarks="")
                | (Q(verdict__in=["remarks", "refused"]) & ~Q(remarks="")),
                name="synopse_signature_words",
            ),
        ]
        indexes = [
            models.Index(fields=["signed_by", "-signed_at"], name="synopse_signature_person"),
        ]

    def __str__(self) -> str:
        """The department and what it said."""
        return f"{self.department}: {self.get_verdict_display()}"

    @property
    def is_consent(self) -> bool:
        """Whether the department signed, with remarks or without."""
        return self.verdict != Verdict.REFUSED
