"""Looking for annotations: by keyboard, without JavaScript, and in the other language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser import scenes, texts

if TYPE_CHECKING:
    from playwright.sync_api import Locator

TABS = 60


def test_people_search_and_filter_by_keyboard_without_javascript(person):
    stage = scenes.full_stage()
    reader = person(java_script_enabled=False)
    reader.goto(stage.url)
    reach(reader, reader.locator("header.syn-reading__head a", has_text="Anmerkungen"))
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Alle Anmerkungen")
    entries = reader.locator("[data-entry]")
    everything = entries.count()

    reach(reader, reader.get_by_label("In den Anmerkungen suchen"))
    reader.keyboard.type("VIERTEL")
    reader.keyboard.press("Enter")
    expect(entries).to_have_count(1)
    expect(entries.locator("mark").first).to_have_text("Viertel")
    expect(reader.get_by_role("heading", level=2).first).to_have_text("1 Anmerkung")

    reach(reader, reader.get_by_label("Zustand"))
    reader.keyboard.type("Teil")
    reader.keyboard.press("Enter")
    reach(reader, reader.get_by_role("button", name="Anmerkungen anzeigen"))
    reader.keyboard.press("Enter")
    expect(reader.get_by_text("Keine Anmerkung erfüllt das alles")).to_be_visible()
    reach(reader, reader.get_by_role("link", name="entfernen Zustand"))
    reader.keyboard.press("Enter")
    expect(entries).to_have_count(1)
    reach(reader, reader.get_by_role("link", name="entfernen Suche"))
    reader.keyboard.press("Enter")
    expect(entries).to_have_count(everything)
    reach(reader, entries.filter(has_text="Wie breit?").get_by_role("link", name="im Text"))
    reader.keyboard.press("Enter")
    expect(reader).to_have_url(re.compile(r"#p-"))
    expect(reader.locator(".syn-passage:target")).to_contain_text(texts.RIVER)


def test_an_annotation_from_the_german_text_stands_in_the_english_one(person):
    stage = scenes.full_stage()
    reader = person()
    reader.goto(scenes.path_of(stage.english))
    city = reader.locator(".syn-passage", has_text="The city belongs to all.").first
    city.locator(".syn-passage__button").click()
    made = reader.locator(".syn-panel .syn-card", has_text="Das ist mir wichtig.")
    expect(made).to_be_visible()
    expect(made).to_contain_text("Written in another language: Deutsch")
    expect(made.locator("[lang=de]").first).to_be_visible()
    reader.goto(f"/en/versions/{stage.english.pk}/annotations/?language=de")
    entry = reader.locator("[data-entry]", has_text="Das ist mir wichtig.")
    expect(entry).to_contain_text("Deutsch")
    expect(reader.get_by_label("Language")).to_have_value("de")


def reach(page: Page, target: Locator) -> None:
    """Press Tab until something has the focus, from the top of the page."""
    for _ in range(TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
