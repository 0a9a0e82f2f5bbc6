"""Everything public of a document as CSV, XLSX, JSON-LD and Atom, and nothing else."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import etree
from openpyxl import load_workbook

from annotations.services import moderating, reacting
from annotations.services.following import follow
from tests.factories import make_user
from tests.factories.annotations import (
    annotate,
    answer,
    dispose,
    next_version,
    open_version,
    passage,
)
from tests.factories.vectors import HOSTILE
from versioning.services.withholding import withhold_passage

pytestmark = pytest.mark.django_db

HTML = "<h2>Wohnen</h2><p>Die Stadt gehört allen.</p><p>Busse fahren jede Stunde.</p>"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
KINDS = ("csv", "xlsx", "json_ld", "feed")


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version(HTML)


def fetched(version, kind: str, client: Client | None = None, **extra) -> bytes:
    url = reverse(f"annotations:{kind}", args=[version.page_id])
    response = (client or Client()).get(url, **extra)
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


def table(version, **extra) -> list[dict[str, str]]:
    text = fetched(version, "csv", **extra).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def sheet(version) -> list[tuple]:
    book = load_workbook(io.BytesIO(fetched(version, "xlsx")))
    return list(book.active.iter_rows())


def entries(version) -> list:
    tree = etree.fromstring(fetched(version, "feed"))
    return tree.findall("a:entry", ATOM)


# Tables


def test_threads_stand_one_after_another_with_quote_place_and_disposition(version):
    first = annotate(version, "Stadt", position=1, body="Wirklich?")
    second = annotate(version, "jede Stunde", position=2, proposed="oft genug", body="Öfter.")
    reply = answer(first, body="Ja.")
    dispose(first, outcome="not_adopted", reason="Kein Geld.")
    follow(version_id=next_version(version, HTML.replace("jede Stunde", "oft")).pk)
    rows = table(version)
    assert [row["Kennung"] for row in rows] == [str(m.uuid) for m in (first, reply, second)]
    assert rows[0] == {
        "Nummer": "1",
        "Tiefe im Gespräch": "0",
        "Art": "Anmerkung",
        "Fassung": "1",
        "Absatz": first.passage.number,
        "Zitat": "Stadt",
        "Text": "Wirklich?",
        "Vorgeschlagener Wortlaut": "",
        "Name": first.user_name,
        "Rolle im Amt": "",
        "Geschrieben am": rows[0]["Geschrieben am"],
        "Zustand": "Öffentlich",
        "Fundstelle in der neuesten Fassung": rows[0]["Fundstelle in der neuesten Fassung"],
        "Quelle": "Online",
        "Abwägung": "Nicht übernommen",
        "Begründung": "Kein Geld.",
        "Beantwortet am": rows[0]["Beantwortet am"],
        "Geändert in Fassung": "",
        "Adresse der Änderung": "",
        "Verfasserin oder Verfasser": "",
        "Adresse": "http://testserver" + first.get_absolute_url(),
        "Kennung": str(first.uuid),
    }
    assert rows[0]["Fundstelle in der neuesten Fassung"].startswith("unverändert")
    assert [rows[1][name] for name in ("Art", "Tiefe im Gespräch", "Zitat")] == ["Antwort", "1", ""]
    assert rows[2]["Vorgeschlagener Wortlaut"] == "oft genug"


def test_the_table_tells_the_whole_trace(version):
    made = annotate(version, "jede Stunde", position=2)
    given = dispose(made, outcome="adopted")
    follow(version_id=next_version(version, HTML.replace("jede Stunde", "oft")).pk)
    made.refresh_from_db()
    reacting.react(annotation=made, actor=made.user, agrees=False, reason="=Zu wenig.")
    (row,) = table(version)
    assert row["Geändert in Fassung"] == "2"
    assert row["Adresse der Änderung"].startswith("http://testserver/de/versions/")
    assert row["Adresse der Änderung"].endswith(f"#change-{given.changes.get().pk}")
    assert row["Verfasserin oder Verfasser"] == "widerspricht: =Zu wenig."
    (linked,) = json.loads(fetched(version, "json_ld"))["first"]["items"]
    assert linked["synopse:disposition"]["synopse:version"] == 2
    assert linked["synopse:disposition"]["synopse:change"].endswith(
        row["Adresse der Änderung"][-20:]
    )


def test_the_columns_speak_the_language_of_the_reader(version):
    annotate(version)
    url = reverse("annotations:csv", args=[version.page_id]).replace("/de/", "/en/")
    response = Client().get(url)
    assert "Proposed wording" in b"".join(response.streaming_content).decode()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment; filename=")


def test_of_what_is_gone_the_table_keeps_the_place_in_its_thread(version):
    made = annotate(version, body="Verborgene Worte")
    answer(made, body="Antwort darauf")
    moderating.withdraw_annotation(annotation=made, actor=made.user)
    first, second = table(version)
    assert "zurückgezogen" in first["Zustand"]
    assert (first["Text"], first["Name"], first["Zitat"]) == ("", "", "")
    assert second["Text"] == "Antwort darauf"
    assert len(json.loads(fetched(version, "json_ld"))["first"]["items"]) == 1


def test_no_cell_runs_and_the_workbook_keeps_every_word(version):
    formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", '=HYPERLINK("http://evil")', "a;=1", "a,=1"]
    writer = make_user(username="=cmd|x")
    made = [annotate(version, body=text, user=writer) for text in (*formulas, *HOSTILE[:12])]
    for row in table(version):
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")), cell
    header, *rows = sheet(version)
    words = [cell.value for cell in header].index("Text")
    assert [row[words].value for row in rows] == [each.comment for each in made]
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} <= {"s", "n"}
    assert {row[0].data_type for row in rows} == {"n"}


def test_withheld_words_stand_in_no_file(version):
    made = annotate(version, "Stadt", position=1, proposed="Stadt und Land", body="Hm.")
    withhold_passage(passage=made.passage, ground="Art. 17 DSGVO", actor=make_user("superuser"))
    for kind in KINDS:
        if kind == "xlsx":
            assert "Stadt" not in {cell.value for row in sheet(version) for cell in row}
        else:
            assert "Stadt" not in fetched(version, kind).decode()


def test_a_document_without_annotations_has_empty_files(version):
    assert table(version) == []
    assert len(sheet(version)) == 1
    assert json.loads(fetched(version, "json_ld"))["total"] == 0
    assert entries(version) == []


# JSON-LD


def test_the_collection_holds_what_the_interface_tells(version):
    made = annotate(version, "Stadt", position=1)
    reply = answer(made)
    found = json.loads(fetched(version, "json_ld"))
    assert found["type"] == ["BasicContainer", "AnnotationCollection"]
    assert found["total"] == 2
    for item, one in zip(found["first"]["items"], (made, reply), strict=True):
        url = reverse("synopse_api:annotation", args=[version.page_id, one.uuid])
        assert item == json.loads(Client().get(url).content)


# Feeds


def test_a_feed_tells_the_newest_first_by_lasting_names(version, monkeypatch):
    monkeypatch.setattr("annotations.feeds.NEWEST", 3)
    writer = make_user(username="geheimer-name")
    made = [
        annotate(version, "Stadt", position=1, user=writer, body=f"Stimme {n}") for n in range(4)
    ]
    content = fetched(version, "feed")
    tree = etree.fromstring(content)
    names = [entry.findtext("a:id", namespaces=ATOM) for entry in entries(version)]
    assert names == [f"urn:uuid:{each.uuid}" for each in reversed(made[1:])]
    assert tree.findtext("a:id", namespaces=ATOM).startswith("urn:uuid:")
    assert tree.find("a:link[@rel='self']", ATOM).get("href").endswith("annotations.atom")
    first = entries(version)[0]
    assert (
        first.find("a:link", ATOM).get("href") == "http://testserver" + made[3].get_absolute_url()
    )
    assert "Stimme 3" in first.findtext("a:summary", namespaces=ATOM)
    assert b"geheimer-name" not in content


def test_a_feed_that_has_not_changed_is_not_sent_again(version):
    annotate(version)
    url = reverse("annotations:feed", args=[version.page_id])
    etag = Client().get(url)["ETag"]
    assert Client().get(url, headers={"If-None-Match": etag}).status_code == 304
    annotate(version)
    assert Client().get(url, headers={"If-None-Match": etag}).status_code == 200


def test_the_feed_of_a_passage_follows_it_into_later_versions(version):
    here, _elsewhere = annotate(version, "allen", position=1), annotate(version, position=2)
    reply = answer(here)
    uid = passage(version, 1).uid
    url = reverse("annotations:passage_feed", args=[version.page_id, uid])
    names = {f"urn:uuid:{each.uuid}" for each in (here, reply)}

    def told() -> set[str]:
        tree = etree.fromstring(Client().get(url).content)
        return {e.findtext("a:id", namespaces=ATOM) for e in tree.findall("a:entry", ATOM)}

    assert told() == names
    newest = next_version(version, HTML.replace("gehört", "gehörte"))
    follow(version_id=newest.pk)
    assert told() == names
    assert (
        url
        in Client()
        .get(reverse("annotations:passage", args=[version.page_id, newest.number, uid]))
        .content.decode()
    )


def test_words_of_strangers_are_words_in_a_feed(version):
    for vector in HOSTILE:
        annotate(version, body=f"Wort {vector}")
    for entry in entries(version):
        summary = entry.findtext("a:summary", namespaces=ATOM)
        assert "<script" not in summary.lower()
        assert "<img" not in summary.lower()


# All of them


@pytest.mark.parametrize("kind", KINDS)
def test_many_annotations_need_as_many_queries_as_few(version, kind):
    def count() -> int:
        client = Client()
        fetched(version, kind, client)
        with CaptureQueriesContext(connection) as captured:
            fetched(version, kind, client)
        return len(captured)

    writer, editor = make_user(), make_user("superuser")

    def write(number: int) -> None:
        for _ in range(number):
            made = annotate(version, user=writer)
            answer(made, user=writer)
            dispose(made, actor=editor)

    write(2)
    few = count()
    write(20)
    assert count() == few


def test_the_document_leads_to_its_files_in_words(version):
    url = version.page.get_url()
    before = Client().get(url).content.decode()
    assert "annotations.atom" in before
    assert "Alle Anmerkungen als Datei" not in before
    annotate(version)
    shown = Client().get(url).content.decode()
    assert "Alle Anmerkungen als Datei" in shown
    for kind in KINDS:
        assert reverse(f"annotations:{kind}", args=[version.page_id]) in shown
