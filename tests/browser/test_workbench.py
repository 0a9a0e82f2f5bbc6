"""An editor works what is open down to nothing, by keyboard; a second one is seen meanwhile."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from annotations.admin import links
from annotations.models import Annotation, Disposition, ReasonText
from tests.browser import scenes, texts
from tests.browser.conftest import AXE_OPTIONS

BUSES = "Bitte lasst die Busse auch in der Nacht fahren"
BULK, ALIKE, SINGLE = 28, 13, 19
ON_A_PAGE = 30


def next_with(page: Page, reason: str = "") -> None:
    """Answer with the fourth outcome, or with the kept text, and go on, by keyboard."""
    if reason:
        page.get_by_label("Textbaustein").select_option(label=reason)
        page.get_by_role("button", name="Text einfügen").press("Enter")
        expect(page.get_by_label("Öffentliche Begründung")).to_be_focused()
    else:
        page.get_by_role("radio").first.focus()
        page.keyboard.press("4")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def test_the_tab_of_the_page_editor_leads_to_the_words_and_an_answer_is_given_there(person):
    """Wagtail shows a tab a little after it was chosen, and scrolls its panel smoothly."""
    stage = scenes.open_stage()
    author = stage.users["nachbar"]
    for text in (texts.CITY, texts.LIGHT):
        scenes.annotate(stage.newest, text, "Und die Nacht?", user=author)
    page = person(viewport={"width": 1024, "height": 420})
    scenes.enter(page, stage.users["redaktion"])
    page.goto(f"/admin/pages/{stage.draft.pk}/edit/")
    page.get_by_role("tab", name="Anmerkungen").press("Enter")
    expect(page.get_by_role("heading", name="2 Anmerkungen warten")).to_be_visible()
    for number, text in ((1, texts.LIGHT), (0, texts.CITY)):
        page.get_by_role("tab", name="Anmerkungen").press("Enter")
        page.get_by_role("button", name="Zum Text").nth(number).press("Enter")
        words = page.locator("[data-block]", has_text=text).last
        expect(words).to_be_in_viewport()
        expect(page.locator("[data-streamfield-child]:focus-within [data-block]")).to_contain_text(
            [text]
        )

    page.get_by_role("button", name="offene Anmerkung").first.press("Enter")
    expect(page.get_by_role("heading", name="1 Anmerkung zu diesem Block")).to_be_focused()
    entry = page.locator("[data-synopse-entry]")
    entry.get_by_text("Beantworten").press("Enter")
    entry.get_by_label("Ergebnis").select_option("noted")
    entry.get_by_role("button", name="Antwort speichern").press("Enter")
    expect(page.locator("[data-synopse-answered]")).to_be_focused()
    expect(page.locator("[data-synopse-count]")).to_have_count(1)


def test_a_button_saves_on_top_of_what_the_editor_has_saved_by_itself(person):
    stage = scenes.open_stage()
    page = person()
    scenes.enter(page, stage.users["redaktion"])
    page.goto(f"/admin/pages/{stage.draft.pk}/edit/")
    page.get_by_role("textbox", name="Titel*").focus()
    form = page.locator("form[data-edit-form]")
    form.evaluate(
        "form => form.addEventListener('w-autosave:success', () => { form.id = 'saved'; })"
    )
    for _try in range(10):
        if page.locator("#saved").count():
            break
        page.keyboard.type("x")
        page.wait_for_timeout(1_500)  # Wagtail looks for changes when nobody types
    expect(page.locator("#saved")).to_have_count(1)
    page.locator("[data-block]", has_text=texts.CITY).last.click()
    page.keyboard.type("Zuletzt")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    expect(page.locator(".messages")).to_contain_text("aktualisiert")
    stage.draft.refresh_from_db()
    assert "Zuletzt" in str(stage.draft.get_latest_revision_as_object().body.raw_data)


def test_an_editor_works_down_to_nothing_by_keyboard(person):
    stage = scenes.open_stage()
    author = stage.users["nachbar"]
    for number in range(BULK):
        scenes.annotate(stage.newest, texts.CITY, f"Danke dafür, {number}", user=author)
    for number in range(ALIKE):
        scenes.annotate(stage.newest, texts.BUSES, f"{BUSES}, Gruß {number}.", user=author)
    for number in range(SINGLE):
        scenes.annotate(stage.newest, texts.LIGHT, f"Und noch ein Wunsch, {number}", user=author)
    total = Annotation.objects.count()
    assert total == BULK + ALIKE + SINGLE == 60
    ReasonText.objects.create(title="Zu teuer", outcome="not_adopted", text="Dafür fehlt Geld.")
    page = person()
    scenes.enter(page, stage.users["redaktion"])

    page.goto(links.listing_url(answer="open", ordering="place"))
    page.get_by_label("Name der Auswahl").fill("Noch offen")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Noch offen", exact=True).press("Enter")
    rows = page.locator("#listing-results tbody tr")
    expect(rows).to_have_count(ON_A_PAGE)

    rows.nth(0).get_by_role("link").first.focus()
    for number in range(BULK):
        page.keyboard.press("x")
        expect(page.locator("[data-bulk-action-num-objects]")).to_contain_text(str(number + 1))
        page.keyboard.press("j")
    page.get_by_role("link", name="Abwägen", exact=True).press("Enter")
    expect(page.locator("main")).to_contain_text(f"Noch {total} von {total}")
    next_with(page)

    second = person()
    scenes.enter(second, scenes.make_account("zweite", "Redaktion"))
    second.goto(links.annotation_url(Annotation.objects.filter(comment__contains=BUSES)[0].pk))
    expect(page.locator("main")).to_contain_text(f"Noch {total - BULK} von {total}")
    page.locator("#w-editing-sessions li button").focus()
    expect(page.get_by_role("tooltip")).to_contain_text("zweite")
    similar = page.get_by_role("group", name="Ähnliche offene Anmerkungen").get_by_role("checkbox")
    expect(similar).to_have_count(ALIKE - 1)
    form = Axe().run(page, context=".synopse-bench", options=AXE_OPTIONS)
    assert form.response["violations"] == []
    for box in similar.all():
        expect(box).not_to_be_checked()
        box.press("Space")
    next_with(page, "Zu teuer")
    for _number in range(SINGLE):
        next_with(page)
    expect(page.get_by_text("Die Abwägung ist gespeichert").first).to_be_visible()

    page.goto(links.listing_url())
    page.get_by_role("link", name="Noch offen", exact=True).press("Enter")
    expect(rows).to_have_count(0)
    page.goto(links.listing_url())
    expect(page.locator("main")).to_contain_text(f"{total} von {total} Anmerkungen")
    sizes = sorted(each.annotations.count() for each in Disposition.objects.all())
    assert sizes == [*[1] * SINGLE, ALIKE, BULK]
