"""Choosing words by finger and across passages, and seeing all that stands on them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser import pointing, scenes, texts

if TYPE_CHECKING:
    from playwright.sync_api import Locator

FINGERS = {"has_touch": True, "is_mobile": True}
WITHOUT_HIGHLIGHTS = "delete CSS.highlights; delete globalThis.Highlight;"


@pytest.mark.parametrize("width", [375, 320])
def test_a_finger_chooses_words_with_the_toolbar_at_the_bottom(person, assert_accessible, width):
    stage = scenes.open_stage()
    page = person(viewport={"width": width, "height": 640}, **FINGERS)
    scenes.enter(page, stage.users["buergerin"])
    page.goto(stage.url)
    pointing.choose_words(page, texts.BUSES, start=0, end=5)
    expect(page.locator(".syn-toolbar")).to_be_visible()
    pointing.choose_words(page, texts.BUSES, start=13, end=36)  # a handle is dragged on
    assert_docked(page)
    assert_accessible(page)
    page.get_by_role("button", name="Änderung vorschlagen").tap()
    expect(page.locator("[name=quote]")).to_have_value(texts.BUSES[13:36])
    expect(page.locator("[name=proposed]")).to_be_focused()
    page.locator("[name=proposed]").fill("in allen Vierteln jede")
    expect(page.locator("[data-preview] ins")).to_contain_text("allen Vierteln")
    page.locator("[name=body]").fill("Das klingt besser.")
    page.get_by_role("button", name="Anmerkung absenden").tap()
    expect(page.locator("[data-notice]")).to_be_visible()
    page.get_by_role("button", name="Zurück zum Text").tap()
    expect(page.locator(".syn-passage__body", has_text=texts.BUSES)).to_be_in_viewport()
    expect(page.locator("[data-announcer]")).to_contain_text("wieder im Text")
    pointing.click_word(page, texts.BUSES, "Viertel", tap=True)
    expect(page.locator(".syn-panel")).to_contain_text("1 Anmerkung an dieser Stelle")


def assert_docked(page: Page) -> None:
    """The toolbar lies along the lower edge, and its buttons are large enough for fingers."""
    toolbar = page.locator(".syn-toolbar.is-docked")
    expect(toolbar).to_be_visible()
    box = toolbar.bounding_box()
    window = page.viewport_size
    assert box is not None
    assert window is not None
    assert (box["x"], box["width"]) == (0, window["width"])
    assert abs(box["y"] + box["height"] - window["height"]) < 1
    for button in toolbar.get_by_role("button").all():
        target = button.bounding_box()
        assert target is not None
        assert target["height"] >= 44


def test_a_choice_across_passages_says_why_not_and_offers_what_lies_in_one(person):
    stage = scenes.open_stage()
    page = person()
    page.goto(stage.url)
    pointing.choose_words(page, texts.CITY, texts.BUSES, start=30, end=-9)
    toolbar = page.locator(".syn-toolbar")
    expect(toolbar).to_contain_text("Eine Anmerkung steht an einem Absatz")
    expect(page.locator("[data-announcer]")).to_contain_text("in mehreren")
    expect(page.get_by_role("button", name="Anmerken", exact=True)).to_be_hidden()
    most = toolbar.get_by_role("button").first
    number = scenes.passage_of(stage.newest, texts.BUSES).number
    expect(most).to_have_text(f"Nur die Wörter in Absatz {number} nehmen")
    most.click()
    assert page.evaluate("getSelection().toString()") == texts.BUSES[:-9]
    page.get_by_role("button", name="Anmerken", exact=True).click()
    expect(page.locator("[name=quote]")).to_have_value(texts.BUSES[:-9])


@pytest.mark.parametrize("has_highlights", [True, False])
def test_a_click_on_words_lists_all_annotations_that_stand_on_them(person, has_highlights):
    stage = scenes.open_stage()
    citizen = stage.users["buergerin"]
    for number in range(4):
        body = f"Zum Viertel {number}"
        scenes.annotate(stage.newest, texts.BUSES, body, user=citizen, quote=texts.TIMETABLE)
    wide = scenes.annotate(
        stage.newest, texts.BUSES, "Zu allem davor", user=citizen, quote=texts.BUSES[:40]
    )
    scenes.annotate(stage.newest, texts.BUSES, "Zum Ende", user=citizen, quote="am Sonntag")
    scenes.annotate(stage.newest, texts.BUSES, "Zum ganzen Absatz", user=citizen)
    page = person()
    if not has_highlights:
        page.add_init_script(WITHOUT_HIGHLIGHTS)
    page.goto(stage.url)
    panel = page.locator(".syn-panel")
    pointing.click_word(page, texts.BUSES, "Viertel")
    expect(panel.get_by_role("heading", level=2).first).to_have_text(
        "5 Anmerkungen an dieser Stelle"
    )
    expect(panel.get_by_role("heading", level=2).first).to_be_focused()
    expect(page.locator("[data-announcer]")).to_contain_text("5 Anmerkungen an dieser Stelle")
    expect(panel.locator(".syn-card")).to_have_count(5)
    expect(panel).not_to_contain_text("Zum Ende")
    panel.locator("[name=body]").fill("Halb geschrieben")
    panel.get_by_role("link", name=re.compile("Alle Anmerkungen zu .*7")).click()
    expect(panel.locator(".syn-card")).to_have_count(7)
    expect(panel.locator("[name=body]")).to_have_value("Halb geschrieben")
    pointing.click_word(page, texts.BUSES, "Busse")
    expect(panel.locator(".syn-card")).to_have_count(1)
    expect(panel.locator(f"#a-{wide.uuid}.is-active")).to_be_visible()
    expect(page.locator(".syn-passage__button.has-annotations")).to_have_text("7")
    assert page.locator(".syn-passage--heat-4").count() == 1


def test_a_card_leads_to_its_words_and_back(person):
    stage = scenes.full_stage()
    page = person()
    page.goto(stage.url)
    fresh = stage.annotations["fresh"]
    card = page.locator(f"#a-{fresh.uuid}")
    short = card.bounding_box()["height"]
    link = card.get_by_role("button", name="Im Text zeigen")
    link.press("Enter")
    body = page.locator(".syn-passage__body", has_text=texts.RIVER).first
    expect(body).to_be_focused()
    expect(body).to_be_in_viewport()
    expect(page.locator("[data-announcer]")).to_contain_text("Hervorgehoben: „Ufer“")
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    assert card.bounding_box()["height"] > short


def test_a_text_that_was_begun_outlives_its_tab_until_it_is_discarded(person):
    stage = scenes.open_stage()
    first = person()
    first.goto(scenes.passage_url(stage.newest, texts.CITY))
    first.locator("[name=body]").fill("Noch nicht fertig")
    first.locator("[name=name]").fill("Frida")
    context = first.context
    first.close()
    page = context.new_page()
    page.goto(stage.url)
    button_of_the_city(page).click()
    expect(page.locator(".syn-kept")).to_contain_text("nur in diesem Browser")
    expect(page.locator("[name=body]")).to_have_value("Noch nicht fertig")
    expect(page.locator("[name=name]")).to_have_value("")
    page.get_by_role("button", name="Verwerfen").click()
    expect(page.locator("[name=body]")).to_have_value("")
    expect(page.locator("[name=body]")).to_be_focused()
    page.reload()
    button_of_the_city(page).click()
    expect(page.locator("[name=body]")).to_be_visible()
    expect(page.locator(".syn-kept")).to_have_count(0)


def test_a_text_that_was_begun_is_gone_for_the_next_person_once_its_author_has_signed_out(person):
    stage = scenes.open_stage()
    page = person()
    scenes.enter(page, stage.users["buergerin"])
    page.goto(scenes.passage_url(stage.newest, texts.CITY))
    page.locator("[name=body]").fill("Nur für mich")
    assert "Nur für mich" in page.evaluate("JSON.stringify(localStorage)")
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("link", name="Anmelden").first).to_be_visible()
    page.goto(scenes.passage_url(stage.newest, texts.CITY))
    expect(page.locator("[name=name]")).to_be_visible()
    expect(page.locator("[name=body]")).to_have_value("")


def button_of_the_city(page: Page) -> Locator:
    passage = page.locator(".syn-passage", has_text=texts.CITY).first
    return passage.locator(".syn-passage__button")
