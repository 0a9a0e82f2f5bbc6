"""Files are handed out to those who may read the page: at once, or when a worker has made them."""

import io
from copy import deepcopy

import docx
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from annotations.worker import IDEMPOTENT
from tests.factories import make_draft, make_user, publish
from versioning.comparisons import compare_versions
from versioning.exports import files
from versioning.exports.files import FORMS, File, Limit
from versioning.models import Change, Export, Passage
from versioning.services import exporting
from versioning.services.changes import explain_changes
from versioning.services.exporting import build_export, request_export, request_exports_of
from versioning.services.integrity import check_integrity
from versioning.services.withholding import withhold_passage
from versioning.tasks import build_export as task

pytestmark = pytest.mark.django_db

FIRST = "<h2>Ziele</h2><p>Die Stadt gehört allen Menschen.</p><p>Busse fahren jede Stunde.</p>"
SECOND = FIRST.replace("allen", "allen klugen")
NEVER = Limit(0, 0)


@pytest.fixture(scope="module")
def shared_versions(shared_root):
    draft = make_draft(title="Straße & Ufer", html=FIRST)
    return [publish(draft), publish(draft, html=SECOND)]


@pytest.fixture
def versions(shared_versions):
    return deepcopy(shared_versions)


@pytest.fixture
def nothing_is_small(monkeypatch):
    for name in ("docx", "pdf"):
        monkeypatch.setitem(FORMS, name, FORMS[name]._replace(at_once=NEVER))


@pytest.fixture
def no_worker(monkeypatch):
    """Leave what is queued in the queue, and return what was."""
    queued = []
    monkeypatch.setattr(exporting, "_enqueue", queued.extend)
    return queued


def url(versions, form="docx", old=1, new=2):
    return reverse("versioning:export_comparison", args=[versions[0].page_id, old, new, form])


def version_url(version, form="docx"):
    return reverse("versioning:export_version", args=[version.page_id, version.number, form])


def comparison(versions, form="docx"):
    return File("comparison", *versions, form)


def words_in(content: bytes) -> str:
    return "".join(docx.Document(io.BytesIO(content)).element.itertext())


def test_a_short_text_is_made_at_once_and_kept_nowhere(client, versions):
    for address in (url(versions), version_url(versions[1])):
        response = client.get(address)
        assert "Menschen" in words_in(response.content)
        assert response["X-Content-Type-Options"] == "nosniff"
    assert not Export.objects.exists()


def test_names_of_files_are_ascii_with_the_real_one_beside(client, versions):
    found = client.get(url(versions))["Content-Disposition"]
    assert found == (
        'attachment; filename="strasse-ufer-vergleich-1-2.docx"; '
        "filename*=UTF-8''stra%C3%9Fe-ufer-vergleich-1-2.docx"
    )
    assert (
        "strasse-ufer-fassung-2.docx" in client.get(version_url(versions[1]))["Content-Disposition"]
    )


def test_a_title_without_letters_cannot_break_the_header(client, root):
    version = publish(make_draft(title='"\\;\u202e/../', html=FIRST))
    found = client.get(version_url(version))["Content-Disposition"]
    assert found.startswith('attachment; filename="fassung-1.docx";')


def test_who_has_the_file_is_told_so_until_a_reason_changes(client, versions):
    etag = client.get(url(versions))["ETag"]
    assert client.get(url(versions), headers={"if-none-match": etag}).status_code == 304
    actor = make_user("superuser")
    explain_changes(changes=[Change.objects.first()], reason="Klarer.", actor=actor)
    again = client.get(url(versions), headers={"if-none-match": etag})
    assert again.status_code == 200
    assert again["ETag"] != etag


def test_a_file_is_the_same_in_whatever_language_one_asks(client, versions):
    german = client.get(url(versions))
    english = client.get(url(versions).replace("/de/", "/en/"))
    assert german.content == english.content
    assert german["ETag"] == english["ETag"]


def test_unknown_forms_versions_and_pages_are_not_found(client, versions):
    assert client.get(url(versions, "exe")).status_code == 404
    assert client.get(version_url(versions[0], "json")).status_code == 404
    assert client.get(url(versions, new=7)).status_code == 404
    assert client.get(url(versions).replace(str(versions[0].page_id), "999999")).status_code == 404


def test_numbers_beyond_the_database_are_not_found(client, versions):
    huge = 10**20
    for old, new in ((1, huge), (huge, 2), (huge, huge)):
        assert client.get(url(versions, old=old, new=new)).status_code == 404
    address = reverse("versioning:export_version", args=[versions[0].page_id, huge, "docx"])
    assert client.get(address).status_code == 404


def test_a_pair_in_the_wrong_order_is_turned_round(client, versions):
    assert client.get(url(versions, old=2, new=1))["Location"] == url(versions)


def test_strangers_get_no_file_of_a_restricted_page(client, versions, nothing_is_small):
    PageViewRestriction.objects.create(page=versions[0].page, restriction_type="login")
    for address in (url(versions), url(versions, "json"), version_url(versions[0])):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    client.force_login(make_user())
    assert client.get(url(versions, "json")).status_code == 200


def test_a_long_text_is_asked_for_by_a_button(client, versions, nothing_is_small, no_worker):
    page = client.get(url(versions))
    assert not Export.objects.exists()
    assert "<button" in page.content.decode()
    assert "Refresh" not in page
    assert page["Content-Type"].startswith("text/html")


def test_while_a_worker_makes_it_the_page_looks_again(
    client, versions, nothing_is_small, no_worker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for _press in range(3):
            response = client.post(url(versions))
            assert response["Location"] == f"{url(versions)}?progress=1"
    assert no_worker == [Export.objects.get().pk]
    page = client.get(response["Location"])
    assert page.status_code == 202
    assert page["Refresh"] == f"5; url={url(versions)}?progress=1"
    assert "<button" not in page.content.decode().partition("<main")[2].partition("</main")[0]


def test_a_made_file_is_announced_and_handed_out(
    client, versions, nothing_is_small, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url(versions))
    page = client.get(f"{url(versions)}?progress=1").content.decode()
    assert f'href="{url(versions)}"' in page
    response = client.get(url(versions))
    assert "klugen" in words_in(response.content)
    assert response.content == files.FORMS["docx"].of_comparison(compare_versions(*versions))
    assert client.get(url(versions), headers={"if-none-match": response["ETag"]}).status_code == 304


def test_a_failed_file_says_so_and_can_be_tried_again(
    client, versions, nothing_is_small, monkeypatch, django_capture_on_commit_callbacks
):
    def fail(_comparison):
        raise ValueError

    sound = FORMS["docx"]
    monkeypatch.setitem(FORMS, "docx", sound._replace(of_comparison=fail))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url(versions))
    assert Export.objects.get().state == "failed"
    page = client.get(url(versions)).content.decode()
    assert "Noch einmal versuchen" in page
    monkeypatch.setitem(FORMS, "docx", sound)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url(versions))
    assert client.get(url(versions)).status_code == 200
    assert Export.objects.get().state == "done"


def test_a_short_text_that_cannot_be_made_is_no_crash(client, versions, monkeypatch):
    def fail(_comparison):
        raise ValueError

    monkeypatch.setitem(FORMS, "docx", FORMS["docx"]._replace(of_comparison=fail))
    response = client.get(url(versions))
    assert response.status_code == 503
    assert "konnte nicht erstellt werden" in response.content.decode()


def test_too_many_waiting_files_are_refused_with_words(
    client, versions, nothing_is_small, no_worker, monkeypatch
):
    monkeypatch.setattr(exporting, "MAX_WAITING", 1)
    request_export(file=comparison(versions))
    with pytest.raises(ValidationError):
        request_export(file=File("version", versions[1], versions[1], "docx"))
    response = client.post(version_url(versions[1]))
    assert response.status_code == 503
    assert "später" in response.content.decode()


def test_files_whose_workers_are_gone_do_not_stand_in_the_way_of_others(
    versions, no_worker, monkeypatch
):
    monkeypatch.setattr(exporting, "MAX_WAITING", 1)
    lost = request_export(file=comparison(versions))
    begun = timezone.now() - exporting.GIVEN_UP_AFTER
    Export.objects.filter(pk=lost.pk).update(created_at=begun)
    assert request_export(file=File("version", versions[1], versions[1], "docx"))


def test_a_text_beyond_all_measure_is_no_document(client, versions, monkeypatch):
    monkeypatch.setattr(files, "LONGEST", 10)
    assert client.get(url(versions)).status_code == 404
    assert client.get(url(versions, "json")).status_code == 200


def test_an_old_file_is_not_handed_out_after_a_reason_has_changed(
    client, versions, nothing_is_small, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url(versions))
    actor = make_user("superuser")
    explain_changes(changes=[Change.objects.first()], reason="Klarer.", actor=actor)
    assert "<button" in client.get(url(versions)).content.decode()


def test_publishing_prepares_the_long_files_of_the_version_and_its_comparison(
    versions, nothing_is_small, no_worker, monkeypatch
):
    monkeypatch.setattr(exporting.pdf, "is_available", lambda: True)
    assert request_exports_of(version=versions[1]) == 4
    found = Export.objects.values_list("kind", "old__number", "new__number", "form")
    assert sorted(found) == [
        ("comparison", 1, 2, "docx"),
        ("comparison", 1, 2, "pdf"),
        ("version", 2, 2, "docx"),
        ("version", 2, 2, "pdf"),
    ]


def test_publishing_prepares_nothing_for_short_texts(versions, no_worker):
    assert request_exports_of(version=versions[1]) == 0
    assert not Export.objects.exists()


def test_withholding_takes_the_words_out_of_stored_files(
    versions, nothing_is_small, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        before = request_export(file=comparison(versions))
        request_export(file=File("version", versions[1], versions[1], "docx"))
    assert "Menschen" in words_in(bytes(Export.objects.get(pk=before.pk).content))
    passage = Passage.objects.get(version=versions[1], text__contains="klugen")
    with django_capture_on_commit_callbacks() as callbacks:
        withhold_passage(passage=passage, ground="Urteil", actor=make_user("superuser"))
    assert not Export.objects.exclude(content=b"").exists()
    for callback in callbacks:
        callback()
    made = [words_in(bytes(export.content)) for export in Export.objects.all()]
    assert len(made) == 2
    assert all("Urteil" in words and "klugen" not in words for words in made)
    assert check_integrity() == []


def test_a_worker_that_began_before_the_withholding_leaves_nothing_behind(
    versions, no_worker, monkeypatch
):
    export = request_export(file=comparison(versions))
    passage = Passage.objects.get(version=versions[1], text__contains="klugen")
    sound = FORMS["docx"]

    def slow(compared):
        content = sound.of_comparison(compared)
        if not passage.is_withheld:
            withhold_passage(passage=passage, ground="Urteil", actor=make_user("superuser"))
            passage.refresh_from_db()
        return content

    monkeypatch.setitem(FORMS, "docx", sound._replace(of_comparison=slow))
    assert build_export(export=export.pk) is False
    assert not Export.objects.exclude(content=b"").exists()


def test_a_file_whose_texts_changed_meanwhile_is_made_once_more(versions, no_worker, monkeypatch):
    export = request_export(file=comparison(versions))
    sound, reasons = FORMS["docx"], iter(["Klarer."])

    def slow(compared):
        content = sound.of_comparison(compared)
        for reason in reasons:
            actor = make_user("superuser")
            explain_changes(changes=[Change.objects.first()], reason=reason, actor=actor)
        return content

    monkeypatch.setitem(FORMS, "docx", sound._replace(of_comparison=slow))
    assert build_export(export=export.pk) is True
    kept = Export.objects.get(pk=export.pk)
    assert kept.digest == comparison(versions).digest()


def test_the_check_names_a_file_from_before_words_were_withheld(versions, no_worker):
    passage = Passage.objects.get(version=versions[1], text__contains="klugen")
    old_state = comparison(versions).texts()
    withhold_passage(passage=passage, ground="Urteil", actor=make_user("superuser"))
    export = request_export(file=comparison(versions))
    Export.objects.filter(pk=export.pk).update(state="done", texts=old_state, content=b"klug")
    [sentence] = check_integrity()
    assert "docx" in sentence


def test_a_second_worker_changes_nothing(versions, no_worker):
    export = request_export(file=comparison(versions))
    assert build_export(export=export.pk) is True
    before = Export.objects.get(pk=export.pk)
    assert build_export(export=export.pk) is True
    after = Export.objects.get(pk=export.pk)
    assert (after.finished_at, bytes(after.content)) == (before.finished_at, bytes(before.content))
    assert build_export(export=999_999) is False


def test_a_file_is_taken_over_when_its_worker_is_gone(versions, no_worker):
    assert task.module_path in IDEMPOTENT
    export = request_export(file=comparison(versions))
    Export.objects.filter(pk=export.pk).update(state="running")
    assert build_export(export=export.pk) is True
