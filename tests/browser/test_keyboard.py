"""Citizens and editors need nothing but the keyboard; the focus is always to be seen.

No test here calls the mouse, and nothing is focused but by keys.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from annotations.admin import links
from tests.browser import scenes, texts
from tests.browser.conftest import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Locator

STOPS = 120
"""How often somebody presses Tab before giving up."""


class Hands:
    """Ten fingers on a keyboard in front of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.passed: list[str] = []

    @property
    def focus(self) -> Locator:
        """The element that has the focus."""
        return self.page.locator(":focus")

    def to(self, role: str, name: str | re.Pattern, *, within: str = "body") -> None:
        """Press Tab until the focus is on the element."""
        self.until(self.page.locator(within).get_by_role(role, name=name))

    def until(self, target: Locator, *, key: str = "Tab") -> None:
        """Press a key until the focus is on one of these; at every stop it must be seen."""
        self.passed = []
        for _stop in range(STOPS):
            self.press(key)
            self.see_focus()
            if target.and_(self.focus).count():
                return
        raise AssertionError(f"no {target} among: {self.passed}")

    def follow(self, role: str, name: str | re.Pattern, *, within: str = "body") -> None:
        """Go to an element and press Enter."""
        self.to(role, name, within=within)
        self.press("Enter")

    def visit(self, role: str, name: str | re.Pattern, *, within: str = "body") -> None:
        """Go to an element, press Enter, and wait for the next page."""
        self.to(role, name, within=within)
        with self.page.expect_navigation():
            self.press("Enter")

    def write(self, name: str | re.Pattern, text: str, *, within: str = "main") -> None:
        """Go to a field and type over what stands in it."""
        self.to("textbox", name, within=within)
        self.press("Control+a")
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def see_focus(self) -> None:
        """The focus is on something that stands on the screen, uncovered, and shows it."""
        seen = self.page.evaluate(FOCUS)
        self.passed.append(seen["name"])
        assert not seen["fault"], f"{seen['name']}: {seen['fault']}, after {self.passed[-5:]}"


FOCUS = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const element = document.activeElement;
  const name = `${element.tagName}.${element.className} ${element.textContent.trim().slice(0, 40)}`;
  if (element === document.body) return { name, fault: "" };
  const shown = [element, ...(element.labels ?? [])].flatMap((each) => [each, ...each.children]);
  const isMarked = shown.some((each) => {
    const style = getComputedStyle(each);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return ring || style.boxShadow !== "none";
  });
  if (!isMarked) return { name, fault: "focus shows nothing" };
  const boxes = [...element.getClientRects()];
  const seen = boxes.some((box) => {
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    if (left >= right || top >= bottom) return false;
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return above && (shown.includes(above) || shown.some((each) => each.contains(above)));
  });
  return { name, fault: seen ? "" : "focus is off the screen or covered" };
}"""


def test_a_citizen_signs_in_and_annotates_by_keyboard(person):
    scenes.open_stage()
    page = person()
    hands = Hands(page)
    sign_in(hands, "buergerin")
    hands.visit("link", re.compile(texts.TITLE), within="main")
    expect(page.locator("[data-reading].is-enhanced")).to_be_visible()

    button = button_of(page, texts.BUSES)
    go_to_button(hands, texts.BUSES)
    hands.press("Enter")
    expect(hands.focus).to_have_role("heading")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[data-announcer]")).to_have_text(re.compile("geöffnet"))
    hands.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")

    hands.press(" ")
    expect(hands.focus).to_have_role("heading")
    hands.write("Ihr Text", "Öfter, bitte.")
    hands.follow("button", "Anmerkung absenden")
    expect_thanks(hands, "Alle können")
    expect(card(page, "Öfter, bitte.")).to_be_visible()
    hands.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_accessible_name(re.compile("1 Anmerkung"))

    hands.press("Enter")
    expect(hands.focus).to_have_role("heading")
    hands.write(re.compile("Genau diese Wörter"), "jede")
    hands.write("Ihr Text", "Welche Stunde?")
    hands.follow("button", "Anmerkung absenden")
    expect(hands.focus).to_have_class(re.compile("syn-error-summary"))
    hands.see_focus()
    hands.follow("link", re.compile("Genau diese Wörter"), within=".syn-error-summary")
    expect(page.locator("[name=quote]")).to_be_focused()
    hands.press("Control+a")
    page.keyboard.type("jede Stunde")
    hands.follow("button", "Anmerkung absenden")
    expect_thanks(hands, "Alle können")
    expect(card(page, "Welche Stunde?").locator("blockquote")).to_have_text("jede Stunde")

    hands.follow("link", "Noch eine Anmerkung schreiben")
    expect(page.locator("[name=body]")).to_be_focused()
    hands.until(page.get_by_role("radio", checked=True), key="Shift+Tab")
    hands.press("ArrowDown", "ArrowDown")
    expect(page.get_by_label("Ich schlage andere Wörter vor")).to_be_checked()
    hands.see_focus()
    hands.write(re.compile("Genau diese Wörter"), "jede Stunde")
    hands.write("Ihr Wortlaut", "jede halbe Stunde")
    expect(page.locator("[data-preview] ins")).to_contain_text("halbe")
    hands.write("Ihr Text", "Das wäre schön.")
    hands.follow("button", "Anmerkung absenden")
    expect_thanks(hands, "Alle können")
    expect(card(page, "Das wäre schön.").locator("ins")).to_contain_text("halbe")


def test_words_are_chosen_by_keys_from_the_button_of_a_passage(person):
    stage = scenes.open_stage()
    page = person()
    scenes.enter(page, stage.users["buergerin"])
    hands = Hands(page)
    page.goto(stage.url)
    go_to_button(hands, texts.BUSES)
    hands.press("Enter")
    expect(hands.focus).to_have_role("heading")
    hands.follow("button", "Wörter mit der Tastatur wählen")
    pad = page.get_by_role("application", name="Wörter des Absatzes")
    expect(pad).to_be_focused()
    hands.see_focus()
    expect(page.locator(".syn-caret")).to_be_in_viewport()
    hands.press("Control+ArrowRight", "ArrowRight")
    announcer = page.locator("[data-announcer]")
    expect(announcer).to_have_text("vor „a“, Wort „fahren“")
    hands.press("ArrowLeft", "Control+ArrowRight", *["Control+Shift+ArrowRight"] * 3)
    expect(announcer).to_have_text("Gewählt: „in jedem Viertel“")
    assert page.evaluate("getSelection().toString()") == "in jedem Viertel"
    hands.press("Shift+ArrowLeft", "Shift+ArrowLeft")
    expect(announcer).to_have_text("Gewählt: „in jedem Viert“")
    body = page.locator(".syn-passage__body", has_text=texts.BUSES)
    expect(body).to_have_text(texts.BUSES)
    hands.press("Escape")
    expect(hands.focus).to_have_text("Wörter mit der Tastatur wählen")
    expect(announcer).to_have_text("Keine Wörter übernommen.")
    hands.press("Enter", "End", "Control+Shift+ArrowLeft", "Enter")
    expect(page.locator("[name=quote]")).to_have_value("Sonntag.")
    expect(page.locator("[name=body]")).to_be_focused()
    expect(announcer).to_have_text("Übernommen: „Sonntag.“")
    hands.see_focus()
    page.keyboard.type("Danke.")
    hands.follow("button", "Anmerkung absenden")
    expect_thanks(hands, "Alle können")
    expect(card(page, "Danke.").locator("blockquote")).to_have_text("Sonntag.")
    hands.press("Escape")
    expect(button_of(page, texts.BUSES)).to_be_focused()


def test_a_guest_annotates_and_confirms_by_keyboard(person):
    stage = scenes.open_stage()
    page = person()
    hands = Hands(page)
    page.goto(stage.url)
    go_to_button(hands, texts.CITY)
    hands.press("Enter")
    expect(hands.focus).to_have_role("heading")
    hands.write("Ihr Text", "Das ist mir wichtig.")
    hands.follow("button", "Anmerkung absenden")
    expect(hands.focus).to_have_class(re.compile("syn-error-summary"))
    hands.write("Name oder Pseudonym", "Frida vom Kanal")
    hands.write("E-Mail-Adresse", "frida@example.org")
    hands.follow("button", "Anmerkung absenden")
    expect_thanks(hands, "E-Mail")
    page.goto(scenes.link_of("frida@example.org"))
    hands.visit("button", "Bestätigen und veröffentlichen")
    expect(page.locator("main [role=status]").first).to_contain_text("Vielen Dank")
    expect(card(page, "Das ist mir wichtig.")).to_be_visible()


def test_a_citizen_replies_reports_and_signs_out_by_keyboard(person):
    stage = scenes.open_stage()
    scenes.annotate(stage.newest, texts.CITY, "Mir wichtig.", user=stage.users["buergerin"])
    page = person()
    hands = Hands(page)
    sign_in(hands, "nachbar")
    page.goto(stage.url)
    skip_to_content(hands)
    hands.visit("link", re.compile("Antworten"))
    hands.write("Ihr Text", "Mir auch.")
    hands.visit("button", "Antwort absenden")
    expect(page.locator("main [role=status]").first).to_contain_text("Vielen Dank")
    expect(page.locator(".syn-messages")).to_be_focused()
    expect(page.locator(".syn-messages")).to_be_in_viewport()
    hands.visit("link", "Zum Beitrag")
    expect(page.locator(".syn-reply", has_text="Mir auch.")).to_be_in_viewport()
    hands.visit("link", "Problem melden")
    hands.to("radio", re.compile("Barriere"))
    hands.press(" ")
    hands.write("Was ist passiert?", "Die Schrift ist klein.")
    hands.visit("button", "Meldung absenden")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vielen Dank")
    hands.visit("button", re.compile("nachbar"), within="header")
    expect(page.get_by_role("link", name="Anmelden").first).to_be_visible()


def test_an_editor_settles_an_ambiguous_place_by_keyboard(person):
    stage = scenes.open_stage()
    placement = scenes.ambiguous_place(stage)
    page = person()
    hands = Hands(page)
    scenes.enter(page, stage.users["redaktion"])
    page.goto(links.annotation_url(placement.annotation_id))
    hands.visit("link", "Fundstelle wählen", within="main")
    places = page.get_by_role("group", name="Wo stehen die Wörter jetzt?")
    expect(places).to_contain_text("In Fassung 2 gibt es 2 Fundstellen")
    hands.until(places.get_by_role("radio").first)
    hands.press("ArrowDown")
    hands.see_focus()
    expect(places.get_by_role("radio", name=re.compile(texts.LIGHT))).to_be_checked()
    hands.visit("button", "Speichern", within="main")
    expect(page.get_by_text("Die Fundstelle ist gespeichert.")).to_be_visible()
    placement.refresh_from_db()
    assert placement.passage.text == f"{texts.LIGHT} {texts.RULE}"


def test_a_reader_compares_versions_by_keyboard(person):
    stage = scenes.full_stage()
    page = person()
    hands = Hands(page)
    page.goto(stage.url)
    hands.visit("link", re.compile("Vergleich"), within="main")
    changes = page.locator("[data-syn-change]")
    assert changes.count() > 3
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0)):
        hands.press(key)
        expect(changes.nth(place)).to_be_focused()
        expect(changes.nth(place)).to_be_in_viewport()
        hands.see_focus()
    page.reload()
    hands.to("combobox", re.compile("Vergleiche|Compare|von"), within="main")
    hands.press("j")
    expect(page.locator("select").first).to_be_focused()
    hands.to("radio", "Synopse")
    with page.expect_navigation():
        hands.press("ArrowRight")
    expect(page.locator(".syn-comparison--inline")).to_be_visible()
    expect(page.get_by_label("Fließtext")).to_be_checked()
    expect(page.get_by_label("Fließtext")).to_be_focused()
    hands.see_focus()
    folded = page.get_by_text(texts.FILLING[2])
    expect(folded).to_be_hidden()
    while folded.is_hidden():
        hands.until(page.locator(".syn-fold > summary"))
        hands.press("Enter")
    expect(folded).to_be_visible()


def sign_in(hands: Hands, name: str) -> None:
    """Skip nothing: from the home page through the form."""
    hands.page.goto("/de/")
    hands.visit("link", "Anmelden", within="header")
    hands.write("Pseudonym oder E-Mail", name)
    hands.write("Passwort", PASSWORD)
    with hands.page.expect_navigation():
        hands.press("Enter")
    expect(hands.page.get_by_role("button", name=re.compile(name)).first).to_be_visible()


def skip_to_content(hands: Hands) -> None:
    """The first stop leads past the header."""
    hands.press("Tab")
    expect(hands.focus).to_have_class("syn-skip")
    hands.see_focus()
    hands.press("Enter")
    expect(hands.page.locator("main")).to_be_focused()


def go_to_button(hands: Hands, words: str) -> None:
    """Skip to the content and go on to the button of a passage."""
    skip_to_content(hands)
    button = button_of(hands.page, words)
    expect(button).to_have_role("button")
    hands.until(button)


def expect_thanks(hands: Hands, words: str) -> None:
    """The focus is on the sentence that says what happened; screen readers hear it, too."""
    expect(hands.focus).to_have_role("status")
    expect(hands.focus).to_contain_text(words)
    hands.see_focus()


def button_of(page: Page, words: str) -> Locator:
    return page.locator(".syn-passage", has_text=words).first.locator(".syn-passage__button")


def card(page: Page, words: str) -> Locator:
    return page.locator("[data-card]", has_text=words).first
