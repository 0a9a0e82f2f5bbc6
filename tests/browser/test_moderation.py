"""A report and an appeal, from the reader who reports to the second moderator who decides."""

from __future__ import annotations

from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from annotations.admin import links
from annotations.models import Annotation
from tests.browser import scenes, texts
from tests.browser.scenes import link_to

RUDE = "Ihr seid alle Dummköpfe."


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def choose(page: Page, label: str) -> None:
    page.locator("main").get_by_label(label).check()


def test_a_report_is_decided_and_an_appeal_by_somebody_else(person, settings):
    settings.SYNOPSE_MINIMUM_SECONDS = 0
    stage = scenes.open_stage()
    users = stage.users
    users["zweite"] = scenes.make_account("zweite", Group.objects.get(name="Moderation").name)
    scenes.annotate(stage.newest, texts.BUSES, RUDE, user=users["nachbar"])

    reader = person(java_script_enabled=False)  # whoever reports
    reader.goto(stage.url)
    reader.locator("details[data-cards]", has_text=RUDE).locator("summary").first.click()
    card = reader.locator("[data-card]", has_text=RUDE)
    reader.goto(card.get_by_role("link", name="Melden").get_attribute("href"))
    expect(reader.locator("main")).to_contain_text(RUDE)
    choose(reader, "Es beleidigt oder verleumdet jemanden")
    reader.get_by_label("Ihre Erklärung").fill("Das beleidigt alle, die hier wohnen.")
    reader.get_by_label("Ihr Name").fill("Mia Melder")
    reader.get_by_label("E-Mail-Adresse").fill("mia@example.org")
    choose(reader, "Ich bin in gutem Glauben")
    press(reader, "Meldung absenden")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Ihre Meldung ist eingegangen")
    number = reader.locator("main strong").first.inner_text()

    first = person()  # the moderator who decides
    scenes.enter(first, users["moderation"])
    first.goto("/admin/")
    first.get_by_role("link", name="1 Meldung ist offen").click()
    first.get_by_role("link", name=number).click()
    expect(first.locator("main")).to_contain_text("Mia Melder")
    press(first, "Entscheiden")
    expect(first.locator("main .error-message").first).to_be_visible()
    choose(first, "Stattgegeben: Es trifft zu")
    first.get_by_label("Warum, für die Person").fill("Das ist eine Beleidigung.")
    choose(first, "Es verstößt gegen die Regeln für Beiträge")
    first.get_by_label("Grund", exact=False).last.fill("Regel 3: keine Beleidigungen.")
    press(first, "Entscheiden")
    expect(first.locator("main")).not_to_contain_text(number)
    reader.reload()
    expect(reader.locator("main")).to_contain_text("Der Meldung wird stattgegeben")

    author = person()  # whose words are hidden
    author.goto(link_to("nachbar@example.org", "/annotations/reasons/"))
    expect(author.locator("main")).to_contain_text("Regel 3: keine Beleidigungen.")
    expect(author.locator("main")).to_contain_text("Jemand hat ihn gemeldet.")
    expect(author.locator("body")).not_to_contain_text("Mia")
    author.get_by_label("Warum ist die Entscheidung falsch?").fill("Ich meinte mich selbst.")
    press(author, "Widerspruch einlegen")
    expect(author.locator("main")).to_contain_text("Ihr Widerspruch vom")

    first.goto(links.appeals_url())
    first.get_by_role("link", name="nachbar").click()
    expect(first.locator("main")).to_contain_text("Jemand anderes muss entscheiden")
    expect(first.get_by_role("button", name="Entscheiden")).to_have_count(0)

    second = person()  # the moderator who did not decide before
    scenes.enter(second, users["zweite"])
    second.goto(links.appeals_url())
    second.get_by_role("link", name="nachbar").click()
    choose(second, "Stattgegeben: Es trifft zu")
    second.get_by_label("Warum, für die Person").fill("Im Zusammenhang ist es Selbstironie.")
    press(second, "Entscheiden")
    expect(second.locator("main")).not_to_contain_text("nachbar")

    author.reload()
    expect(author.locator("main")).to_contain_text("Ihr Beitrag ist wieder zu sehen")
    reader.goto(stage.url)
    expect(reader.locator("[data-card]", has_text=RUDE)).to_have_count(1)


def test_a_moderator_works_through_the_list_by_keyboard(person):
    stage = scenes.open_stage()
    for number, words in enumerate((texts.CITY, texts.BUSES, texts.LIGHT)):
        made = scenes.annotate(
            stage.newest, words, f"Wartet {number}.", user=stage.users["nachbar"]
        )
        Annotation.objects.filter(pk=made.pk).update(state="pending", is_public=False)
    page = person()
    scenes.enter(page, stage.users["moderation"])
    page.goto(links.desk_url())
    rows = page.locator("#listing-results tbody tr")
    expect(rows).to_have_count(3)

    rows.nth(0).get_by_role("link").first.focus()
    page.keyboard.press("x")
    for key, place in (("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(rows.nth(place).get_by_role("link").first).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-action-num-objects]")).to_contain_text("2")
    page.get_by_role("link", name="Die ausgewählten Beiträge freigeben").press("Enter")
    expect(page.locator("main")).to_contain_text("Sollen alle diese Beiträge sehen?")
    page.locator("main").get_by_role("button", name="Freigeben").press("Enter")

    expect(rows).to_have_count(1)
    states = Annotation.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["public", "public", "pending"]
