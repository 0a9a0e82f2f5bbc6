"""The submission package: what was handed over, the same bytes whenever it is built."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from hashlib import sha256

import docx
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import Site

from annotations.services import reacting
from annotations.services.disposing import change_disposition
from annotations.services.moderating import hide_annotation
from tests.factories import make_draft, make_user, publish, ways
from tests.factories.gate import hand_over
from tests.packages import CANARY, HTML, content_of, everything, rebuilt, unpacked
from versioning.core import packages
from versioning.exports import package, pdf
from versioning.models import ExportState, PackageRecord, SubmissionPackage, Version
from versioning.services import packaging

pikepdf = pytest.importorskip("pikepdf")
pytestmark = pytest.mark.django_db
needs_pango = pytest.mark.skipif(not pdf.is_available(), reason="Pango is not installed here")

FILES = [
    "LIESMICH.txt",
    "README.txt",
    "SHA256SUMS",
    "annotations.jsonld",
    "balance.csv",
    "balance.html",
    "balance.json",
    "comparison.docx",
    "comparison.pdf",
    "gate.html",
    "gate.json",
    "manifest.json",
    "passages.json",
    "report.csv",
    "report.pdf",
    "report.xlsx",
    "text.docx",
    "text.json",
    "text.pdf",
]


@needs_pango
def test_a_package_holds_all_files_and_is_sound(built):
    files = unpacked(bytes(built.content))
    assert list(files) == FILES
    checked = packages.check(bytes(built.content))
    assert checked.problems == []
    assert built.sha256 == sha256(bytes(built.content)).hexdigest()
    assert [fact["name"] for fact in built.files] == [
        name for name in FILES if name not in {"SHA256SUMS", "manifest.json"}
    ]
    said = checked.manifest
    submission = built.submission
    assert said["submission"]["id"] == submission.pk
    assert said["submission"]["round"] == 1
    assert said["compared_with"] == 1
    assert [link["number"] for link in said["versions"]] == [1, 2]
    assert sha256(files["text.json"]).hexdigest() == submission.version.content_hash
    words = json.loads(files["passages.json"])
    assert [one["text"] for one in words] == [
        p.text for p in submission.version.passages.in_order()
    ]


@needs_pango
def test_the_text_is_a_pdf_for_archives(built):
    files = unpacked(bytes(built.content))
    for name in ("text.pdf", "comparison.pdf", "report.pdf"):
        with pikepdf.open(io.BytesIO(files[name])) as document:
            root = document.Root
            assert str(root.Lang) == "de"
            assert bool(root.MarkInfo.Marked) is True
            assert "/StructTreeRoot" in root
            assert root.OutputIntents[0].S == "/GTS_PDFA1"
            with document.open_metadata(update_docinfo=False) as meta:
                assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "A")
                assert "." not in meta["xmp:CreateDate"]
            descriptors = [
                one
                for one in document.objects
                if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
            ]
            assert descriptors
            assert all({"/FontFile2", "/FontFile3"} & {*one.keys()} for one in descriptors)
            assert b"/JavaScript" not in files[name]
            assert b"/JS" not in files[name]


def test_a_version_that_goes_on_after_changes_is_in_the_same_round(root, monkeypatch):
    ways.use_route(monkeypatch)
    senate, text = make_user("senate"), ways.make_text()
    first = ways.hand_over(text, senate, ways.HTML.format(2))
    ways.decide(first, "agreed_with_changes", actor=senate)
    second = ways.hand_over(text, senate, ways.HTML.format(3))

    assert package.record(second, timezone.now())["submission"]["round"] == second.round == 1


@needs_pango
def test_a_rebuild_gives_the_same_bytes_at_any_other_time(built):
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert rebuilt(built.submission) == bytes(built.content)


def test_the_tables_hold_every_annotation_and_nothing_that_is_not_public(quick, story):
    files = unpacked(rebuilt(story.submission))
    rows = list(csv.reader(io.StringIO(files["report.csv"].decode("utf-8-sig"))))
    assert len(rows) == 3
    assert {row[7] for row in rows[1:]} == {"Öfter bitte!", "Schön gesagt."}
    sheet = load_workbook(io.BytesIO(files["report.xlsx"])).active
    assert [[cell.value or "" for cell in row][7] for row in sheet.iter_rows()][1:] == [
        row[7] for row in rows[1:]
    ]
    data = json.loads(files["annotations.jsonld"])
    assert data["total"] == 3
    assert {one["motivation"] for one in data["first"]["items"]} == {"commenting", "replying"}
    assert json.loads(files["balance.json"])["answered"] == 2
    assert "Danke für das Lob." in everything(files)
    assert docx.Document(io.BytesIO(files["comparison.docx"]))


def test_no_name_address_note_or_account_is_in_a_package(quick, story):
    files = unpacked(rebuilt(story.submission))
    for name, content in files.items():
        parts = unpacked(content) if name.endswith((".docx", ".xlsx")) else {name: content}
        for part in parts.values():
            assert CANARY.encode() not in part.upper(), name
    records = PackageRecord.objects.filter(submission=story.submission)
    for record in records:
        assert CANARY not in json.dumps(packaging.unpacked(record)).upper()


def test_what_changes_after_the_submission_changes_no_byte(quick, story, shared_story):
    before = rebuilt(story.submission)
    editor = make_user("editor")
    reacting.react(annotation=story.harbour, actor=story.author, agrees=False, reason="Nein!")
    change_disposition(
        disposition=story.no, actor=editor, outcome="noted", reason="Etwas ganz anderes."
    )
    Version.objects.filter(pk=story.submission.version_id).update(label="Anders", summary="Neu")
    Site.objects.update(site_name="Andere Stadt", hostname="andere.example")
    page = story.submission.version.page.specific
    page.title = "Anderer Titel"
    page.save_revision().publish()
    assert rebuilt(story.submission) == before
    assert b"Etwas ganz anderes" not in before


def test_a_text_that_was_never_open_has_no_comparison(quick, root):
    version = publish(make_draft(html=HTML))
    submission = hand_over(version=version, actor=make_user("senate"))
    files = unpacked(rebuilt(submission))
    assert not [name for name in files if name.startswith("comparison")]
    assert json.loads(files["manifest.json"])["compared_with"] is None
    assert "keine frühere Fassung für Anmerkungen" in " ".join(
        files["LIESMICH.txt"].decode().split()
    )


class TestPages:
    def test_the_submission_leads_to_the_package_and_how_to_check_it(self, client, stored, story):
        page = client.get(story.submission.get_absolute_url()).content.decode()
        assert reverse("versioning:package_file", args=[story.submission.pk]) in page
        address = reverse("versioning:package", args=[story.submission.pk])
        assert address in page
        shown = client.get(address).content.decode()
        assert stored.sha256 in shown
        for fact in stored.files:
            assert fact["sha256"] in shown
        for tool in ("Get-FileHash", "shasum -a 256", "sha256sum"):
            assert tool in shown

    def test_the_file_is_handed_out_as_it_is_stored(self, client, stored, story):
        address = reverse("versioning:package_file", args=[story.submission.pk])
        response = client.get(address)
        assert b"".join(response.streaming_content) == content_of(stored)
        assert response["Content-Type"] == "application/zip"
        assert response["Content-Disposition"].startswith("attachment; ")
        assert response["Content-Length"] == str(stored.size)
        again = client.get(address, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304

    def test_a_package_that_is_being_built_says_how_far_it_is(self, client, story):
        SubmissionPackage.objects.update(state=ExportState.RUNNING, done=30, total=120)
        response = client.get(reverse("versioning:package", args=[story.submission.pk]))
        assert "25 %" in response.content.decode()
        assert response["Refresh"].startswith("5;")
        file = client.get(reverse("versioning:package_file", args=[story.submission.pk]))
        assert file.status_code == 302

    def test_editions_that_words_had_to_leave_stay_listed(self, client, stored, story):
        hide_annotation(annotation=story.harbour, actor=make_user("moderator"), ground="Nein")
        shown = client.get(reverse("versioning:package", args=[story.submission.pk]))
        assert stored.sha256 in shown.content.decode()
        assert f"Anmerkung {story.harbour.pk}" in shown.content.decode()

    def test_a_package_of_a_hidden_page_is_not_there(self, client, stored, story):
        story.submission.version.page.specific.unpublish()
        for name in ("package", "package_file"):
            address = reverse(f"versioning:{name}", args=[story.submission.pk])
            assert client.get(address).status_code == 404


class TestCommands:
    def test_export_writes_the_stored_package_and_verify_finds_it_sound(
        self, stored, story, tmp_path, capsys
    ):
        target = tmp_path / "paket.zip"
        call_command("export_submission", str(story.submission.pk), output=str(target))
        assert target.read_bytes() == content_of(stored)
        assert [*tmp_path.iterdir()] == [target]
        call_command("verify_submission", str(target))
        assert stored.sha256 in capsys.readouterr().out

    def test_export_builds_what_is_not_there_yet(self, quick, story, tmp_path):
        target = tmp_path / "paket.zip"
        call_command("export_submission", str(story.submission.pk), output=str(target))
        assert target.read_bytes() == content_of(packaging.newest_package(story.submission))

    def test_a_rebuild_says_whether_the_bytes_are_the_same(self, stored, story, tmp_path, capsys):
        target, pk = tmp_path / "paket.zip", str(story.submission.pk)
        call_command("export_submission", pk, output=str(target), rebuild=True)
        assert "dieselben" in capsys.readouterr().out
        SubmissionPackage.objects.update(content=b"etwas anderes")
        with pytest.raises(CommandError):
            call_command("export_submission", pk, output=str(target), rebuild=True)

    @pytest.mark.parametrize("wanted", ["0", "-1", "abc", "9" * 30, "١"])
    def test_an_unknown_submission_is_named(self, db, wanted, tmp_path):
        with pytest.raises(CommandError) as refusal:
            call_command("export_submission", "--output", str(tmp_path / "x.zip"), "--", wanted)
        assert refusal.value.returncode == 2
        assert not [*tmp_path.iterdir()]

    def test_a_place_that_cannot_be_written_is_named_and_nothing_is_left(
        self, stored, story, tmp_path
    ):
        for target in (tmp_path, tmp_path / "fehlt" / "paket.zip"):
            with pytest.raises(CommandError) as refusal:
                call_command("export_submission", str(story.submission.pk), output=str(target))
            assert refusal.value.returncode == 2
        assert not [*tmp_path.iterdir()]

    @needs_pango
    def test_a_flipped_byte_is_found_and_the_file_named(self, built, tmp_path, capsys):
        content = bytes(built.content)
        for name, part in unpacked(content).items():
            begin = content.index(name.encode() + part) + len(name)
            for at in {begin, begin + len(part) // 2, begin + len(part) - 1}:
                data = bytearray(content)
                data[at] ^= 4
                assert [p.file for p in packages.check(bytes(data)).problems] == [name]
        broken = tmp_path / "paket.zip"
        data = bytearray(content)
        data[content.index(b"Fassung 2")] ^= 1
        broken.write_bytes(data)
        with pytest.raises(SystemExit) as stopped:
            call_command("verify_submission", str(broken))
        assert stopped.value.code == 1
        assert "LIESMICH.txt" in capsys.readouterr().err

    def test_verify_refuses_what_is_no_package(self, tmp_path, monkeypatch):
        (tmp_path / "text.zip").write_text("kein Archiv")
        (tmp_path / "groß.zip").write_bytes(bytes(2000))
        monkeypatch.setattr(packages, "MAX_BYTES", 1000)
        for name in ("text.zip", "groß.zip", "fehlt.zip", "."):
            with pytest.raises(CommandError) as refusal:
                call_command("verify_submission", str(tmp_path / name))
            assert refusal.value.returncode == 2
