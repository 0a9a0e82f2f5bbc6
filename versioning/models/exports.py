"""Files of versions and comparisons that take too long to be made while somebody waits."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from versioning.models.versions import Version


class ExportKind(models.TextChoices):
    """What a file shows."""

    VERSION = "version", _("version")
    COMPARISON = "comparison", _("comparison")


class ExportForm(models.TextChoices):
    """Forms of files that are stored."""

    DOCX = "docx", "Word"
    PDF = "pdf", "PDF"


class ExportState(models.TextChoices):
    """How far a file is."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Export(models.Model):
    """One file of a version, of a comparison or of a whole text, made by a worker.

    ``kind`` is one of ``ExportKind``, or one that an app above has registered (``FileKind``).
    ``done`` of ``total`` rows are written, where the file tells how far it is.

    ``content`` holds words, so it leaves with a withholding, in the same transaction. ``texts``
    names the state of the texts that it was made from, ``digest`` everything that shapes it; where
    that no longer fits, the file is not handed out and is made anew. Of a version alone, ``old``
    is the version, too.
    """

    wagtail_reference_index_ignore = True

    kind = models.CharField(max_length=10)
    old = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    new = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="exports")
    form = models.CharField(max_length=4, choices=ExportForm.choices)
    state = models.CharField(max_length=7, choices=ExportState.choices, default=ExportState.QUEUED)
    digest = models.CharField(max_length=64, blank=True)
    texts = models.CharField(max_length=64, blank=True)
    content = models.BinaryField(default=bytes)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "old", "new", "form"], name="synopse_stored_file"
            ),
        ]

    def __str__(self) -> str:
        """Both versions and the form."""
        return f"{self.old_id} → {self.new_id}.{self.form}"
