"""Submission packages: what they are made from, and the sealed archives."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from versioning.models.exports import ExportState
from versioning.models.gate import Submission


class PackageRecord(models.Model):
    """A part of what a package is made from, as it was when the version was handed over.

    ``content`` is compressed JSON. It changes only where words had to leave later. Names of
    people are in none of them, so erasing a person touches nothing here but their words.
    """

    wagtail_reference_index_ignore = True

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="package_records"
    )
    key = models.CharField(max_length=40, help_text=_("Who recorded it, and what."))
    position = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("record of a submission package")
        verbose_name_plural = _("records of submission packages")
        ordering = ["submission", "key", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "key", "position"], name="synopse_package_record"
            ),
        ]

    def __str__(self) -> str:
        """Submission, who recorded it, and the position."""
        return f"{self.submission_id}: {self.key} {self.position}"


class SubmissionPackage(models.Model):
    """One edition of the archive of a submission.

    There is one, and another one only where words had to leave: then ``content`` of the edition
    before is emptied, and its hash and the reason stay listed. ``done`` of ``total`` say how far
    a worker is. ``files`` lists name, media type, size and SHA-256 of what is in it.
    """

    wagtail_reference_index_ignore = True

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="packages")
    edition = models.PositiveIntegerField(_("edition"), default=1)
    state = models.CharField(max_length=7, choices=ExportState.choices, default=ExportState.QUEUED)
    message = models.TextField(blank=True, help_text=_("Why it could not be made."))
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    touched_at = models.DateTimeField(default=timezone.now)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    files = models.JSONField(default=list)
    content = models.BinaryField(default=bytes)
    built_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("submission package")
        verbose_name_plural = _("submission packages")
        ordering = ["submission", "edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "edition"], name="synopse_package_edition"
            ),
        ]

    def __str__(self) -> str:
        """Submission and edition."""
        return f"{self.submission_id}/{self.edition}"

    @property
    def is_there(self) -> bool:
        """Whether it can be handed out."""
        return self.state == ExportState.DONE and self.replaced_at is None

    @property
    def is_underway(self) -> bool:
        """Whether a worker makes it or is going to."""
        return self.state in {ExportState.QUEUED, ExportState.RUNNING}

    @property
    def percent(self) -> int:
        """How far it is."""
        return 100 * self.done // self.total if self.total else 0
