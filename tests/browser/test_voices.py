"""Supporting and following: by mail, by buttons without JavaScript, and from the card by key."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser import scenes, texts
from tests.browser.conftest import sign_in

ADDRESS = "ada@example.org"
CARDS_LIE_APART = """() => {
  const lists = [...document.querySelectorAll("[data-cards]")];
  const boxes = lists.map((list) => list.getBoundingClientRect());
  return boxes.every(({ top }, i) => i === 0 || top >= boxes[i - 1].bottom);
}"""


def test_a_guest_supports_and_follows_through_the_mails(person):
    stage = scenes.open_stage()
    citizen = stage.users["buergerin"]
    scenes.annotate(stage.newest, texts.BUSES, "Öfter, bitte.", user=citizen)
    guest = person()
    guest.goto(stage.url)
    guest.get_by_role("link", name="Unterstützen (Anmerkung von buergerin)").click()
    ask_for_the_link(guest)
    confirm(guest, "/annotations/support/", "Ja, das unterstütze ich")
    expect(guest.get_by_role("status").first).to_contain_text("Ihre Unterstützung zählt.")
    expect(guest.locator("#support")).to_contain_text("1 Person unterstützt das")

    guest.goto(stage.url)
    expect(guest.locator("[data-card]").first).to_contain_text("1 Person unterstützt das")
    guest.get_by_role("link", name="Neues dazu per E-Mail").first.click()
    expect(guest.locator("main")).to_contain_text(texts.TITLE)
    ask_for_the_link(guest)
    confirm(guest, "/annotations/follow/", "Ja, abonnieren")
    scenes.annotate(stage.newest, texts.CITY, "Wirklich allen?", user=stage.users["nachbar"])
    # Mails of a worker carry the host of the site's record, not that of a request
    guest.goto(urlsplit(scenes.link_to(ADDRESS, "/annotations/unsubscribe/")).path)
    press(guest, "Abbestellen")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Sie haben abbestellt")


def test_an_account_supports_and_follows_without_javascript(person):
    stage = scenes.open_stage()
    made = scenes.annotate(stage.newest, texts.BUSES, "Öfter, bitte.", user=stage.users["nachbar"])
    citizen = person(java_script_enabled=False)
    sign_in(citizen, "buergerin")
    citizen.goto(stage.url)
    citizen.locator(".syn-passage__cards summary").first.click()
    citizen.get_by_role("link", name="Unterstützen (Anmerkung von nachbar)").click()
    press(citizen, "Unterstützen")
    expect(citizen.locator("#support")).to_contain_text("Sie gehören dazu")
    press(citizen, "Nicht mehr unterstützen")
    expect(citizen.locator("#support")).to_contain_text("Noch niemand")

    citizen.goto(f"/de/annotations/{made.uuid}/")
    citizen.locator("main").get_by_role("link", name="Neues dazu per E-Mail").click()
    press(citizen, "Abonnieren")
    expect(citizen.locator("main")).to_contain_text("Sie haben das abonniert")
    citizen.get_by_role("link", name="Meine Abonnements").first.click()
    expect(citizen.locator("main")).to_contain_text(texts.TITLE)
    citizen.locator("main").get_by_role("button", name=re.compile("Abbestellen")).click()
    expect(citizen.locator("main")).to_contain_text("noch nichts abonniert")


def test_a_signed_in_reader_supports_from_the_card_by_key_and_stays_in_the_text(person):
    stage = scenes.open_stage()
    scenes.annotate(stage.newest, texts.BUSES, "Öfter, bitte.", user=stage.users["nachbar"])
    scenes.annotate(stage.newest, texts.CITY, "Das ist mir wichtig.", user=stage.users["buergerin"])
    type(stage.draft).objects.update(moderation="before")
    waits = scenes.annotate(
        type(stage.newest).objects.get(pk=stage.newest.pk),
        texts.LIGHT,
        "<b>Wartet</b> noch.",
        user=stage.users["buergerin"],
    )
    assert waits.state == "pending"
    citizen = person()
    scenes.enter(citizen, stage.users["buergerin"])
    citizen.goto(stage.url)
    control = citizen.get_by_role("button", name="Unterstützen (Anmerkung von nachbar)")
    control.press(" ")
    expect(citizen.locator("[data-announcer]")).to_have_text("Ihre Unterstützung zählt.")
    card = citizen.locator("[data-card]", has_text="Öfter, bitte.")
    expect(card).to_contain_text("1 Person unterstützt das")
    taken_back = card.get_by_role("button", name="Nicht mehr unterstützen")
    expect(taken_back).to_be_focused()
    citizen.reload()
    taken_back.press("Enter")
    expect(citizen.locator("[data-announcer]")).to_contain_text("zählt nicht mehr")

    own = citizen.locator("[data-card]", has_text="Das ist mir wichtig.")
    expect(own.locator("[data-support-link]")).to_be_hidden()
    expect(own.get_by_role("link", name="Bearbeiten")).to_be_visible()
    expect(card.get_by_role("link", name="Bearbeiten")).to_have_count(0)
    expect(citizen.locator(".syn-waiting")).to_contain_text("<b>Wartet</b> noch.")
    expect(citizen.locator(".syn-waiting")).to_contain_text("Nur Sie sehen ihn hier")
    stranger = person()
    stranger.goto(stage.url)
    expect(stranger.locator("main")).not_to_contain_text("Wartet")


def test_a_card_stays_under_the_mouse_that_presses_a_button_in_it(person):
    stage = scenes.open_stage()
    for number in range(3):
        scenes.annotate(stage.newest, texts.CITY, f"{number}. Wunsch", user=stage.users["nachbar"])
    scenes.annotate(stage.newest, texts.BUSES, "Öfter, bitte.", user=stage.users["nachbar"])
    scenes.annotate(stage.newest, texts.GONE, "Schade.", user=stage.users["nachbar"])
    citizen = person()
    scenes.enter(citizen, stage.users["buergerin"])
    citizen.goto(stage.url)
    card = citizen.locator("[data-card]", has_text="Öfter, bitte.")
    top = "list => list.getBoundingClientRect().top"
    passage = citizen.locator(".syn-passage", has=card)
    assert card.evaluate(top) > passage.evaluate(top) + 100  # other cards push it down
    card.get_by_role("button", name="Unterstützen").click()
    expect(citizen.locator("[data-announcer]")).to_have_text("Ihre Unterstützung zählt.")
    take_back = card.get_by_role("button", name="Nicht mehr unterstützen")
    take_back.click()
    expect(take_back).to_have_count(0)
    card.get_by_text("Öfter, bitte.").click()  # it shows all it has now
    card.get_by_role("button", name="Unterstützen").click()
    expect(card).to_contain_text("1 Person unterstützt das")
    citizen.wait_for_function(CARDS_LIE_APART)


def ask_for_the_link(guest: Page) -> None:
    guest.locator("main form [name=email]").fill(ADDRESS)
    press(guest, "Link zuschicken")
    expect(guest.locator("main")).to_contain_text("Wir haben Ihnen eine E-Mail geschickt")


def confirm(guest: Page, path: str, button: str) -> None:
    guest.goto(scenes.link_to(ADDRESS, path))
    press(guest, button)


def press(person: Page, name: str) -> None:
    person.locator("main").get_by_role("button", name=name, exact=True).click()
