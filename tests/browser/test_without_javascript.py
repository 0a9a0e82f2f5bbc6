"""Everything that citizens do works without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenes, texts
from tests.browser.conftest import PASSWORD, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Locator

SENT = "Wir haben Ihnen eine E-Mail geschickt"


@pytest.fixture
def plain(person):
    """Return a maker of people whose browsers run no scripts."""
    return lambda: person(java_script_enabled=False)


def test_people_annotate_confirm_and_reply_without_javascript(plain):
    stage = scenes.open_stage()
    guest = plain()
    read_the_text(guest)
    follow_button(guest, texts.BUSES)
    expect(guest.locator("[data-passage]")).to_have_text(texts.BUSES)
    fill(guest, body="Öfter, bitte.", quote="jede Stunde", name="Frida", email="frida@example.org")
    press(guest, "Anmerkung absenden")
    expect(guest.locator("main")).to_contain_text(SENT)
    guest.goto(stage.url)
    expect(guest.locator("main")).not_to_contain_text("Öfter, bitte.")
    confirm(guest, "frida@example.org", stage.url)
    made = card(guest, "Öfter, bitte.")
    expect(made).to_be_visible()
    expect(made.locator("blockquote")).to_have_text("jede Stunde")

    citizen = plain()
    sign_in(citizen, "buergerin")
    citizen.goto(stage.url)
    follow_button(citizen, texts.CITY)
    expect(citizen.locator("[name=email]")).to_have_count(0)
    fill(citizen, body="So ist es schöner.", quote="gehört allen", proposed="ist für alle da")
    citizen.get_by_label("Ich schlage andere Wörter vor").check()
    press(citizen, "Anmerkung absenden")
    expect(citizen.locator("[role=status]").first).to_contain_text("Vielen Dank")
    suggested = card(citizen, "So ist es schöner.")
    open_cards(suggested)
    expect(suggested.locator("del").first).to_be_visible()
    expect(suggested.locator("ins").first).to_be_visible()

    neighbour = plain()
    sign_in(neighbour, "nachbar")
    neighbour.goto(stage.url)
    found = card(neighbour, "Öfter, bitte.")
    open_cards(found)
    found.get_by_role("link", name="Antworten").click()
    expect(neighbour.locator("main")).to_contain_text("Öfter, bitte.")
    fill(neighbour, body="Ja, viel öfter.")
    press(neighbour, "Antwort absenden")
    expect(neighbour.locator("[role=status]").first).to_contain_text("Vielen Dank")
    expect(neighbour.locator(".syn-reply", has_text="Ja, viel öfter.")).to_be_visible()


def test_people_sign_in_while_writing_then_mend_and_withdraw_without_javascript(plain):
    stage = scenes.open_stage()
    reader = plain()
    reader.goto(scenes.passage_url(stage.newest, texts.BUSES))
    fill(reader, body="Öfter, bitte.", quote="jede Stunde")
    press(reader, "Anmelden, Text behalten")
    reader.locator("[name=login]").fill("buergerin")
    reader.locator("[name=password]").fill(PASSWORD)
    press(reader, "Anmelden")
    expect(reader.locator("main")).to_contain_text("Ihr Text ist noch da.")
    assert_kept(reader, body="Öfter, bitte.", quote="jede Stunde")
    press(reader, "Anmerkung absenden")
    expect(reader.locator("[role=status]").first).to_contain_text("Vielen Dank")

    made = card(reader, "Öfter, bitte.")
    open_cards(made)
    made.get_by_role("link", name="Link").click()
    reader.get_by_role("link", name="Bearbeiten").click()
    reader.locator("main [name=body]").fill("Viel öfter, bitte.")
    press(reader, "Neue Worte speichern")
    expect(reader.locator("[role=status]").first).to_contain_text("gespeichert")
    expect(reader.locator(".syn-trace")).to_contain_text("Viel öfter, bitte.")
    reader.get_by_role("link", name="Zurückziehen").click()
    press(reader, "Endgültig zurückziehen")
    expect(reader.locator(".syn-card__tombstone")).to_contain_text("zurückgezogen")
    expect(reader.locator("main")).not_to_contain_text("Viel öfter, bitte.")


def test_people_mean_certain_sentences_without_javascript(plain):
    stage = scenes.open_stage()
    version = scenes.publish_trees(stage)
    citizen = plain()
    sign_in(citizen, "buergerin")
    citizen.goto(scenes.passage_url(version, texts.RIVER))
    expect(citizen.locator("[name=sentences]")).to_have_count(0)
    citizen.goto(scenes.passage_url(version, texts.TREES))
    citizen.get_by_text("Bestimmte Sätze auswählen").click()
    citizen.get_by_label("Bäume geben Schatten, z. B. am Markt.").check()
    citizen.get_by_label("Jedes Jahr kommen hundert hinzu.").check()
    fill(citizen, body="Mehr davon.")
    press(citizen, "Anmerkung absenden")
    expect(citizen.locator("#annotation-sentences_error")).to_contain_text("ohne Lücke")
    link = citizen.locator(".syn-error-summary a[href='#annotation-sentences']")
    expect(link).to_be_visible()
    expect(citizen.locator("#annotation-sentences")).to_be_visible()
    expect(citizen.locator("[name=body]")).to_have_value("Mehr davon.")
    citizen.get_by_label("Sie kühlen die Luft.").check()
    citizen.get_by_label("Bäume geben Schatten, z. B. am Markt.").uncheck()
    press(citizen, "Anmerkung absenden")
    expect(citizen.locator("[role=status]").first).to_contain_text("Vielen Dank")
    made = card(citizen, "Mehr davon.")
    expect(made.locator("blockquote")).to_have_text(
        "Sie kühlen die Luft. Jedes Jahr kommen hundert hinzu."
    )


def test_people_compare_and_follow_an_annotation_without_javascript(plain):
    stage = scenes.full_stage()
    reader = plain()
    reader.goto(stage.url)
    reader.get_by_role("link", name="Vergleich").first.click()
    for layout in ("Synopse", "Fließtext"):
        choose(reader, layout, "Nur Änderungen")
        row = reader.locator(".syn-row", has_text="Alle zehn Minuten sind gut.")
        expect(row.locator("del").first).to_be_visible()
        expect(row.locator("ins").first).to_be_visible()
    folded = reader.get_by_text(texts.FILLING[2])
    expect(folded).to_be_hidden()
    reader.locator(".syn-fold", has_text=texts.FILLING[2]).locator("summary").click()
    expect(folded).to_be_visible()
    choose(reader, "Synopse", "Alles")
    expect(reader.get_by_text(texts.FILLING[2]).first).to_be_visible()
    reader.locator(".syn-summary a", has_text="verschoben").first.click()
    expect(reader.locator(".syn-row", has_text=texts.LIBRARY).first).to_be_visible()
    expect(reader.get_by_text(texts.BUSES_NOW)).to_have_count(0)
    reader.get_by_role("link", name=re.compile("verschoben von")).first.click()
    ghost = reader.locator(".syn-row--ghost", has_text=texts.LIBRARY[:20])
    expect(ghost).to_be_in_viewport()
    ghost.get_by_role("link", name=re.compile("verschoben nach")).click()
    expect(reader.locator("article", has_text=texts.LIBRARY)).to_be_in_viewport()
    reader.get_by_role("link", name="Nächste Änderung", exact=True).click()
    first = reader.locator("#c-1")
    expect(first).to_be_in_viewport()
    first.get_by_role("link", name="nächste Änderung").click()
    expect(reader.locator("#c-2")).to_be_in_viewport()
    reader.locator("#c-2").get_by_role("link", name="Link zu dieser Änderung").click()
    expect(reader).to_have_url(re.compile("at=p-"))
    expect(reader.locator("#c-2")).to_be_in_viewport()
    reader.locator(".syn-overview li > a").nth(1).click()
    expect(reader).to_have_url(re.compile("chapter=1"))
    reader.locator("form").get_by_role("link", name="Herkunft").click()
    expect(reader).to_have_url(re.compile("/origin/"))

    reader.goto(stage.url)
    made = card(reader, "Öfter, bitte.")
    open_cards(made)
    expect(made).to_contain_text("damals")
    expect(made).to_contain_text(texts.TIMETABLE)
    expect(made).to_contain_text("heute")
    expect(made).to_contain_text("Übernommen")
    made.get_by_role("link", name="Link").click()
    expect(reader.locator(".syn-trace del").first).to_be_visible()
    expect(reader.locator(".syn-trace")).to_contain_text("Alle zehn Minuten sind gut.")
    reader.get_by_role("link", name="Änderung im Vergleich ansehen").first.click()
    expect(reader.locator(".syn-row", has_text="Alle zehn Minuten sind gut.")).to_be_visible()

    reader.locator("footer").get_by_role("link", name="Problem melden").click()
    expect(reader.locator("[name=page_url]")).to_have_value(re.compile("/compare/"))
    press(reader, "Meldung absenden")
    expect(reader.locator(".syn-error-summary li")).to_have_count(2)
    reader.get_by_label("Eine Barriere").check()
    reader.locator("[name=text]").fill("Die Schrift ist klein.")
    press(reader, "Meldung absenden")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Vielen Dank")


def test_wrong_entries_are_said_at_the_field_and_the_text_is_kept(plain):
    stage = scenes.open_stage()
    guest = plain()
    guest.goto(scenes.passage_url(stage.newest, texts.BUSES))
    press(guest, "Anmerkung absenden")
    for name in ("body", "name", "email"):
        assert_refused(guest, name)
    fill(guest, body="Mein Text.", name="Frida", email="keine Adresse", quote="nie gesagt")
    press(guest, "Anmerkung absenden")
    assert_refused(guest, "email")
    assert_kept(guest, body="Mein Text.", name="Frida", email="keine Adresse", quote="nie gesagt")
    fill(guest, email="frida@example.org")
    press(guest, "Anmerkung absenden")
    assert_refused(guest, "quote")
    fill(guest, quote="jede")
    press(guest, "Anmerkung absenden")
    assert_refused(guest, "quote")
    assert_kept(guest, body="Mein Text.", quote="jede")
    long = "lang " * 601
    fill(guest, quote="jede Stunde", body=long)
    press(guest, "Anmerkung absenden")
    assert_refused(guest, "body", says="4 Zeichen zu lang")
    assert_kept(guest, body=long, quote="jede Stunde")
    guest.get_by_label("Ich schlage andere Wörter vor").check()
    fill(guest, body="Mein Text.")
    press(guest, "Anmerkung absenden")
    assert_refused(guest, "proposed")
    guest.get_by_label("Ich möchte etwas fragen").check()
    fill(guest, website="https://spam.example")
    press(guest, "Anmerkung absenden")
    expect(guest.locator(".syn-error-summary")).to_contain_text("leer")
    assert_kept(guest, body="Mein Text.")
    fill(guest, website="")
    press(guest, "Anmerkung absenden")
    expect(guest.locator("main")).to_contain_text(SENT)


def test_a_text_comes_back_when_the_window_has_closed_meanwhile(plain):
    stage = scenes.open_stage()
    guest, waiting, citizen = plain(), plain(), plain()
    url = scenes.passage_url(stage.newest, texts.BUSES)
    waiting.goto(url)
    fill(waiting, body="Noch nicht bestätigt.", name="Ole", email="ole@example.org")
    press(waiting, "Anmerkung absenden")
    for reader in (guest, citizen):
        reader.goto(url)
    fill(guest, body="Fast zu spät.", quote="Busse", name="Frida", email="frida@example.org")
    fill(citizen, quote="Busse", name="Frida")
    scenes.close_window(stage)
    press(guest, "Anmerkung absenden")
    expect(guest.get_by_role("alert")).to_contain_text("vorbei")
    kept = guest.locator("textarea[readonly]")
    expect(kept).to_have_count(2)
    expect(kept.first).to_have_value("Busse")
    expect(kept.last).to_have_value("Fast zu spät.")
    press(citizen, "Anmerkung absenden")
    expect(citizen.locator("textarea[readonly]")).to_have_value("Busse")
    waiting.goto(scenes.link_of("ole@example.org"))
    press(waiting, "Bestätigen und veröffentlichen")
    expect(waiting.locator("textarea[readonly]")).to_have_value("Noch nicht bestätigt.")
    guest.goto(stage.url)
    expect(guest.locator("main")).not_to_contain_text("Noch nicht bestätigt.")
    expect(guest.locator(".syn-passage__button:visible")).to_have_count(0)


def read_the_text(reader: Page) -> None:
    """Find the text from the home page."""
    reader.goto("/de/")
    reader.get_by_role("link", name=texts.TITLE).first.click()
    expect(reader.get_by_text("Sie können bis").first).to_be_visible()


def follow_button(reader: Page, words: str) -> None:
    """Follow the link beside a passage, which is a button where scripts run."""
    row = reader.locator(".syn-passage", has_text=words).first
    row.get_by_role("link", name=re.compile("anmerken")).click()
    expect(reader.locator("form[data-form]")).to_be_visible()


def fill(writer: Page, **values: str) -> None:
    """Fill fields of the form in by their names."""
    for name, value in values.items():
        writer.locator(f"form[data-form] [name={name}]").fill(value)


def press(person: Page, name: str) -> None:
    person.locator("main").get_by_role("button", name=name).click()


def confirm(guest: Page, address: str, text_url: str) -> None:
    """Open the link of the mail twice; only the button publishes."""
    link = scenes.link_of(address)
    for _time in range(2):
        guest.goto(link)
        expect(guest.get_by_role("button", name="Bestätigen und veröffentlichen")).to_be_visible()
    guest.goto(text_url)
    expect(guest.locator(".syn-card")).to_have_count(0)
    guest.goto(link)
    press(guest, "Bestätigen und veröffentlichen")
    expect(guest.locator("[role=status]").first).to_contain_text("Vielen Dank")
    open_cards(guest.locator(".syn-card").first)
    again = guest.context.new_page()
    again.goto(link)
    expect(again.get_by_role("button", name="Bestätigen und veröffentlichen")).to_have_count(0)
    again.close()


def open_cards(found: Locator) -> None:
    """Open the fold of a passage's cards, where it is not open yet."""
    fold = found.locator("xpath=ancestor::details")
    if fold.count() and fold.get_attribute("open") is None:
        fold.locator("summary").first.click()


def card(reader: Page, words: str) -> Locator:
    return reader.locator("[data-card]", has_text=words).first


def choose(reader: Page, layout: str, extent: str) -> None:
    """Choose how a comparison is shown."""
    reader.get_by_label(layout).check()
    reader.get_by_label(extent).check()
    press(reader, "Vergleich zeigen")


def assert_refused(writer: Page, name: str, *, says: str = "") -> None:
    """The field is marked, its message is tied to it, and the summary leads there."""
    widget = writer.locator(f"form[data-form] [name={name}]")
    expect(widget).to_have_attribute("aria-invalid", "true")
    described = (widget.get_attribute("aria-describedby") or "").split()
    errors = [f"#{each}" for each in described if each.endswith("_error")]
    assert errors, f"no message is tied to {name}: {described}"
    expect(writer.locator(errors[0])).to_contain_text(says or re.compile(r"\S"))
    anchor = widget.get_attribute("id")
    expect(writer.locator(f".syn-error-summary a[href='#{anchor}']")).to_be_visible()
    assert writer.title().startswith("Fehler")


def assert_kept(writer: Page, **values: str) -> None:
    for name, value in values.items():
        expect(writer.locator(f"form[data-form] [name={name}]")).to_have_value(value)
