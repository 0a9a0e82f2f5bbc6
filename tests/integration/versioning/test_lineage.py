"""Passages keep their identity through what editors really do to a text."""

from __future__ import annotations

import uuid
from io import BytesIO

import pytest
from django.utils import timezone
from docx import Document

from cms_pages.core.documents import read_document
from cms_pages.services.importing import VersionDetails, import_draft
from tests.factories import make_draft, make_process, publish, set_html, site_root
from tests.testapp.models import CharterPage
from versioning.models import Lineage, Version

pytestmark = pytest.mark.django_db

WAYS = "Die Stadt baut bis zum Jahr 2030 neue Radwege in allen zwölf Bezirken."
DATA = "Offene Daten der Verwaltung helfen Vereinen, Forschung und kleinen Unternehmen."
LOT = "Ein Rat aus zufällig gelosten Menschen begleitet jede größere Entscheidung."
SCHOOL = "Schulen erhalten schnelle Leitungen und Geräte, die sie selbst auswählen."
CLIMATE = "Das Klima im Kiez wird mit Bäumen, Wasser und hellem Pflaster verbessert."
ALL = [WAYS, DATA, LOT, SCHOOL, CLIMATE]


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def uids(version: Version) -> dict[str, uuid.UUID]:
    """Return the uid of each passage by its words."""
    return {passage.text: passage.uid for passage in version.passages.in_order()}


@pytest.fixture
def draft(root):
    return make_draft(html=[f"<h2>Wege</h2>{paragraphs(*ALL[:3])}", paragraphs(*ALL[3:])])


@pytest.fixture
def first(draft):
    return uids(publish(draft))


def after(draft, html) -> dict[str, uuid.UUID]:
    version = publish(draft, html=html)
    assert version.number > 1
    return uids(version)


def test_an_edited_passage_keeps_its_uid(draft, first):
    edited = WAYS.replace("neue", "breite und sichere")
    now = after(draft, [f"<h2>Wege</h2>{paragraphs(edited, DATA, LOT)}", paragraphs(*ALL[3:])])
    assert now[edited] == first[WAYS]
    assert {text: now[text] for text in ALL[1:]} == {text: first[text] for text in ALL[1:]}


def test_a_moved_passage_keeps_its_uid_in_another_block(draft, first):
    now = after(draft, [f"<h2>Wege</h2>{paragraphs(DATA, LOT)}", paragraphs(SCHOOL, WAYS, CLIMATE)])
    assert now == first


def test_a_split_passage_leaves_its_uid_to_one_part_and_lineage_to_both(draft, first):
    joined = publish(draft, html=paragraphs(f"{WAYS} {LOT}", DATA))
    whole = uids(joined)[f"{WAYS} {LOT}"]
    now = after(draft, paragraphs(WAYS, LOT, DATA))
    assert [now[WAYS], now[LOT]].count(whole) == 1
    relations = Lineage.objects.filter(old__uid=whole, old__version=joined)
    assert {(row.new.text, row.relation) for row in relations} == {(WAYS, "split"), (LOT, "split")}


def test_a_merged_passage_has_one_of_its_uids_and_lineage_of_both(draft, first):
    merged = f"{SCHOOL} {CLIMATE}"
    now = after(draft, [f"<h2>Wege</h2>{paragraphs(*ALL[:3])}", paragraphs(merged)])
    assert now[merged] in {first[SCHOOL], first[CLIMATE]}
    origins = Lineage.objects.filter(new__text=merged).values_list("old__uid", "relation")
    assert set(origins) == {(first[SCHOOL], "merged"), (first[CLIMATE], "merged")}


def test_a_chapter_pasted_anew_keeps_every_uid(draft, first):
    edited = LOT.replace("jede größere", "jede wichtige")
    page = type(draft).objects.get(pk=draft.pk)
    page.body = page.body.stream_block.to_python(
        [{"type": "text", "id": str(uuid.uuid4()), "value": piece} for piece in (
            f"<h2>Wege</h2>{paragraphs(WAYS, DATA)}", paragraphs(edited), paragraphs(*ALL[3:]),
        )]
    )  # fmt: skip
    page.save_revision().publish()
    now = uids(page.newest_version)
    assert now.pop(edited) == first.pop(LOT)
    assert now == first


def test_a_list_item_turned_into_a_paragraph_keeps_its_uid(draft):
    listed = f"<ul><li>{WAYS}</li><li>{DATA}</li></ul>"
    before = uids(publish(draft, html=listed))
    now = after(draft, f"{paragraphs(WAYS)}<ul><li>{DATA}</li></ul>")
    assert now == before


def test_a_heading_turned_into_a_lower_one_keeps_its_uid(draft, first):
    now = after(draft, [f"<h3>Wege</h3>{paragraphs(*ALL[:3])}", paragraphs(*ALL[3:])])
    assert now == first


def test_a_table_that_gains_a_row_keeps_the_uids_of_the_others(root):
    def table(*rows: tuple[str, str]) -> str:
        cells = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows)
        return f"<table>{cells}</table>"

    page = site_root().add_child(
        instance=CharterPage(title="Tabelle", slug="tabelle", body="", live=False)
    )
    rows = [("Mitte", "12 km"), ("Pankow", "12 km"), ("Spandau", "7 km")]
    before = uids(publish(page, html=table(*rows)))
    now = after(page, table(*rows[:2], ("Neukölln", "12 km"), rows[2]))
    assert {text: now[text] for text in before} == before
    assert now["Neukölln 12 km"] not in before.values()


def word_file(*texts: str, table: list[list[str]] | None = None) -> tuple[str, bytes]:
    document = Document()
    document.add_heading("Wege", level=1)
    for text in texts:
        document.add_paragraph(text)
    if table:
        made = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, words in zip(made.add_row().cells, row, strict=True):
                cell.text = words
    stored = BytesIO()
    document.save(stored)
    return "entwurf.docx", stored.getvalue()


def test_a_word_file_imported_again_keeps_every_uid(root):
    table = [["Bezirk", "Wege"], ["Mitte", "12 km"], ["Spandau", "7 km"]]
    done = import_draft(
        document=read_document(word_file(*ALL, table=table)),
        parent=make_process(),
        title="Aus Word",
        actor=None,
        publish=VersionDetails(label="Eins"),
    )
    before = uids(done.version)
    edited = DATA.replace("kleinen Unternehmen", "jungen Firmen")
    table.insert(2, ["Neukölln", "9 km"])
    again = import_draft(
        document=read_document(
            word_file("Ein ganz neuer Satz über Wasser.", WAYS, edited, SCHOOL, LOT, CLIMATE,
                      table=table)
        ),
        page=done.page,
        actor=None,
        publish=VersionDetails(label="Zwei"),
    )  # fmt: skip
    now = uids(again.version)
    assert now[edited] == before[DATA]
    kept = {text: uid for text, uid in before.items() if text != DATA}
    assert {text: now[text] for text in kept} == kept


def test_a_passage_that_comes_back_unchanged_is_the_same_passage(draft, first):
    without = after(draft, [f"<h2>Wege</h2>{paragraphs(WAYS, DATA)}", paragraphs(*ALL[3:])])
    assert first[LOT] not in without.values()
    again = after(draft, [f"<h2>Wege</h2>{paragraphs(WAYS, DATA)}", paragraphs(*ALL[3:], LOT)])
    assert again == first


def test_a_passage_that_comes_back_with_other_words_is_another_one(draft, first):
    after(draft, [f"<h2>Wege</h2>{paragraphs(WAYS, DATA)}", paragraphs(*ALL[3:])])
    changed = LOT.replace("zufällig gelosten Menschen", "Fachleuten")
    again = after(draft, [f"<h2>Wege</h2>{paragraphs(WAYS, DATA)}", paragraphs(*ALL[3:], changed)])
    assert again[changed] not in first.values()


def test_a_few_words_that_come_back_may_be_anothers(draft):
    publish(draft, html=f"<h3>Drei Worte nur</h3>{paragraphs(WAYS)}")
    after(draft, paragraphs(WAYS, DATA))
    again = after(draft, f"{paragraphs(WAYS, DATA)}<h3>Drei Worte nur</h3>")
    everything = Version.objects.get(page=draft, number=1)
    assert again["Drei Worte nur"] not in uids(everything).values()


def test_words_that_come_back_twice_are_nobodys(draft, first):
    after(draft, paragraphs(*ALL[:2]))
    version = publish(draft, html=paragraphs(*ALL[:2], LOT, "Ein Satz dazwischen.", LOT))
    found = [passage.uid for passage in version.passages.in_order() if passage.text == LOT]
    assert first[LOT] not in found


def test_a_withheld_passage_gives_its_uid_to_nobody(draft, first):
    after(draft, paragraphs(*ALL[:2]))
    version = Version.objects.get(page=draft, number=1)
    version.passages.filter(text=LOT).update(withheld_at=timezone.now())
    now = after(draft, paragraphs(*ALL[:3]))
    assert now[LOT] != first[LOT]


def test_drafts_saved_in_between_change_no_uid(draft, first):
    page = type(draft).objects.get(pk=draft.pk)
    for html in (paragraphs("Etwas ganz anderes."), paragraphs(*reversed(ALL))):
        set_html(page, html)
        page.save_revision()
    now = after(draft, [f"<h2>Wege</h2>{paragraphs(*reversed(ALL[:3]))}", paragraphs(*ALL[3:])])
    assert now == first
