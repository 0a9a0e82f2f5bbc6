"""The forms with which staff enter what came by workshop, interview or letter."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.admin import links
from annotations.models import Annotation, WatchedWord
from tests.factories import make_user
from tests.factories.annotations import annotate, next_version, open_version, passage
from versioning.models import Submission

pytestmark = pytest.mark.django_db

HTML = "<h2>Wohnen</h2><p>Die Stadt gehört allen. Die Stadt ist grün.</p><p>Busse fahren.</p>"
HEAD = ["Absatz", "Zitat", "Art", "Text", "Vorschlag", "Name", "Datum", "Quelle"]
GOOD = ["1.1", "", "", "Mehr Bäume.", "", "Werkstatt im Wedding", "04.05.2026", "Werkstatt"]


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version(HTML)


@pytest.fixture
def client(shared_editor):
    client = Client(headers={"accept-language": "de"})
    client.force_login(shared_editor)
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def form(**values):
    common = {
        "source": "workshop",
        "made_on": "2026-05-04",
        "name": "Werkstatt im Wedding",
        "number": "1.1",
        "motivation": "commenting",
        "body": "Mehr Bäume.",
        "has_agreed": "on",
        "key": "one",
    }
    return {**common, **values}


def row(**values):
    cells = dict(zip(HEAD, GOOD, strict=True))
    return [*(cells | values).values()]


def csv_file(*rows, separator=";", name="a.csv", head=HEAD):
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows([head, *rows])
    return SimpleUploadedFile(name, file.getvalue().encode("utf-8-sig"))


def xlsx_file(*rows, head=HEAD):
    book = openpyxl.Workbook()
    for cells in (head, *rows):
        book.active.append(cells)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("a.xlsx", file.getvalue())


def upload(client, version, file):
    response = client.post(links.enter_sheet_url(version.page_id), {"file": file})
    assert response.status_code == 200
    assert not Annotation.objects.exists(), "nothing is saved before taking over"
    return response


def take_over(client, version, preview, **values):
    data = {"rows": preview.context["sealed"], "version": version.pk, "has_agreed": "on", **values}
    return client.post(links.enter_sheet_url(version.page_id), data)


def errors_of(response) -> dict[int, set[str]]:
    return {
        each["number"]: {name for name, _ in each["errors"]} for each in response.context["wrong"]
    }


# One contribution


def test_the_listing_and_the_document_lead_to_the_form(client, version):
    page = version.page_id
    assert links.enter_url() in text_of(client.get(links.listing_url()))
    assert links.enter_url(page) in text_of(client.get(links.listing_url(page=page)))
    assert links.enter_url(page) in text_of(client.get(links.enter_url()))
    edit = reverse("wagtailadmin_pages:edit", args=[page])
    assert links.enter_url(page) in text_of(client.get(edit))
    reviewer = Client()
    reviewer.force_login(make_user("reviewer"))
    assert links.enter_url() not in text_of(reviewer.get(links.listing_url()))


def test_one_contribution_is_entered_by_number_or_by_choice(client, version):
    url = links.enter_url(version.page_id)
    response = client.post(url, form())
    first = Annotation.objects.get()
    assert response.url == links.annotation_url(first.pk)
    assert (first.passage, first.source) == (passage(version, 1), "workshop")

    chosen = form(number="", passage=passage(version, 2).pk, key="two", another="yes")
    response = client.post(url, chosen)
    assert Annotation.objects.latest("pk").passage == passage(version, 2)
    following = client.get(response.url).context["form"]
    assert (following["name"].value(), following["source"].value(), following["body"].value()) == (
        "Werkstatt im Wedding",
        "workshop",
        None,
    )
    assert client.post(url, chosen).status_code == 302
    assert Annotation.objects.count() == 2, "a second sending stores nothing more"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("number", {"number": "9.9"}),
        ("number", {"number": ""}),
        ("number", {"number": "2.1.1\0"}),
        ("passage", {"number": "", "passage": "99999999999999999999"}),
        ("quote", {"quote": "Die Stadt"}),
        ("body", {"body": "x" * 3_001}),
        ("body", {"body": "a\0b"}),
        ("proposed", {"motivation": "editing"}),
        ("made_on", {"made_on": "31.02.2026"}),
        ("made_on", {"made_on": "2999-01-01"}),
        ("source", {"source": "online"}),
        ("name", {"name": "Der Senat"}),
        ("has_agreed", {"has_agreed": ""}),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_the_text_stays(client, version, field, values):
    response = client.post(links.enter_url(version.page_id), form(**values))
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert not Annotation.objects.exists()


def test_number_and_choice_must_not_contradict(client, version):
    sent = form(passage=passage(version, 2).pk)
    response = client.post(links.enter_url(version.page_id), sent)
    assert "verschiedene Absätze" in text_of(response)


def test_a_word_of_the_list_holds_it_and_the_page_says_so(client, version):
    WatchedWord.objects.create(words="Bäume", effect="hold")
    response = client.post(links.enter_url(version.page_id), form(), follow=True)
    assert "wartet auf die Moderation" in text_of(response)


def test_what_was_handed_over_leads_back_with_a_sentence(client, version):
    Submission.objects.create(version=version, submitted_at=timezone.now(), content_hash="x")
    for url in (links.enter_url(version.page_id), links.enter_sheet_url(version.page_id)):
        assert "Es kann nichts mehr hinzukommen" in text_of(client.get(url, follow=True))


# A table


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_empty_table_can_be_filled_in_and_uploaded(client, version, kind):
    url = reverse(f"synopse_annotations:enter_{kind}", args=[version.page_id])
    content = client.get(url).content
    if kind == "csv":
        assert next(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == HEAD
        file = SimpleUploadedFile("a.csv", content + (",".join(GOOD) + "\r\n").encode())
    else:
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert [cell.value for cell in book.worksheets[0][1]] == HEAD
        assert [cell.value for cell in book.worksheets[1]["A"]][1:] == ["1", "1.1", "1.2"]
        book.worksheets[0].append(GOOD)
        filled = io.BytesIO()
        book.save(filled)
        file = SimpleUploadedFile("a.xlsx", filled.getvalue())
    preview = upload(client, version, file)
    assert errors_of(preview) == {}

    assert take_over(client, version, preview).status_code == 302
    stored = Annotation.objects.get()
    assert (stored.passage, stored.comment, stored.source) == (
        passage(version, 1),
        "Mehr Bäume.",
        "workshop",
    )
    assert timezone.localdate(stored.created_at) == date(2026, 5, 4)
    assert take_over(client, version, preview).status_code == 302
    assert Annotation.objects.count() == 1, "a second sending stores nothing more"


HOSTILE = [
    ("Absatz", {"Absatz": "9.9"}),
    ("Absatz", {"Absatz": ""}),
    ("Absatz", {"Absatz": "=1+1"}),
    ("Absatz", {"Absatz": "%s %(x)s {}"}),
    ("Zitat", {"Zitat": "nirgends"}),
    ("Zitat", {"Zitat": "Die Stadt"}),
    ("Art", {"Art": "Antwort"}),
    ("Text", {"Text": " "}),
    ("Text", {"Text": "x" * 3_001}),
    ("Vorschlag", {"Art": "Änderungsvorschlag"}),
    ("Vorschlag", {"Vorschlag": "Die Stadt gehört allen. Die Stadt ist grün."}),
    ("Name", {"Name": ""}),
    ("Name", {"Name": "Bezirksamt Mitte"}),
    ("Datum", {"Datum": "31.02.2026"}),
    ("Datum", {"Datum": ""}),
    ("Datum", {"Datum": "gestern"}),
    ("Datum", {"Datum": "01.01.2999"}),
    ("Datum", {"Datum": "99999999999999999999.1.1"}),
    ("Quelle", {"Quelle": "Online"}),
    ("Quelle", {"Quelle": ""}),
]


@pytest.mark.parametrize("file", [csv_file, xlsx_file])
def test_every_wrong_cell_is_told_by_row_and_column(client, version, file):
    rows = [row(**{"Text": f"Zeile {place}", **cells}) for place, (_, cells) in enumerate(HOSTILE)]
    preview = upload(client, version, file(*rows))
    assert errors_of(preview) == {
        place: {column} for place, (column, _) in enumerate(HOSTILE, start=2)
    }
    assert "31.02.2026“ ist kein Tag" in text_of(preview)
    assert "Keine Zeile kann übernommen werden" in text_of(preview)


def test_html_and_formulas_are_words(client, version):
    words = ["=HYPERLINK(1)", "<script>alert(1)</script>", "a\x01b", "@SUM(A1)"]
    preview = upload(client, version, csv_file(*[row(Text=text) for text in words], separator=","))
    assert errors_of(preview) == {}
    assert "<script>alert" not in text_of(preview)
    take_over(client, version, preview)
    assert set(Annotation.objects.values_list("comment", flat=True)) == {
        *words[:2],
        "ab",
        "@SUM(A1)",
    }


def test_rows_with_errors_are_left_out_only_where_somebody_says_so(client, version):
    preview = upload(client, version, csv_file(GOOD, row(Text=""), row(Text="Mehr Busse.")))
    refused = take_over(client, version, preview)
    assert "Bessern Sie sie in der Datei aus" in text_of(refused)
    again = text_of(take_over(client, version, preview, leave_out="on", has_agreed=""))
    assert "Ohne dieses Einverständnis" in again
    assert "Die Zeile auslassen, die nicht übernommen werden kann" in again
    assert not Annotation.objects.exists()
    done = client.get(take_over(client, version, refused, leave_out="on").url)
    assert "2 Beiträge sind eingetragen" in text_of(done)
    assert Annotation.objects.count() == 2


def test_what_was_entered_before_is_an_error_of_its_row(client, version):
    client.post(links.enter_url(version.page_id), form())
    response = client.post(links.enter_sheet_url(version.page_id), {"file": csv_file(GOOD)})
    assert errors_of(response) == {2: {"Text"}}


def test_numbers_that_a_spreadsheet_has_changed_are_asked_about(client, site_root):
    version = open_version("<h2>Wohnen</h2>" + "".join(f"<p>Satz {n}.</p>" for n in range(10)))
    rows = [row(Absatz=datetime(2026, 1, 1)), row(Absatz=1.1), row(Absatz=1.2), row(Absatz=1)]
    preview = upload(client, version, xlsx_file(*rows))
    assert errors_of(preview) == {2: {"Absatz"}, 3: {"Absatz"}}
    assert "ein Datum gemacht" in text_of(preview)


def test_a_date_cell_and_another_order_of_columns_are_read(client, version):
    head = ["quelle", "Source", "NAME", "Egal", "Text *", "Absatz", "Datum"]
    rows = [["Brief", "?", "Ada", "x", "So.", "Absatz 1.1.", datetime(2026, 5, 4, 23, 59)]]
    preview = upload(client, version, xlsx_file(*rows, head=head))
    assert errors_of(preview) == {}


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("a.csv", b""), "leer"),
        (SimpleUploadedFile("a.txt", b"x"), ".csv oder .xlsx"),
        (SimpleUploadedFile("a.csv", "Ä".encode("cp1252")), "UTF-8"),
        (SimpleUploadedFile("a.csv", b"Absatz\0"), "Binärdatei"),
        (SimpleUploadedFile("a.csv", b"Absatz;Text\n1;x"), "Es fehlen: Name, Datum, Quelle"),
        (SimpleUploadedFile("a.csv", b"x" * 2_000_001), "größer als 2 MB"),
        (SimpleUploadedFile("a.csv", b"x" * 200_000), "beschädigt"),
        (SimpleUploadedFile("a.xlsx", b"PK\x03\x04"), "beschädigt"),
        (SimpleUploadedFile("a.xlsx", b"\xd0\xcf\x11\xe0"), "altes Format"),
        (csv_file(), "keine Zeilen"),
        (csv_file(*[GOOD] * 1_001), "mehr als 1000 Zeilen"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence(client, version, file, words):
    file.seek(0)
    response = upload(client, version, file)
    assert words in text_of(response)


def with_sheet(change) -> SimpleUploadedFile:
    """Return a workbook whose sheet was changed by hand."""
    content, changed = io.BytesIO(xlsx_file(GOOD).read()), io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode()
            new.writestr(name, change(part) if name.endswith("sheet1.xml") else part)
    return SimpleUploadedFile("a.xlsx", changed.getvalue())


def test_a_workbook_with_entities_is_refused(client, version):
    file = with_sheet(lambda part: '<!DOCTYPE x [<!ENTITY a "aaa">]>' + part.replace("1.1", "&a;"))
    assert "beschädigt" in text_of(upload(client, version, file))


def test_a_row_at_the_end_of_the_sheet_costs_nothing(client, version):
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    file = with_sheet(lambda part: part.replace("</sheetData>", f"{far}</sheetData>"))
    preview = upload(client, version, file)
    assert (errors_of(preview), len(preview.context["rows"])) == ({}, 1)


def test_a_formula_counts_as_what_its_spreadsheet_last_showed(client, version):
    preview = upload(client, version, xlsx_file(row(Text='=HYPERLINK("http://x.example")')))
    assert errors_of(preview) == {2: {"Text"}}, "openpyxl never calculates, so it shows nothing"


def test_a_sealed_table_is_good_for_one_person_and_one_text(client, version):
    preview = upload(client, version, csv_file(GOOD))
    other = Client()
    other.force_login(make_user("superuser"))
    assert "nicht mehr da" not in text_of(client.get(links.enter_sheet_url(version.page_id)))
    for who, values in ((other, {}), (client, {"rows": "nonsense"})):
        assert take_over(who, version, preview, **values).url == links.enter_sheet_url(
            version.page_id
        )
    assert not Annotation.objects.exists()


def test_a_newer_version_is_looked_at_before_anything_is_taken_over(client, site_root):
    version = open_version(HTML)
    preview = upload(client, version, csv_file(GOOD, row(Absatz="1.2")))
    newest = next_version(version, HTML.replace("<p>Busse fahren.</p>", ""))
    again = take_over(client, version, preview)
    assert "Inzwischen gibt es eine neuere Fassung" in text_of(again)
    assert errors_of(again) == {3: {"Absatz"}}
    assert not Annotation.objects.exists()
    take_over(client, newest, again, leave_out="on")
    assert Annotation.objects.get().version == newest


# Marked with its source


def test_its_source_stands_wherever_it_is_public(client, version):
    client.post(links.enter_url(version.page_id), form(source="letter"))
    row = Annotation.objects.get()
    online = annotate(version, position=2)
    guest = Client(headers={"accept-language": "de"})
    for url in (
        version.page.url,
        row.get_absolute_url(),
        f"/de/versions/{version.page_id}/annotations/",
        links.annotation_url(row.pk),
    ):
        reader = client if "admin" in url else guest
        assert text_of(reader.get(url, follow=True)).count("aus einem Brief") == 1, url
    assert "aus einem" not in text_of(guest.get(online.get_absolute_url()))

    table = guest.get(reverse("annotations:csv", args=[version.page_id])).getvalue().decode()
    lines = csv.DictReader(io.StringIO(table.lstrip("\ufeff")))
    assert {line["Quelle"] for line in lines} == {"Brief", "Online"}
    told = guest.get(reverse("synopse_api:annotation", args=[version.page_id, row.uuid])).json()
    assert told["synopse:source"] == "letter"
    told = guest.get(reverse("synopse_api:annotation", args=[version.page_id, online.uuid])).json()
    assert "synopse:source" not in told


def test_listings_are_filtered_by_source(client, version):
    client.post(links.enter_url(version.page_id), form())
    entered, online = Annotation.objects.get(), annotate(version, position=2)
    listed = client.get(links.listing_url(source="workshop")).context["object_list"]
    assert [row.pk for row in listed] == [entered.pk]
    address = f"/de/versions/{version.page_id}/annotations/?source="
    for source, row, other in (("workshop", entered, online), ("online", online, entered)):
        found = text_of(Client().get(address + source))
        assert (str(row.uuid) in found, str(other.uuid) in found) == (True, False)
