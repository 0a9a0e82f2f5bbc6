"""Documents of decisions: stored with the decision or not at all, public, and kept."""

from copy import deepcopy
from pathlib import Path

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import PageLogEntry, PageViewRestriction

from tests.factories import make_draft, make_user
from tests.factories.pdfs import PDF, pdf
from tests.factories.ways import decide, hand_over
from versioning import doors
from versioning.core.pdf_files import is_pdf
from versioning.deletion import files_in_use
from versioning.doors import GateLine, RouteBody
from versioning.models import StepDocument
from versioning.services import documents
from versioning.services.decisions import record_decision
from versioning.services.documents import NewDocument, add_document
from versioning.services.integrity import check_integrity
from versioning.system_checks import check_document_form

pytestmark = pytest.mark.django_db

ROUTE = [RouteBody("Rat", "heard"), RouteBody("Senat", "resolves")]
NO_PDFS = {
    "a picture": b"\x89PNG\r\n\x1a\n" + b"x" * 400,
    "words with the beginning of a PDF": b"%PDF-1.7\nnichts weiter",
    "a PDF that was cut off": PDF[: len(PDF) // 2],
    "a PDF in a web page": b"<html>" + PDF,
    "nothing": b"",
}


@pytest.fixture(autouse=True)
def media(monkeypatch, settings, tmp_path):
    """Let one check answer for annotations, one route hold, and files lie in a folder of ours."""
    answered = [GateLine("annotations", "Alles beantwortet.", done=True)]
    monkeypatch.setattr(doors, "_gate_checks", [lambda version: answered])
    monkeypatch.setattr(doors, "_route_sources", [lambda page: ROUTE])
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def shared_senate(shared_root):
    return make_user("senate")


@pytest.fixture
def senate(shared_senate):
    return deepcopy(shared_senate)


@pytest.fixture
def submission(root, senate):
    return hand_over(make_draft(), html="<p>Die Stadt gehört allen.</p>", actor=senate)


@pytest.fixture
def step(submission):
    return submission.steps.get(position=1)


def record(step, actor, *documents, **values):
    fields = {"outcome": "agreed", "decided_on": timezone.localdate(), "reference": "S-1"}
    return record_decision(step=step, actor=actor, documents=documents, **(fields | values))


def stored_files(media):
    return [path for path in Path(media).rglob("*") if path.is_file()]


def test_the_smallest_pdf_is_a_pdf_for_others_too(tmp_path):
    (tmp_path / "a.pdf").write_bytes(PDF)
    with pikepdf.open(tmp_path / "a.pdf") as opened:
        assert len(opened.pages) == 1
    assert is_pdf(PDF)


def test_a_decision_is_stored_with_its_document(step, senate, client):
    record(step, senate, pdf("Beschluss 1.pdf", title="Beschluss S-1"))

    (row,) = step.documents.all()
    assert (row.title, row.uploaded_by) == ("Beschluss S-1", senate)
    page = client.get(step.submission.get_absolute_url()).content.decode()
    assert row.document.url in page
    assert "Beschluss S-1</a> (PDF, " in page
    answer = client.get(row.document.url)
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content) == PDF
    logged = PageLogEntry.objects.get(action="synopse.decide").data
    assert logged["documents"] == [row.sha256]


@pytest.mark.parametrize("what", NO_PDFS)
def test_what_is_no_pdf_is_refused_in_words_and_nothing_is_half_done(step, senate, media, what):
    with pytest.raises(ValidationError) as refusal:
        record(step, senate, pdf(), NewDocument("Brief.pdf", NO_PDFS[what]))

    (words,) = refusal.value.message_dict["document"]
    assert words.startswith("Brief.pdf ist kein PDF")
    step.refresh_from_db()
    assert (step.outcome, step.recorded_at) == ("", None)
    assert not StepDocument.objects.exists()
    assert not get_document_model().objects.exists()
    assert stored_files(media) == []


def test_a_file_that_is_too_large_is_refused(step, senate, media, monkeypatch):
    monkeypatch.setattr(documents, "MAX_BYTES", 20)
    with pytest.raises(ValidationError, match="größer als 50 MB"):
        record(step, senate, pdf())
    assert stored_files(media) == []


def test_a_refused_decision_leaves_no_file(step, senate, media):
    with pytest.raises(ValidationError):
        record(step, senate, pdf(), outcome="returned", note="")
    assert stored_files(media) == []


def test_a_transaction_that_fails_at_its_end_leaves_no_file(step, senate, media, monkeypatch):
    def fail(**kwargs):
        assert stored_files(media)
        msg = "no space left"
        raise OSError(msg)

    monkeypatch.setattr("versioning.services.decisions.keep_record", fail)
    with pytest.raises(OSError, match="no space left"):
        record(step, senate, pdf())

    step.refresh_from_db()
    assert step.outcome == ""
    assert not get_document_model().objects.exists()
    assert stored_files(media) == []


def test_a_document_is_added_later_and_never_twice(submission, step, senate):
    with pytest.raises(ValidationError, match="zuerst die Entscheidung"):
        add_document(step=step, document=pdf(), actor=senate)
    record(step, senate, pdf())

    add_document(step=step, document=pdf("Protokoll.pdf", mark="2"), actor=senate)
    with pytest.raises(ValidationError, match="steht schon"):
        add_document(step=step, document=pdf("anders.pdf"), actor=senate)

    assert [row.title for row in step.documents.all()] == ["Beschluss", "Protokoll"]
    record_of = submission.records.get(action="synopse.document")
    assert record_of.data["sha256"] == step.documents.last().sha256
    assert record_of.person == senate
    entry = PageLogEntry.objects.get(action="synopse.document")
    assert (entry.data["body"], entry.data["title"]) == ("Rat", "Protokoll")
    assert "von Rat ein Dokument hinzugefügt: Protokoll" in str(
        entry.formatter.format_message(entry)
    )


def test_a_document_of_a_decision_is_neither_deleted_nor_replaced(step, senate, client, media):
    record(step, senate, pdf())
    row = step.documents.get()
    client.force_login(make_user("superuser"))

    page = client.get(reverse("wagtaildocs:delete", args=[row.document_id]))
    assert page.context["is_protected"]
    bulk = reverse("wagtail_bulk_action", args=["wagtaildocs", "document", "delete"])
    client.post(f"{bulk}?id={row.document_id}", {"id": row.document_id})
    assert files_in_use([row.document])
    with pytest.raises(ProtectedError):
        row.document.delete()
    edited = client.post(
        reverse("wagtaildocs:edit", args=[row.document_id]),
        {"title": "Neu", "file": SimpleUploadedFile("neu.pdf", PDF), "tags": "",
         "collection": row.document.collection_id},
    )  # fmt: skip

    assert edited.status_code == 200
    assert "Seine Datei bleibt, wie sie ist" in edited.content.decode()
    row.document.refresh_from_db()
    assert row.document.file.read() == PDF
    assert len(stored_files(media)) == 1


def test_its_title_in_the_library_may_change(step, senate, client):
    record(step, senate, pdf())
    row = step.documents.get()
    client.force_login(make_user("superuser"))

    client.post(
        reverse("wagtaildocs:edit", args=[row.document_id]),
        {"title": "Neu", "tags": "", "collection": row.document.collection_id},
    )

    row.refresh_from_db()
    assert (row.document.title, row.title) == ("Neu", "Beschluss")


def test_code_cannot_replace_the_file_either(step, senate):
    record(step, senate, pdf())
    document = step.documents.get().document
    document.file = SimpleUploadedFile("neu.pdf", PDF)
    with pytest.raises(ValidationError):
        document.save()


def test_an_altered_byte_and_a_missing_file_are_found(step, senate):
    record(step, senate, pdf(title="Beschluss S-1"))
    assert check_integrity() == []
    path = Path(step.documents.get().document.file.path)
    path.write_bytes(PDF.replace(b"200 200", b"200 201"))
    (found,) = check_integrity()
    assert "Entscheidung von Rat" in found
    assert "„Beschluss S-1“ wurde verändert" in found
    path.unlink()
    (found,) = check_integrity()
    assert "fehlt" in found


def test_a_document_is_as_public_as_its_submission(step, senate, client):
    record(step, senate, pdf())
    row, page = step.documents.get(), step.submission.version.page
    assert client.get(row.document.url).status_code == 200

    restriction = PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert client.get(row.document.url).status_code == 404
    client.force_login(make_user())
    assert client.get(row.document.url).status_code == 200
    restriction.delete()
    client.logout()
    page.specific.unpublish()
    assert client.get(row.document.url).status_code == 404
    for path in ("", "x/../", "/", "./"):
        assert client.get(f"/media/{path}{row.document.file.name}").status_code == 404
    client.force_login(senate)
    assert client.get(row.document.url).status_code == 200


def test_the_public_page_asks_no_more_for_many_documents(
    submission, senate, client, django_assert_max_num_queries
):
    decide(submission, "agreed", "agreed", actor=senate)
    first, second = submission.steps.order_by("position")
    add_document(step=first, document=pdf(), actor=senate)
    url = submission.get_absolute_url()
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"{url}?a")
    for number in range(4):
        add_document(step=second, document=pdf(f"{number}.pdf", mark=str(number)), actor=senate)
    with django_assert_max_num_queries(len(asked)):
        assert "3</a> (PDF" in client.get(f"{url}?b").content.decode()


def test_a_site_whose_form_replaces_such_files_is_warned(settings):
    assert check_document_form() == []
    settings.WAGTAILDOCS_DOCUMENT_FORM_BASE = "wagtail.documents.forms.BaseDocumentForm"
    (warning,) = check_document_form()
    assert warning.id == "synopse_versioning.W001"
