"""Words that leave a package later, and everything that may go wrong while it is built."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from annotations.services import erasing
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation
from tests.factories import make_user
from tests.factories.annotations import next_version
from tests.factories.gate import hand_over
from tests.factories.ways import decide
from tests.packages import NEXT, content_of, everything, rebuilt, unpacked
from versioning.core import packages
from versioning.exports import docx, pdf
from versioning.models import ExportState, PackageRecord, Passage, Submission, SubmissionPackage
from versioning.services import integrity, packaging
from versioning.services.changes import explain_changes
from versioning.services.windows import change_window
from versioning.services.withholding import withhold_passage

if TYPE_CHECKING:
    from types import SimpleNamespace

pytestmark = pytest.mark.django_db

WITHHELD, GONE = "[von Rechts wegen zurückgehalten]", "[nicht mehr öffentlich]"


def _next_edition(submission: Submission) -> SubmissionPackage:
    """Return the edition that waits, after looking at the one before."""
    before, new = submission.packages.order_by("edition")
    assert before.replaced_at is not None
    assert bytes(before.content) == b""
    assert before.sha256
    assert (new.edition, new.state) == (2, ExportState.QUEUED)
    return new


def _hide(story: SimpleNamespace) -> None:
    moderator = make_user("moderator")
    hide_annotation(annotation=story.harbour, actor=moderator, ground="Nein", state="illegal")


def test_withheld_words_leave_the_package_and_both_hashes_stay_listed(stored, story):
    submission = story.submission
    first = Passage.objects.filter(version__page=submission.version.page_id, position=3)
    for passage in first.order_by("version"):
        withhold_passage(passage=passage, ground="Persönliche Daten", actor=make_user("superuser"))
    new = _next_edition(submission)
    assert packaging.build_package(key=new.pk)
    new.refresh_from_db()
    files = unpacked(bytes(new.content))
    words = everything(files)
    assert "Der Hafen bleibt" not in words
    assert WITHHELD in words
    assert "Schön gesagt." in words
    manifest = json.loads(files["manifest.json"])
    assert manifest["edition"] == 2
    assert manifest["replaces"][0]["sha256"] == stored.sha256
    assert "Persönliche Daten" in manifest["replaces"][0]["reason"]
    assert manifest["withheld"][0]["ground"] == "Persönliche Daten"
    assert packages.check(bytes(new.content)).problems == []
    assert integrity.check_integrity() == []
    assert rebuilt(submission) == bytes(new.content)


def test_a_withheld_heading_leaves_the_names_of_chapters(stored, story):
    assert "2 Hafen" in everything(unpacked(content_of(stored)))
    heading = story.submission.version.passages.get(position=2)
    withhold_passage(passage=heading, ground="Urteil", actor=make_user("superuser"))
    words = everything(unpacked(rebuilt(story.submission)))
    assert "2 Hafen" not in words
    assert WITHHELD in words


def test_words_of_a_hidden_annotation_leave_the_package(stored, story):
    _hide(story)
    _next_edition(story.submission)
    reason = story.submission.packages.get(edition=1).replaced_reason
    assert str(story.harbour.pk) in reason
    record = story.submission.records.get(action="synopse.replace_package")
    assert record.data == {
        "submission": story.submission.pk,
        "edition": 1,
        "sha256": stored.sha256,
        "reason": reason,
    }
    entry = PageLogEntry.objects.get(action="synopse.replace_package")
    assert "Ausgabe 1 des Vorlagenpakets" in entry.message
    words = everything(unpacked(rebuilt(story.submission)))
    assert "Schön gesagt." not in words
    assert GONE in words
    assert "Danke für das Lob." in words
    assert integrity.check_integrity() == []


def test_check_integrity_names_words_that_should_have_left(stored, story, monkeypatch):
    from annotations.exports import package

    monkeypatch.setattr(package, "edit_packages", lambda **_values: 0)
    _hide(story)
    found = integrity.check_integrity()
    assert found
    assert all(str(story.harbour.uuid) in sentence for sentence in found)


def test_erasing_a_person_with_their_words_makes_one_new_edition(stored, story):
    erasing.erase_account(user=story.author, words="withdraw")
    _next_edition(story.submission)
    words = everything(unpacked(rebuilt(story.submission)))
    kept = [packaging.unpacked(record) for record in story.submission.package_records.all()]
    for gone in ("Öfter bitte!", "Schön gesagt.", "Ich warte noch."):
        assert gone not in words
        assert gone not in json.dumps(kept, ensure_ascii=False)


def test_erasing_a_person_who_leaves_their_words_touches_no_package(stored, story):
    before = content_of(stored)
    erasing.erase_account(user=story.author, words="keep")
    assert packaging.newest_package(story.submission).is_there
    assert rebuilt(story.submission) == before


def test_words_that_leave_while_a_package_is_built_are_not_in_it(quick, story, monkeypatch):
    package = packaging.newest_package(story.submission)
    make, calls = docx.version_docx, []

    def meanwhile(version):
        if not calls:
            _hide(story)
        calls.append(1)
        return make(version)

    monkeypatch.setattr(docx, "version_docx", meanwhile)
    assert packaging.build_package(key=package.pk)
    assert len(calls) == 2
    assert "Schön gesagt." not in everything(unpacked(content_of(package)))
    assert story.submission.packages.count() == 1


def test_without_pango_the_package_says_what_to_install_and_can_be_built_again(
    quick, story, monkeypatch, client, django_capture_on_commit_callbacks
):
    def missing(_version, variant):
        raise pdf.NoRenderer("Bitte Pango installieren.")

    package = packaging.newest_package(story.submission)
    with monkeypatch.context() as patched:
        patched.setattr(pdf, "version_pdf", missing)
        assert not packaging.build_package(key=package.pk)
    package = SubmissionPackage.objects.get(pk=package.pk)
    assert (package.state, package.message) == (ExportState.FAILED, "Bitte Pango installieren.")
    assert not package.content
    senate = make_user("senate")
    client.force_login(senate)
    page = reverse("synopse_versions:submission", args=[story.submission.pk])
    shown = client.get(page).content.decode()
    assert "Bitte Pango installieren." in shown
    address = reverse("synopse_versions:package", args=[story.submission.pk])
    assert f'action="{address}"' in shown
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address).status_code == 302
    assert packaging.newest_package(story.submission).is_there
    record = story.submission.records.get(action="synopse.build_package")
    assert (record.person, record.data) == (senate, {"submission": story.submission.pk})
    assert story.submission.packages.get().sha256 in client.get(page).content.decode()


def test_building_again_is_for_those_who_hand_versions_over(stored, story):
    with pytest.raises(PermissionDenied):
        packaging.request_package(submission=story.submission, actor=make_user("editor"))
    with pytest.raises(ValidationError):
        packaging.request_package(submission=story.submission, actor=make_user("senate"))


def test_a_full_disk_leaves_the_state_before_and_a_word_for_the_editors(quick, story, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    package = packaging.newest_package(story.submission)
    monkeypatch.setattr(packaging, "_keep", full)
    assert not packaging.build_package(key=package.pk)
    package = SubmissionPackage.objects.get(pk=package.pk)
    assert (package.state, bytes(package.content)) == (ExportState.FAILED, b"")
    assert "Protokoll" in package.message


def test_a_lost_task_is_queued_again(quick, story):
    package = packaging.newest_package(story.submission)
    assert packaging.queue_forgotten() == 0
    long_ago = timezone.now() - timedelta(hours=1)
    SubmissionPackage.objects.update(state=ExportState.RUNNING, touched_at=long_ago)
    assert packaging.queue_forgotten() == 1
    package.refresh_from_db()
    assert package.is_there


def test_a_submission_that_is_killed_leaves_no_record_and_no_package(story, monkeypatch):
    third = next_version(story.submission.version, NEXT.replace("Busse", "Alle Busse"))
    editor = make_user("editor")
    explain_changes(changes=list(third.changes.all()), reason="Alle", actor=editor)
    third = change_window(
        version=third, opens=third.opens, closes=timezone.now(), reason="Ende", actor=editor
    )
    follow(version_id=third.pk)

    senate = make_user("senate")
    decide(story.submission, "returned", actor=senate)

    def killed(_submission):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(packaging, "new_edition", killed)
        with pytest.raises(SystemExit):
            hand_over(version=third, actor=senate)
    assert not Submission.objects.filter(version=third).exists()
    assert not PackageRecord.objects.exclude(submission=story.submission).exists()
    again = hand_over(version=third, actor=senate)
    data = packaging.unpacked(again.package_records.get(key=packaging.OWN))
    assert data["submission"]["round"] == 2
    assert data["compared_with"] == 2


def test_check_integrity_names_a_package_that_was_altered(stored, story):
    assert integrity.check_integrity() == []
    content = bytearray(content_of(stored))
    content[2000] ^= 1
    SubmissionPackage.objects.update(content=bytes(content))
    PackageRecord.objects.filter(key="annotations", position=0).update(sha256="0" * 64)
    assert len(integrity.check_integrity()) == 2
