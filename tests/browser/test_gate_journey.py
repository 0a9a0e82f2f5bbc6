"""The way of a text from the first annotation to the resolution and on, by the five roles.

Only people, departments and the first version are there beforehand. Everything else is done in the
browser: by a citizen, an editor, reviewers of two departments, the Senate office and a stranger.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from cms_pages.models import StrategyDraftPage
from cms_pages.services.processes import make_process
from cms_pages.services.site_setup import set_up_department
from tests.browser import scenes
from tests.browser.snapshots import made_once
from tests.browser.test_keyboard import Hands
from tests.browser.test_story import (
    annotate_passage,
    card,
    leave_open,
    open_actions,
    press_publish,
    publish,
    take_over,
)
from tests.factories import site_root
from tests.factories.pdfs import PDF
from versioning.doors import RouteBody
from versioning.models import BodyRole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.contrib.auth.models import User

    Enter = Callable[[str], Page]

TITLE = "Die Stadt am Fluss"
CITY = "Die Stadt gehört allen, die in ihr wohnen."
BUSES = "Busse fahren in jedem Viertel jede Stunde."
BUSES_NOW = "Busse fahren in jedem Viertel alle zehn Minuten."
RIVER = "Am Fluss kann man sitzen."
RIVER_NOW = "Am Fluss kann man sitzen, auch im Rollstuhl."
FIRST = [CITY, BUSES, RIVER]
SECOND = [CITY, BUSES_NOW, RIVER]
THIRD = [CITY, BUSES_NOW, RIVER_NOW]
WORDS = "Öfter, bitte."
REASON = "Alle zehn Minuten sind möglich."
WAIVED = "Die Übersetzung folgt nach dem Beschluss."
WISH = "Am Fluss fehlen Plätze für Rollstühle. Bitte ergänzen."
FIRST_HEARING, COUNCIL = "Senat, erste Befassung", "Rat der Bürgermeister"
RESOLUTION, HOUSE = "Senat, Beschluss", "Abgeordnetenhaus"
DEPARTMENTS = {"verkehr": "Ressort Verkehr", "umwelt": "Ressort Umwelt"}
ROUTE = {
    FIRST_HEARING: BodyRole.HEARD,
    COUNCIL: BodyRole.HEARD,
    RESOLUTION: BodyRole.RESOLVES,
    HOUSE: BodyRole.NOTES,
}


@dataclass
class World:
    """A text that can be annotated, whose way leads through two departments and four bodies."""

    draft: StrategyDraftPage
    users: dict[str, User]

    @property
    def url(self) -> str:
        return scenes.path_of(self.draft)

    @property
    def edit_url(self) -> str:
        return f"/admin/pages/{self.draft.pk}/edit/"


@made_once
def world() -> World:
    groups = {"redaktion": "Redaktion", "senat": "Senat", "buergerin": ""}
    users = {name: scenes.make_account(name, group) for name, group in groups.items()}
    bodies = []
    for name, department in DEPARTMENTS.items():
        users[name] = scenes.make_account(name, "Prüfung")
        group = set_up_department(department)
        group.user_set.add(users[name])
        bodies.append(RouteBody(department, BodyRole.COSIGNS, group=group.pk))
    bodies += [RouteBody(body, role) for body, role in ROUTE.items()]
    process = make_process(
        parent=site_root(),
        title="Strategie 2030",
        slug="strategie-2030",
        actor=users["redaktion"],
        bodies=bodies,
    )
    draft = StrategyDraftPage(title=TITLE, slug="stadt", locale=process.locale, live=False)
    process.add_child(instance=draft)
    html = "".join(f"<p>{words}</p>" for words in FIRST)
    blocks = [{"type": "chapter", "value": "Wohnen"}, {"type": "text", "value": html}]
    scenes.publish_text(draft, blocks, label="Entwurf zur Beteiligung")
    return World(draft, users)


@pytest.fixture
def place(strategy_site) -> World:
    return world()


@pytest.fixture
def enter(person, place) -> Enter:
    """Return how somebody comes in: a window of their own, signed in."""

    def come_in(name: str) -> Page:
        page = person()
        scenes.enter(page, place.users[name])
        return page

    return come_in


def test_a_text_goes_from_the_first_annotation_to_the_resolution_and_on(
    place: World, enter: Enter, person, tmp_path: Path, assert_accessible
):
    citizen, editor, senate = enter("buergerin"), enter("redaktion"), enter("senat")
    verkehr, umwelt = enter("verkehr"), enter("umwelt")

    citizen.goto(place.url)
    annotate_passage(citizen, BUSES, WORDS)
    adopt(editor, place)
    publish_text(editor, place, SECOND, label="Vorlage")
    explain_changes(editor, place)

    ask_for_signatures(editor, place)
    sign_from_the_comparison(verkehr)
    refuse_and_then_sign_with_remarks(umwelt)
    leave_the_translation_open(senate, place)
    hand_over(senate)
    assert_accessible(senate)
    record(senate, FIRST_HEARING, "Zugestimmt", reference="S-1", document=PDF)
    record(senate, COUNCIL, "Zurückverwiesen", reference="R-2", note=WISH)

    publish_text(editor, place, THIRD, label="Zweite Vorlage")
    name_the_council_as_the_reason(editor, place)
    ask_for_signatures(editor, place)
    for member in (verkehr, umwelt):
        sign_what_changed(member)
    leave_the_translation_open(senate, place)
    hand_over(senate)
    record(senate, FIRST_HEARING, "Zur Kenntnis genommen")
    record(senate, COUNCIL, "Zugestimmt")
    record(senate, RESOLUTION, "Zugestimmt", reference="S-9")
    record(senate, HOUSE, "Zur Kenntnis genommen")

    guest = person()
    read_the_decision(guest, place)
    assert_accessible(guest)
    check_the_package(guest, tmp_path / "package.zip")
    read_what_became_of_the_annotation(guest, place)
    publish_other_words_in_vain(editor, place)
    begin_the_next_stage(editor, guest, place)


def test_a_department_signs_where_it_is_narrow_and_no_script_runs(place: World, person):
    member = person(java_script_enabled=False, viewport={"width": 320, "height": 640})
    scenes.enter(member, place.users["verkehr"])
    member.goto(f"/admin/versions/{place.draft.newest_version.pk}/sign/")
    expect(member.locator("#wagtail-sidebar")).to_be_hidden()
    member.get_by_label("Mit Bemerkungen mitzeichnen").check()
    send = member.get_by_role("button", name="Für Ressort Verkehr absenden")
    send.click()
    expect(member.locator("main")).to_contain_text("Schreiben Sie, was Ihr Ressort bemerkt")
    member.get_by_label("Bemerkungen", exact=True).fill("Bitte die Kosten nennen.")
    send.click()
    expect(member.locator(".messages")).to_contain_text("Ressort Verkehr hat Fassung 1")


# The editors


def adopt(editor: Page, place: World) -> None:
    """Answer the annotation: adopted, with a public reason."""
    editor.goto(place.edit_url)
    open_actions(editor, "Anmerkungen")
    editor.get_by_role("link", name=WORDS).first.click()
    editor.get_by_role("link", name="Abwägen").first.click()
    editor.get_by_label("Übernommen", exact=True).check()
    editor.get_by_label("Öffentliche Begründung").fill(REASON)
    editor.get_by_role("button", name="Speichern", exact=True).click()
    expect(editor.get_by_text("Die Abwägung ist gespeichert").first).to_be_visible()


def publish_text(editor: Page, place: World, texts: list[str], *, label: str) -> None:
    """Import a text into the draft and publish it as the next version."""
    write(editor, place, texts)
    publish(editor, label=label)


def write(editor: Page, place: World, texts: list[str]) -> None:
    """Import a text into the draft."""
    blocks = [{"type": "heading", "level": 1, "text": "Wohnen"}]
    blocks += [{"type": "paragraph", "text": words} for words in texts]
    file = {"name": "text.json", "mimeType": "application/json"}
    editor.goto(place.edit_url)
    open_actions(editor, "Text importieren")
    editor.get_by_label("Datei").set_input_files({**file, "buffer": json.dumps(blocks).encode()})
    take_over(editor, "Was sich im Entwurf ändern würde", texts[0])


def explain_changes(editor: Page, place: World) -> None:
    """Give the changes that no answer has led to a reason, from the checklist."""
    open_gate(editor, place)
    line = editor.locator("[data-gate-line=changes]")
    line.get_by_role("link").first.click()
    editor.locator("[name=every]").check()
    editor.get_by_label("Begründung in Ihren Worten").fill(REASON)
    editor.get_by_role("button", name="Begründung speichern").click()
    expect(editor.locator(".messages .success")).to_be_visible()


def name_the_council_as_the_reason(editor: Page, place: World) -> None:
    """Take the words of the body that has returned the text for the reason of its changes."""
    open_gate(editor, place)
    editor.locator("[data-gate-line=changes]").get_by_role("link").first.click()
    expect(editor.locator("main")).to_contain_text(WISH)
    editor.get_by_role("button", name=f"{COUNCIL} als Grund nennen").click()
    expect(editor.locator(".messages .success")).to_contain_text("hat jetzt eine Begründung")


def ask_for_signatures(editor: Page, place: World) -> None:
    """Ask the departments, from the line of the checklist; each member gets one mail."""
    mail.outbox.clear()
    open_gate(editor, place)
    editor.locator("[data-gate-line=signatures]").get_by_role("link").first.click()
    editor.get_by_role("button", name="Um Mitzeichnung bitten").click()
    expect(editor.locator(".messages .success")).to_contain_text("Ressort Umwelt")
    asked = sorted(address for message in mail.outbox for address in message.to)
    assert asked == ["umwelt@example.org", "verkehr@example.org"]


def publish_other_words_in_vain(editor: Page, place: World) -> None:
    """The resolved text is final: the editor says so and keeps the words as a draft."""
    before = place.draft.newest_version.number
    write(editor, place, [*THIRD, "Ein Satz, den niemand beschlossen hat."])
    editor.get_by_role("button", name="Mehr Aktionen").click()
    editor.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(editor.locator(".messages")).to_contain_text("beschlossen und endgültig")
    assert StrategyDraftPage.objects.get(pk=place.draft.pk).newest_version.number == before


def begin_the_next_stage(editor: Page, guest: Page, place: World) -> None:
    """Begin a page of its own with the resolved text; its public page leads back to it."""
    editor.goto(place.edit_url)
    open_actions(editor, "Fassungen")
    editor.get_by_role("link", name="Nächste Stufe beginnen").click()
    editor.get_by_label("Titel").fill("Maßnahmen am Fluss")
    editor.get_by_role("button", name="Nächste Stufe beginnen").click()
    expect(editor.locator("main")).to_contain_text(RIVER_NOW)
    press_publish(editor)
    stage = StrategyDraftPage.objects.get(title="Maßnahmen am Fluss")
    guest.goto(scenes.path_of(stage))
    expect(guest.locator("main")).to_contain_text(RIVER_NOW)
    expect(guest.locator("main")).to_contain_text(f"Schließt an „{TITLE}“ an")
    guest.get_by_role("link", name="Vergleich mit jenem Text").click()
    expect(guest.get_by_role("heading", level=1)).to_contain_text("Vergleich")
    new, old = (
        set(page.newest_version.passages.values_list("uid")) for page in (stage, place.draft)
    )
    assert new == old


# The departments


def sign_from_the_comparison(member: Page) -> None:
    """Look at what has changed since the draft, and sign below it."""
    member.goto("/admin/versions/signing/")
    member.get_by_role("link", name="Lesen und mitzeichnen").click()
    member.get_by_role("link", name=re.compile("Vergleich")).first.click()
    expect(member.locator("ins").first).to_be_visible()
    sign(member, "Mitzeichnen")


def refuse_and_then_sign_with_remarks(member: Page) -> None:
    """Refuse by keyboard, which needs words; then think better of it."""
    member.goto("/admin/versions/signing/")
    member.get_by_role("link", name="Lesen und mitzeichnen").click()
    sign(member, "Mitzeichnung ablehnen", "Wer zahlt die Busse?")
    member.get_by_text("Etwas anderes sagen").click()
    sign(member, "Mit Bemerkungen mitzeichnen", "Bitte die Kosten nennen.")


def sign_what_changed(member: Page) -> None:
    """The desk asks only for what has changed since the last signature; sign by keyboard."""
    member.goto("/admin/versions/signing/")
    member.get_by_role("link", name="Vergleichen und mitzeichnen").click()
    expect(member.locator("ins").first).to_be_visible()
    expect(member.locator("article")).to_have_count(1)
    hands = Hands(member)
    hands.to("radio", "Mitzeichnen", within="#signing")
    hands.press(" ")
    hands.visit("button", re.compile("absenden"), within="#signing")
    expect(member.locator("main")).to_contain_text("Mitgezeichnet")


def sign(member: Page, verdict: str, remarks: str = "") -> None:
    """Fill in the form beside the text."""
    form = member.locator("#signing form")
    form.get_by_label(verdict, exact=True).check()
    form.get_by_label("Bemerkungen", exact=True).fill(remarks)
    form.get_by_role("button", name=re.compile("absenden")).click()
    expect(member.locator("#signing")).to_contain_text(re.compile("itgezeichnet|bgelehnt"))


# The Senate office


def open_gate(page: Page, place: World) -> None:
    page.goto(f"/admin/versions/page/{place.draft.pk}/gate/")


def leave_the_translation_open(senate: Page, place: World) -> None:
    """See the one open line, be refused, and leave the line open with a reason."""
    open_gate(senate, place)
    expect(senate.locator(".syn-tasks__line--open")).to_have_count(1)
    senate.get_by_role("button", name="An den Senat übergeben").click()
    expect(senate.get_by_text("Nicht übergeben").first).to_be_visible()
    leave_open(senate, "translations", WAIVED)
    expect(senate.get_by_text("Nichts ist offen")).to_be_visible()


def hand_over(senate: Page) -> None:
    """Hand over, and go on to the submission."""
    senate.get_by_role("button", name="An den Senat übergeben").click(timeout=60_000)
    senate.get_by_role("link", name="Schritte und Beschlüsse").click(timeout=60_000)
    expect(senate.locator(".syn-way__step")).to_have_count(4)


def record(
    senate: Page,
    body: str,
    outcome: str,
    *,
    reference: str = "",
    note: str = "",
    document: bytes = b"",
) -> None:
    """Record what the body whose turn it is has decided."""
    (link,) = senate.locator(".syn-way").get_by_role("link", name="Beschluss festhalten").all()
    expect(link).to_have_accessible_name(re.compile(re.escape(body)))
    link.click()
    senate.get_by_label("Ergebnis").select_option(label=outcome)
    day = senate.get_by_label("Entschieden am")
    day.fill(timezone.localdate().isoformat())
    day.press("Escape")
    senate.get_by_label("Aktenzeichen").fill(reference)
    senate.get_by_label("Notiz").fill(note)
    if document:
        file = {"name": "Beschluss.pdf", "mimeType": "application/pdf", "buffer": document}
        senate.get_by_label("Dokument", exact=True).set_input_files(file)
        senate.get_by_label("Titel des Dokuments").fill(f"Beschluss {reference}")
    senate.get_by_role("button", name="Beschluss festhalten").click()
    expect(senate.get_by_text("Der Beschluss ist festgehalten")).to_be_visible()


# The public


def read_the_decision(guest: Page, place: World) -> None:
    """From the text to the page of the decision: both rounds, words, document, what stayed open."""
    guest.goto(place.url)
    guest.locator("main").get_by_role("link", name="Zum Beschluss").first.click()
    main = guest.locator("main")
    expect(main.get_by_role("heading", name=re.compile("^Runde "))).to_have_count(2)
    for words in (WISH, "S-9", WAIVED, "Ressort Umwelt", "Kenntnis genommen"):
        expect(main).to_contain_text(words)
    expect(main).not_to_contain_text("Bitte die Kosten nennen.")
    document = guest.request.get(
        main.get_by_role("link", name="Beschluss S-1").get_attribute("href")
    )
    assert document.body() == PDF


def check_the_package(guest: Page, path: Path) -> None:
    """Download the package and check it with nothing but the file."""
    with guest.expect_download() as download:
        guest.get_by_role("link", name="Paket herunterladen").click()
    download.value.save_as(path)
    out = StringIO()
    call_command("verify_submission", str(path), stdout=out)
    assert out.getvalue().startswith("OK")


def read_what_became_of_the_annotation(guest: Page, place: World) -> None:
    """The trace leads from the words to the resolution."""
    guest.goto(place.url)
    card(guest, WORDS).get_by_role("link", name=re.compile("Verlauf|wurde|Anmerkung")).first.click()
    events = guest.locator(".syn-trace__event")
    expect(events.first).to_contain_text(WORDS)
    expect(guest.locator(".syn-trace")).to_contain_text(REASON)
    expect(guest.locator(".syn-trace")).to_contain_text(f"Beschlossen: {RESOLUTION}")
