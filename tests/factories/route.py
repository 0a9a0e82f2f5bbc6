"""Texts on their way through the bodies, and the PDFs in which decisions stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from tests.factories import make_user, publish
from versioning.services.changes import explain_changes
from versioning.services.decisions import record_decision
from versioning.services.documents import NewDocument
from versioning.services.gate import submit_version
from versioning.services.progress import next_step

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from versioning.models import Submission

ASKING = {"returned", "agreed_with_changes"}
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000055 00000 n \n"
    b"0000000105 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n168\n%%EOF\n"
)
"""The smallest whole PDF, one empty page."""


def pdf(name: str = "Beschluss.pdf", *, title: str = "", mark: str = "") -> NewDocument:
    """Return a PDF; another ``mark`` makes another file."""
    content = PDF.replace(b"%%EOF", f"% {mark}\n%%EOF".encode()) if mark else PDF
    return NewDocument(name, content, title)


def hand_over(page: Any, *, html: str, actor: User, **details: Any) -> Submission:
    """Publish a text, give its changes a reason and hand it over."""
    version = publish(page, html=html)
    assert version is not None
    if changes := list(version.changes.all()):
        explain_changes(changes=changes, reason="Sprache", actor=make_user("editor"))
    return submit_version(version=version, actor=actor, **details)


def decide(submission: Submission, *outcomes: str, actor: User) -> Submission:
    """Record outcomes of the bodies, one after another, today."""
    for outcome in outcomes:
        step = next_step(submission)
        assert step is not None
        record_decision(
            step=step,
            outcome=outcome,
            decided_on=timezone.localdate(),
            actor=actor,
            note="Bitte kürzer." if outcome in ASKING else "",
        )
    return submission
