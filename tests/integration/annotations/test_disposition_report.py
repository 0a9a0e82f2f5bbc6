"""The disposition report: complete, in the order of the text, and nothing that is not public."""

from __future__ import annotations

import csv
import io

import docx
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from annotations.exports import report, report_documents
from annotations.services import reacting
from annotations.services.disposing import change_disposition
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation, withdraw_annotation
from tests.factories import make_user
from tests.factories.annotations import (
    annotate,
    answer,
    dispose,
    next_version,
    open_version,
    passage,
)
from versioning.exports import kinds, pdf
from versioning.exports.files import File
from versioning.models import Export, Version
from versioning.services import exporting
from versioning.services.exporting import build_export, request_export
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

HTML = (
    "<h2>Wege</h2><p>Busse fahren jede Stunde über die Brücke.</p>"
    "<h2>Hafen</h2><p>Der Hafen bleibt.</p><p>Die Schiffe auch.</p>"
)
BUSES, HARBOUR, SHIPS = 1, 3, 4


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version(HTML)


@pytest.fixture
def told(version):
    """Return the newest version; one objects, one is open, one hidden, one withdrawn."""
    open_one = annotate(version, position=HARBOUR, body="Noch offen.")
    wish = annotate(version, "jede Stunde", position=BUSES, proposed="oft", body="=Öfter!")
    answer(wish, body="Eine Antwort.")
    hidden = annotate(version, position=SHIPS, body="Verborgene Worte.")
    withdrawn = annotate(version, position=SHIPS, body="Zurückgenommen.")
    dispose(wish, outcome="adopted", reason="Gern.", office="Amt für Wege")
    newest = next_version(version, HTML.replace("jede Stunde", "oft"))
    follow(version_id=newest.pk)
    wish.refresh_from_db()
    reacting.react(annotation=wish, actor=wish.user, agrees=False, reason="Zu spät.")
    hide_annotation(annotation=hidden, actor=make_user("moderator"), ground="Beleidigt.")
    withdraw_annotation(annotation=withdrawn, actor=withdrawn.user)
    assert open_one.pk < wish.pk
    return newest


def url(version, form: str) -> str:
    return reverse("annotations:disposition_report", args=[version.page_id, form])


def internal_url(version, form: str) -> str:
    return reverse("synopse_annotations:disposition_report", args=[version.page_id, form])


def content_of(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


def rows_in(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def words_in(content: bytes) -> str:
    return "\n".join(p.text for p in docx.Document(io.BytesIO(content)).element.iter() if p.text)


def test_the_table_tells_the_whole_way_in_the_order_of_the_text(client, told):
    first, second = rows_in(content_of(client.get(url(told, "csv"))))
    assert first == {
        "Kapitel": "1 Wege",
        "Nummer": first["Nummer"],
        "Fassung": "1",
        "Absatz": "1.1",
        "Art": "Änderungsvorschlag",
        "Quelle": "Online",
        "Zitat": "jede Stunde",
        "Anmerkung": "'=Öfter!",
        "Vorgeschlagener Wortlaut": "oft",
        "Abwägung": "Übernommen",
        "Begründung": "Gern.",
        "Zuständige Stelle": "Amt für Wege",
        "Beantwortet am": first["Beantwortet am"],
        "Änderungen": "Fassung 2: „jede Stunde“ → „oft“",
        "Widerspruch oder Zustimmung": "widerspricht: Zu spät.",
        "Adresse": first["Adresse"],
    }
    assert (second["Kapitel"], second["Abwägung"]) == ("2 Hafen", "Noch offen")
    trace = client.get(first["Adresse"].removeprefix("http://localhost"))
    assert f"Anmerkung {first['Nummer']}".encode() in trace.content


def test_the_workbook_says_the_same_and_no_cell_is_a_formula(client, told):
    book = load_workbook(io.BytesIO(content_of(client.get(url(told, "xlsx")))))
    rows = list(book.active.iter_rows())
    assert [cell.value for cell in rows[0]] == report_headings()
    assert {cell.data_type for cell in rows[1] if cell.value} <= {"s", "n"}
    assert "=Öfter!" in [cell.value for cell in rows[1]]


def report_headings() -> list[str]:
    with translation.override("de"):
        return report.headings(is_internal=False)


def test_the_word_file_is_one_table_with_a_head_on_every_page(client, told):
    document = docx.Document(io.BytesIO(content_of(client.get(url(told, "docx")))))
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells][:3] == ["Nr.", "Absatz", "Zitat"]
    assert table.rows[0]._tr.xpath(".//w:tblHeader")
    assert table.rows[1].cells[0].text == table.rows[1].cells[-1].text == "1 Wege"
    assert "Vorgeschlagener Wortlaut: oft" in table.rows[2].cells[3].text
    assert document.sections[0].page_width > document.sections[0].page_height


@pytest.mark.skipif(not pdf.is_available(), reason="Pango is not installed here")
def test_the_pdf_is_tagged_and_its_parts_are_one_document(client, told, monkeypatch):
    pikepdf = pytest.importorskip("pikepdf")
    monkeypatch.setattr(report_documents, "PART", 1)
    with pikepdf.open(io.BytesIO(content_of(client.get(url(told, "pdf"))))) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "de"
        assert len(document.pages) == 2
        assert "Abwägungsbericht" in str(document.docinfo["/Title"])
        with document.open_outline() as outline:
            chapters = [one.title for top in outline.root for one in (top, *top.children)]
    assert [one for one in chapters if one[0].isdigit()] == ["1 Wege", "2 Hafen"]


@pytest.mark.parametrize("form", ["csv", "docx"])
def test_nothing_that_is_not_public_is_in_the_public_report(client, told, form):
    secret = annotate(told, position=HARBOUR, body="Neu.")
    dispose(secret, outcome="not_adopted", reason="Noch geheim.", internal_note="Nie zu sehen.")
    content = content_of(client.get(url(told, form)))
    words = content.decode() if form == "csv" else words_in(content)
    assert "Neu." in words
    for hidden in ("Verborgene", "Zurückgenommen", "geheim", "Nie zu sehen", secret.user_name):
        assert hidden not in words
    client.force_login(make_user("editor"))
    content = content_of(client.get(internal_url(told, form)))
    words = content.decode() if form == "csv" else words_in(content)
    assert "Verborgene" in words
    assert "Noch geheim." in words
    assert "noch nicht öffentlich" in words
    for hidden in ("Zurückgenommen", "Nie zu sehen", secret.user_name):
        assert hidden not in words


def test_withheld_words_are_in_no_report(client, told):
    first = Version.objects.get(page_id=told.page_id, number=1)
    withhold_passage(passage=passage(first, BUSES), actor=make_user("superuser"), ground="Urteil")
    assert "jede Stunde" not in content_of(client.get(url(told, "csv"))).decode()


def test_a_report_takes_as_many_queries_for_many_annotations_as_for_few(client, told):
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            content_of(client.get(url(told, "csv")))
        return len(captured)

    count()  # with what a process asks but once
    few = count()
    for number in range(10):
        made = annotate(told, position=HARBOUR, body=f"Stimme {number}")
        dispose(made, outcome="noted")
    assert count() == few


# Long reports are made by a worker


@pytest.fixture
def by_worker(monkeypatch):
    """Leave every document to a worker, and what is queued in the queue; returns what was."""
    for key in (report_documents.PUBLIC, report_documents.INTERNAL):
        kind = kinds.file_kind(key)._replace(at_once={"pdf": 0, "docx": 0})
        monkeypatch.setitem(kinds._kinds, key, kind)
    queued = []
    monkeypatch.setattr(exporting, "_enqueue", queued.extend)
    return queued


def test_a_long_report_tells_how_far_it_is_and_is_handed_out_when_it_is_there(
    client, told, by_worker, monkeypatch, django_capture_on_commit_callbacks
):
    address = url(told, "docx")
    assert 'method="post"' in client.get(address).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address)
    (queued,) = by_worker
    seen = []
    monkeypatch.setattr(report_documents, "PART", 1)
    tell = exporting._tell_progress

    def look(export: int, done: int, total: int) -> None:
        tell(export, done, total)
        seen.append(client.get(f"{address}?progress=1").content.decode())

    monkeypatch.setattr(exporting, "_tell_progress", look)
    assert build_export(export=queued)
    assert "1 von 2 Einträgen sind geschrieben." in seen[0]
    assert '<progress class="syn-progress" id="syn-progress" value="1" max="2">' in seen[0]
    assert "=Öfter!" in words_in(content_of(client.get(address)))


def _new(told, made):
    annotate(told, position=HARBOUR)


def _hidden(told, made):
    hide_annotation(annotation=made, actor=make_user("moderator"), ground="Spam.")


def _answered(told, made):
    dispose(made, outcome="noted")


def _changed(told, made):
    given = dispose(made, outcome="noted")
    change_disposition(
        disposition=given, outcome="noted", reason="Anders.", actor=make_user("editor")
    )


@pytest.mark.parametrize("event", [_new, _hidden, _answered, _changed])
def test_what_changes_a_report_makes_it_anew(told, event):
    made = annotate(told, position=HARBOUR)
    file = File(report_documents.PUBLIC, told, told, "docx")
    before = file.digest()
    assert file.digest() == before
    event(told, made)
    assert file.digest() != before


def test_words_that_leave_take_stored_reports_with_them(
    told, by_worker, django_capture_on_commit_callbacks
):
    file = File(report_documents.PUBLIC, told, told, "docx")
    made = annotate(told, position=HARBOUR, body="Bald verborgen.")
    with django_capture_on_commit_callbacks(execute=True):
        export = request_export(file=file)
    build_export(export=export.pk)
    assert Export.objects.get().content
    with django_capture_on_commit_callbacks(execute=True):
        hide_annotation(annotation=made, actor=make_user("moderator"), ground="Spam.")
    assert not Export.objects.exists()
    export = request_export(file=file)
    build_export(export=export.pk)
    first = Version.objects.get(page_id=told.page_id, number=1)  # whose words its quotes are
    withhold_passage(passage=passage(first, BUSES), actor=make_user("superuser"), ground="Urteil")
    assert not bytes(Export.objects.get().content)


def test_editors_find_the_reports_of_their_texts(client, told):
    client.force_login(make_user("editor"))
    listing = client.get(reverse("synopse_annotations:index")).content.decode()
    reports = reverse("synopse_annotations:disposition_reports")
    assert reports in listing
    page = client.get(reports).content.decode()
    for form in ("pdf", "docx", "xlsx", "csv"):
        assert internal_url(told, form) in page


def test_readers_of_the_admin_see_no_report_with_what_is_not_public(client, told):
    client.force_login(make_user("reviewer"))
    assert client.get(internal_url(told, "csv")).status_code == 302  # to the admin's first page
    page = client.get(reverse("synopse_annotations:disposition_reports")).content.decode()
    assert internal_url(told, "csv") not in page


def test_unknown_forms_and_texts_are_not_found(client, told):
    assert client.get(url(told, "exe")).status_code == 404
    assert client.post(url(told, "csv")).status_code == 405
    told.page.specific.unpublish()
    for form in ("csv", "docx"):
        assert client.get(url(told, form)).status_code == 404


def test_the_integrity_check_knows_stored_reports(told, by_worker):
    build_export(export=request_export(file=File("report", told, told, "docx")).pk)
    call_command("check_integrity", stdout=io.StringIO())
