"""The balance sheet: every number is the length of the list that it leads to."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from django.urls import reverse
from lxml import html as lxml_html

from annotations.models import Annotation, Source
from annotations.services import reacting
from annotations.services.following import follow
from annotations.services.moderating import hide_annotation, withdraw_annotation
from tests.factories import make_user
from tests.factories.annotations import annotate, answer, dispose, next_version, open_version

pytestmark = pytest.mark.django_db

TEXT = (
    "<h2>Wohnen</h2><p>Die Stadt gehört allen.</p>"
    "<h2>Verkehr</h2><p>Busse fahren jede Stunde über die Brücke.</p><p>Der Hafen bleibt.</p>"
)
CITY, BUSES, HARBOUR = 1, 3, 4


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return open_version([TEXT])


@pytest.fixture
def told(version):
    """Two versions with annotations of every kind in all states; returns the newest."""
    wish = annotate(version, "jede Stunde", position=BUSES, proposed="alle zehn Minuten")
    same = annotate(version, position=BUSES, body="Viel öfter!")
    question = annotate(version, "Stadt", position=CITY, motivation="questioning", body="Wirklich?")
    promise = annotate(version, position=CITY, body="Und die Gäste?")
    refused = annotate(version, "Hafen", position=HARBOUR, body="Weg damit.")
    annotate(version, "Hafen", position=HARBOUR, body="Noch offen.")
    Annotation.objects.filter(pk=refused.pk).update(source=Source.WORKSHOP)
    answer(wish)
    dispose(wish, same, outcome="adopted", reason="")
    dispose(refused, outcome="not_adopted")
    dispose(question, outcome="answered")
    newest = next_version(version, [TEXT.replace("jede Stunde", "alle zehn Minuten")])
    follow(version_id=newest.pk)
    dispose(promise, outcome="partly_adopted")
    hide_annotation(annotation=annotate(newest), actor=make_user("moderator"), ground="Beleidigt.")
    gone = annotate(newest)
    withdraw_annotation(annotation=gone, actor=gone.user)
    for row in (wish, refused):
        row.refresh_from_db()
    reacting.react(annotation=wish, actor=wish.user, agrees=True, reason="")
    reacting.react(annotation=refused, actor=refused.user, agrees=False, reason="Unfair.")
    return newest


def address(version, name: str = "balance") -> str:
    return reverse(f"annotations:{name}", args=[version.page_id])


def listed(client, url: str) -> int:
    response = client.get(url.partition("#")[0])
    assert response.status_code == 200
    assert not response.context["filters"].has_unknown, url
    return response.context["paging"].paginator.count


def test_every_number_is_the_length_of_the_list_that_it_leads_to(client, told):
    page = lxml_html.fromstring(client.get(address(told)).content)
    links = page.xpath("//div[@class='syn-balance']//a[contains(@href, '/annotations/')]")
    numbered = [(a, re.match(r"[\d.]+", a.text_content().strip())) for a in links]
    assert len(links) > 40
    assert all(found for _a, found in numbered)
    counts = {unescape(a.get("href")): int(found[0]) for a, found in numbered}
    assert {url: listed(client, url) for url in counts} == counts


def test_the_numbers_tell_what_became_of_the_annotations(client, told):
    balance = client.get(address(told)).context["balance"]
    counts = {number.key: number.count for number in balance.states}
    assert counts == {
        "adopted": 2,
        "partly_adopted": 1,
        "not_adopted": 1,
        "noted": 0,
        "answered": 1,
        "open": 1,
    }
    tables = {
        table.key: {line.label: line.total for line in table.lines} for table in balance.tables
    }
    assert tables == {
        "chapter": {"1 Wohnen": 2, "2 Verkehr": 3, "Absätze, die nicht mehr da sind": 1},
        "kind": {"Anmerkung": 4, "Frage": 1, "Änderungsvorschlag": 1},
        "source": {"Online": 5, "Werkstatt": 1},
    }
    assert sum(line.total for line in balance.over_time.lines) == 6
    assert {number.key: number.count for number in balance.reactions} == {"agrees": 1, "objects": 1}


def test_the_page_speaks_of_none_and_one_in_the_right_form(client, told):
    text = client.get(address(told)).text
    assert "1 stimmt zu" in text
    assert "1 widerspricht" in text
    Annotation.objects.filter(reaction__agrees=True).update(state="hidden")
    assert "0 stimmen zu" in client.get(address(told)).text


def test_the_flow_leads_from_kinds_over_dispositions_to_the_version_with_the_words(client, told):
    response = client.get(address(told))
    ways = {
        (way.source, way.target): way.count
        for _title, rows in response.context["ways"]
        for way in rows
    }
    assert ways["Änderungsvorschlag", "Übernommen"] == 1
    assert ways["Übernommen", "geändert in Fassung 2"] == 2
    assert ways["Teilweise übernommen", "Änderung vorgesehen"] == 1
    assert ways["Nicht übernommen", "keine Änderung"] == 1
    assert ways["Noch offen", "noch keine Antwort"] == 1
    wide, first, second = response.context["pictures"]
    assert [len(picture.heads) for picture in (wide, first, second)] == [3, 2, 2]
    assert "Übernommen: 2" in {ending.label for ending in wide.endings}


def test_every_picture_has_a_table_and_needs_neither_styles_nor_scripts_of_the_page(client, told):
    page = lxml_html.fromstring(client.get(address(told)).content)
    assert not page.xpath("//main//*[@style]")
    assert not page.xpath("//main//script")
    assert len(page.xpath("//main//table[caption]")) == 6
    for section in page.xpath("//main//section[.//*[name()='svg'][@role='img']]"):
        assert section.xpath(".//table")


def test_an_answer_that_is_not_public_yet_counts_as_open(client, version):
    made = annotate(version)
    dispose(made, outcome="adopted")
    balance = client.get(address(version)).context["balance"]
    assert {n.key: n.count for n in balance.states if n.count} == {"open": 1}
    assert balance.answered.count == 0


def test_a_text_without_annotations_says_so(client, version):
    page = client.get(address(version)).content.decode()
    assert "noch keine Anmerkungen" in page
    assert client.get(address(version, "balance_json")).json()["total"] == 0


def test_a_page_that_is_not_public_has_no_balance_sheet(client, version):
    version.page.specific.unpublish()
    for name in ("balance", "balance_json", "balance_csv"):
        assert client.get(address(version, name)).status_code == 404


def test_the_numbers_are_open_data(client, told):
    data = client.get(address(told, "balance_json")).json()
    assert (data["format"], data["total"], data["answered"]) == ("synopse-balance", 6, 5)
    tables = {table["key"]: table["rows"] for table in data["tables"]}
    assert [row["label"] for row in tables["chapter"]][:2] == ["1 Wohnen", "2 Verkehr"]
    assert tables["source"][1]["counts"]["not_adopted"] == 1
    assert {"kind": "editing", "state": "adopted", "result": "v2", "count": 1} in data["flow"]
    assert data["reactions"] == {"agrees": 1, "objects": 1}
    url = tables["kind"][1]["url"]
    assert url.startswith("http://testserver/de/")
    assert listed(client, url) == tables["kind"][1]["total"]
    text = client.get(address(told, "balance_csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    chapters = [row for row in rows if row["Tabelle"] == "Nach Kapitel"]
    assert sum(int(row["Anzahl"]) for row in chapters) == 6
