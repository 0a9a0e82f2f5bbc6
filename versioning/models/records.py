"""What the gate did, act by act, in a chain that nobody can edit."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from versioning.frozen import FrozenModel, FrozenQuerySet
from versioning.models.gate import Submission
from versioning.models.versions import Version


class GateRecord(FrozenModel):
    """One act about a text: somebody handed it over, recorded a decision, explained changes.

    The records of a page form a hash chain (``core.records``). ``person`` is not covered by it:
    whoever is erased leaves, the act stays.
    """

    frozen_fields: ClassVar[frozenset[str]] = frozenset(
        {"page", "number", "action", "version", "submission", "role", "data", "at"}
        | {"details", "previous_hash", "hash"}
    )
    wagtail_reference_index_ignore = True

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    action = models.CharField(max_length=60)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, related_name="records"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    role = models.CharField(max_length=255, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    details = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("record of the gate")
        verbose_name_plural = _("records of the gate")
        ordering = ["page", "number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="synopse_gate_record"),
        ]

    def __str__(self) -> str:
        """The act and its place in the chain."""
        return f"{self.page_id}/{self.number}: {self.action}"
