"""Where words come from, asked by mouse, by keyboard and without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser import scenes, texts

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.scenes import Stage

NOW = "alle zehn Minuten"
BEFORE = "jede Stunde"
ANSWER = "Alle zehn Minuten sind gut."
CLOSE = "Schließen"


def test_a_click_on_words_tells_where_they_come_from(person):
    page, _stage = open_origin(person())
    mark(page, NOW).click()
    opened = card(page)
    expect(opened).to_contain_text("Fassung 2: Überarbeiteter Entwurf")
    expect(opened.locator("del")).to_have_text(BEFORE)
    expect(opened).to_contain_text(ANSWER)
    expect(opened.get_by_role("heading")).to_be_focused()
    expect(to_annotation(page)).to_be_visible()
    opened.get_by_role("button", name=CLOSE).click()
    expect(opened).to_have_count(0)
    expect(mark(page, NOW)).to_be_focused()
    mark(page, NOW).click()
    mark(page, NOW).click()
    expect(opened).to_have_count(0)
    mark(page, texts.RIVER).click()
    expect(card(page)).to_have_count(1)
    expect(card(page)).to_contain_text(re.compile("Absatz war neu|Vorher hieß es"))


def test_the_change_and_the_annotation_are_one_link_away(person):
    page, stage = open_origin(person())
    mark(page, NOW).click()
    card(page).get_by_role("link", name="Änderung im Vergleich ansehen").click()
    page.wait_for_url("**/compare/1/2/**")
    expect(page.locator("ins:target, :target ins").first).to_be_visible()
    page.go_back()
    mark(page, NOW).click()
    to_annotation(page).click()
    page.wait_for_url(f"**/annotations/{stage.annotations['adopted'].uuid}/**")


def test_words_are_reached_and_opened_by_keyboard(person):
    page, stage = open_origin(person())
    publish_third_version(stage)
    page.goto(f"/de/versions/{stage.draft.pk}/3/origin/")
    marks = page.locator("a[data-origin][id]")
    expect(marks.nth(2)).to_be_attached()
    expect(page.locator("[data-syn-keys]")).to_be_visible()
    expect(page.locator("a[data-origin][tabindex='0']")).to_have_count(1)
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        expect(marks.nth(place)).to_be_focused()
        expect(marks.nth(place)).to_be_in_viewport()
    expect(page.locator("[data-syn-status]")).to_contain_text("keine weiteren")
    expect(page.locator("a[data-origin][tabindex='0']")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(card(page).get_by_role("heading")).to_be_focused()
    expect(card(page)).to_be_in_viewport()
    expect(page.locator("[data-syn-status]")).to_contain_text("Geöffnet")
    page.keyboard.press("Tab")
    expect(card(page).get_by_role("button", name=CLOSE)).to_be_focused()
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    expect(marks.nth(1)).to_be_focused()


def test_letters_typed_into_a_field_do_not_move_the_focus(person):
    page, _stage = open_origin(person())
    page.locator("select").first.focus()
    page.keyboard.press("j")
    expect(page.locator("select").first).to_be_focused()


def test_a_narrow_page_shows_the_card_below_its_paragraph(person):
    page, _stage = open_origin(person(viewport={"width": 320, "height": 700}))
    mark(page, NOW).click()
    passage = page.locator(".syn-passage", has_text=texts.BUSES_NOW)
    body = passage.locator("[data-passage]").bounding_box()
    shown = card(page).bounding_box()
    assert shown["y"] >= body["y"] + body["height"]
    assert shown["x"] + shown["width"] <= 320
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_javascript_words_lead_to_their_entry(person):
    page, _stage = open_origin(person(java_script_enabled=False))
    expect(page.locator("[data-syn-keys]")).to_be_hidden()
    mark(page, NOW).click()
    entry = page.locator("li:target")
    expect(entry).to_be_visible()
    expect(entry.locator("del")).to_have_text(BEFORE)
    expect(entry).to_contain_text(ANSWER)
    entry.get_by_role("link", name="im Text").click()
    expect(page.locator("a:target")).to_have_text(NOW)


def test_without_javascript_the_lists_are_reached_by_keyboard(person):
    page, _stage = open_origin(person(java_script_enabled=False))
    fold = page.locator(".syn-passage", has_text=texts.BUSES_NOW).locator("summary")
    for _ in range(60):
        page.keyboard.press("Tab")
        if fold.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("details[open]")).to_contain_text(BEFORE)


def test_the_browser_shows_the_stored_text_and_signs_outside_of_it(person):
    page, stage = open_origin(person())
    shown = page.locator("[data-passage]").evaluate_all("all => all.map((one) => one.textContent)")
    assert shown == [passage.text for passage in stage.newest.passages.in_order()]
    style = "element => getComputedStyle(element, '::{}').content"
    assert mark(page, NOW).evaluate(style.format("after")) == '"2"'
    assert "eingefügt in Fassung 2" in mark(page, NOW).evaluate(style.format("before"))
    expect(mark(page, NOW)).to_have_accessible_name(re.compile("eingefügt in Fassung 2: ?" + NOW))


def test_a_version_shows_only_its_words_and_the_whole_text_comes_back(person):
    page, stage = open_origin(person())
    page.get_by_role("link", name=re.compile(r"\d+ Stellen")).click()
    page.wait_for_url("**brought=2**")
    texts = page.locator("[data-passage]")
    assert 0 < texts.count() < stage.newest.passages.count()
    page.get_by_role("link", name="Wieder die Wörter aller Fassungen zeigen").click()
    expect(texts).to_have_count(stage.newest.passages.count())


def open_origin(page: Page) -> tuple[Page, Stage]:
    """Go from the text over its versions to where its words come from."""
    stage = scenes.full_stage()
    page.goto(f"/de/versions/{stage.draft.pk}/2/")
    page.get_by_role("link", name="Woher die Wörter stammen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Woher die Wörter")
    return page, stage


def publish_third_version(stage: Stage) -> None:
    """Publish the text once more, with other words in one paragraph."""
    blocks = [dict(block) for block in stage.draft.body.raw_data]
    for block in blocks:
        if texts.LIBRARY in str(block["value"]):
            block["value"] = block["value"].replace("sonntags", "jeden Tag")
    stage.versions.append(scenes.publish_text(stage.draft, blocks, label="Vorlage"))


def mark(page: Page, words: str) -> Locator:
    return page.locator("a[data-origin][id]").filter(has_text=re.compile(f"^{re.escape(words)}$"))


def to_annotation(page: Page) -> Locator:
    return card(page).get_by_role("link", name=re.compile("Zur Anmerkung.*" + texts.TIMETABLE))


def card(page: Page) -> Locator:
    return page.locator(".syn-origin-card")
