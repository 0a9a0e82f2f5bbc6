"""Documents of decisions: PDFs in which they stand, kept as they were handed in."""

from __future__ import annotations

import hashlib
import logging
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.models import Page, ReferenceIndex

from versioning import permissions, stamps
from versioning.core.pdf_files import is_pdf
from versioning.core.reading import MAX_BYTES
from versioning.models import GateStep, StepDocument
from versioning.services.records import keep_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from django.contrib.auth.models import User
    from django.core.files.storage import Storage

logger = logging.getLogger("synopse.documents")

MAX_TITLE = 200
CHUNK = 256 * 1024


class NewDocument(NamedTuple):
    """A document as somebody hands it in.

    Attributes:
        name: Name of the file.
        content: Its bytes.
        title: What it is called in public; the name of the file where it is empty.
    """

    name: str
    content: bytes
    title: str = ""

    @property
    def shown_title(self) -> str:
        """What it is called in public."""
        return (self.title.strip() or PurePath(self.name).stem)[:MAX_TITLE]


def add_document(
    *, step: GateStep, document: NewDocument, actor: User, now: datetime | None = None
) -> StepDocument:
    """Add a document to a decision that is recorded.

    Args:
        step: Whose decision it belongs to.
        document: A PDF of at most ``MAX_BYTES`` bytes.
        actor: Who adds it.
        now: Moment of the record, for records of the past; None for this moment.

    Raises:
        PermissionDenied: ``actor`` may not record decisions.
        ValidationError: Nothing was decided yet, the file is no PDF or too large, or the decision
            has this very file already.
    """
    with files_kept_or_removed() as stored, transaction.atomic():
        page = Page.objects.select_for_update().get(pk=step.submission.version.page_id)
        permissions.require(actor, "record_decision", page)
        step = GateStep.objects.select_for_update().get(pk=step.pk)
        if not step.outcome:
            message = _("Record the decision first. Then documents can be added to it.")
            raise ValidationError(message, code="undecided")
        (made,) = store_documents(step, [document], actor, now=now, stored=stored)
        data = {
            "submission": step.submission_id,
            "body": step.body,
            "position": step.position,
            "title": made.title,
            "sha256": made.sha256,
        }
        keep_record(
            page=page,
            action="synopse.document",
            actor=actor,
            data=data,
            version=step.submission.version,
            submission=step.submission,
        )
    return made


@contextmanager
def files_kept_or_removed() -> Iterator[list[Any]]:
    """Remove the files that were stored meanwhile where something fails, the commit included.

    Yields:
        A list that takes the stored files (``FieldFile``); enter it outside the transaction.
    """
    stored: list[Any] = []
    try:
        yield stored
    except BaseException:
        for file in stored:
            _remove(file.storage, file.name)
        raise


def store_documents(
    step: GateStep,
    documents: Sequence[NewDocument],
    actor: User,
    *,
    now: datetime | None = None,
    stored: list[Any],
) -> list[StepDocument]:
    """Store documents within the running transaction.

    Args:
        step: Whose decision they belong to; locked.
        documents: In their order.
        actor: Who hands them in.
        now: Moment of the record; None for this moment.
        stored: Takes the files, see ``files_kept_or_removed``.

    Raises:
        ValidationError: A file is no PDF or too large, or the decision has it already. Then
            nothing was stored.
    """
    hashes = [_checked(step, document) for document in documents]
    made = []
    for document, sha256 in zip(documents, hashes, strict=True):
        title = document.shown_title
        row = get_document_model()(title=title[:255], uploaded_by_user=actor)
        row.file.save(_file_name(document.name), ContentFile(document.content), save=False)
        stored.append(row.file)
        row._set_document_file_metadata()  # as Wagtail's own form does
        row.save()
        row.file.close()
        kept = StepDocument.objects.create(
            step=step,
            document=row,
            title=title,
            sha256=sha256,
            uploaded_at=now or timezone.now(),
            uploaded_by=actor,
        )
        ReferenceIndex.create_or_update_for_object(kept)  # at once: Wagtail refuses to delete it
        made.append(kept)
    if made:
        stamps.touch(step.submission.version.page_id)
    return made


def broken_documents() -> Iterator[tuple[StepDocument, bool]]:
    """Return the documents that are not any more what was handed in, and whether they are there."""
    rows = StepDocument.objects.select_related("document", "step__submission__version")
    for row in rows.order_by("pk").iterator():
        sha256 = _sha256_of(row.document.file)
        if sha256 != row.sha256:
            yield row, sha256 is not None


def refuse_replacing(document: Any, *, is_new: bool | None = None) -> None:  # noqa: ANN401  # any model
    """Stop whoever would put another file in the place of a decision's document.

    Args:
        document: A document of the site.
        is_new: Whether its file is another one; None to find out.

    Raises:
        ValidationError: A decision holds the document, and its file is about to change.
    """
    if document.pk is None or not StepDocument.objects.filter(document=document.pk).exists():
        return
    if is_new is None:
        rows = type(document)._default_manager.filter(pk=document.pk)
        is_stored = getattr(document.file, "_committed", True)
        is_new = not is_stored or document.file.name != rows.values_list("file", flat=True).first()
    if is_new:
        message = _(
            "A decision of a body stands in this document: its file stays as it is. Add the other "
            "file to the decision instead."
        )
        raise ValidationError({"file": ValidationError(message, code="kept")})


def _checked(step: GateStep, document: NewDocument) -> str:
    """Return the hash of a document that can be taken."""
    if len(document.content) > MAX_BYTES:
        message = _("%(name)s: the file is larger than 50 MB.") % {"name": document.name}
        raise ValidationError({"document": ValidationError(message, code="too_large")})
    if not is_pdf(document.content):
        message = _(
            "%(name)s is not a PDF, or not a whole one. Save the document as a PDF and choose that "
            "file."
        ) % {"name": document.name}
        raise ValidationError({"document": ValidationError(message, code="not_pdf")})
    sha256 = hashlib.sha256(document.content).hexdigest()
    if StepDocument.objects.filter(step=step, sha256=sha256).exists():
        message = _("This file stands at the decision already.")
        raise ValidationError({"document": ValidationError(message, code="twice")})
    return sha256


def _file_name(name: str) -> str:
    """Return a name whose ending says what the file is."""
    path = PurePath(name.replace("\\", "/"))
    return f"{path.stem[:80] or 'document'}.pdf"


def _sha256_of(file: Any) -> str | None:  # noqa: ANN401  # a FieldFile
    digest = hashlib.sha256()
    try:
        with file.storage.open(file.name, "rb") as opened:
            while chunk := opened.read(CHUNK):
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()


def _remove(storage: Storage, name: str) -> None:
    try:
        storage.delete(name)
    except Exception:
        logger.exception("a file of a decision that was not stored could not be removed")
