"""A version that was handed over, for the tests of its package."""

from __future__ import annotations

from copy import deepcopy
from types import SimpleNamespace

import pytest
from django.utils import timezone

from annotations.services.following import follow
from annotations.services.moderating import hide_annotation
from annotations.services.noting import add_note
from tests.factories import UserFactory, make_user
from tests.factories.annotations import annotate, answer, dispose, next_version, open_version
from tests.factories.gate import hand_over
from tests.packages import CANARY, HTML, NEXT
from versioning.exports import pdf
from versioning.models import ExportState, SubmissionPackage
from versioning.services import packaging
from versioning.services.changes import explain_changes
from versioning.services.windows import change_window


def _person(role: str):
    return UserFactory(
        username=f"{CANARY.lower()}.{role}",
        email=f"{CANARY.lower()}.{role}@example.org",
        first_name=CANARY,
        last_name=f"{CANARY}-{role}",
    )


@pytest.fixture(scope="module")
def shared_story(shared_root):
    """Hand over version 2 of a text with answered annotations, one of them objected to."""
    author, guest = _person("autorin"), f"{CANARY.lower()}.gast@example.org"
    first = open_version(HTML)
    buses = annotate(first, "jede Stunde", position=1, user=author, body="Öfter bitte!")
    harbour = annotate(first, "Hafen", position=3, user=author, body="Schön gesagt.")
    answer(buses, user=author, body="Ich warte noch.")
    annotate(first, body=f"{CANARY} unbestätigt", name=f"{CANARY} Gast", email=guest)
    spam = annotate(first, position=4, user=author, body=f"{CANARY} Werbung")
    moderator = make_user("moderator")
    hide_annotation(annotation=spam, actor=moderator, ground=f"{CANARY}", state="spam")
    add_note(annotation=harbour, actor=moderator, text=f"{CANARY} der Notiz")
    second = next_version(first, NEXT, label="Vorlage")
    follow(version_id=second.pk)
    editor = make_user("editor", last_name=CANARY)
    change = second.changes.get(position=0)
    yes = dispose(
        buses,
        actor=editor,
        outcome="adopted",
        reason="Gern.",
        internal_note=f"{CANARY} intern",
        changes=[change],
    )
    no = dispose(harbour, actor=editor, outcome="noted", reason="Danke für das Lob.")
    explain_changes(
        changes=list(second.changes.exclude(pk=change.pk)), reason="Klarer", actor=editor
    )
    second = change_window(
        version=second, opens=second.opens, closes=timezone.now(), reason="Ende", actor=editor
    )
    submission = hand_over(version=second, actor=make_user("senate"), note="Bitte.")
    return SimpleNamespace(
        author=author, buses=buses, harbour=harbour, yes=yes, no=no, submission=submission
    )


@pytest.fixture(scope="module")
def shared_package(shared_story):
    """Build the package once; it takes WeasyPrint a moment."""
    package = packaging.newest_package(shared_story.submission)
    assert packaging.build_package(key=package.pk), packaging.newest_package(
        shared_story.submission
    ).message
    return SubmissionPackage.objects.get(pk=package.pk)


@pytest.fixture
def story(shared_story):
    return deepcopy(shared_story)


@pytest.fixture
def built(shared_package, story):
    """Return the stored package and its files."""
    return deepcopy(shared_package)


@pytest.fixture
def quick(monkeypatch):
    """Let PDF files be made at once, where a test is about something else."""
    for name in ("version_pdf", "comparison_pdf"):
        monkeypatch.setattr(pdf, name, lambda _what, variant: b"%PDF-1.7")
    monkeypatch.setattr(
        pdf,
        "parts_pdf",
        lambda _version, _url, parts, variant: repr(
            [part["entries"] for _name, part in parts]
        ).encode(),
    )


@pytest.fixture
def stored(quick, story):
    """Return the package, stored with quick PDF files."""
    package = packaging.newest_package(story.submission)
    SubmissionPackage.objects.update(state=ExportState.QUEUED)
    assert packaging.build_package(key=package.pk)
    return packaging.newest_package(story.submission)
