"""The story: the whole chain once, in a browser, on a real document.

Only users are created beforehand; everything else is done in the browser.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, User
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PASSWORD, sign_in
from tests.browser.documents import Documents, story_documents

ROLES = {"redaktion": "Redaktion", "pruefung": "Prüfung", "buergerin": "", "nachbar": ""}
TITLE = "Offene Daten für alle"


@pytest.fixture
def accounts(strategy_site) -> None:
    """Make the accounts of the story, with confirmed addresses; nothing else exists."""
    for name, group in ROLES.items():
        user = User.objects.create_user(name, f"{name}@example.org", PASSWORD)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if group:
            user.groups.add(Group.objects.get(name=group))


@pytest.fixture(scope="module")
def documents() -> Documents:
    return story_documents()


def test_a_city_writes_its_strategy_with_its_citizens(
    person, accounts, documents: Documents, assert_accessible
):
    editor = person()
    sign_in(editor, "redaktion")
    import_draft(editor, documents)
    publish(editor, label="Entwurf zur Beteiligung", days=28)

    guest = person()
    address = read(guest, documents)
    assert_accessible(guest)
    annotate_passage_as_guest(guest, documents)
    confirm_by_mail(guest)
    expect(card(guest, "Das ist mir wichtig.")).to_be_visible()

    citizen = person()
    sign_in(citizen, "buergerin")
    citizen.goto(address)
    annotate_words_with_the_mouse(citizen, documents)

    neighbour = person()
    sign_in(neighbour, "nachbar")
    neighbour.goto(address)
    reply(neighbour, to="Das ist mir wichtig.", words="Mir auch.")

    import_new_text(editor, documents)
    dispose(editor, "Das ist mir wichtig.", "Zur Kenntnis genommen", "")
    dispose(editor, "Bitte genauer.", "Übernommen", "Die Zahl stimmt jetzt.")
    open_draft(editor)
    publish(editor, label="Überarbeiteter Entwurf", days=14)

    guest.goto(address)
    expect(passage(guest, documents.kept)).to_contain_text("Das ist mir wichtig.")
    then_and_now = card(guest, "Bitte genauer.")
    expect(then_and_now).to_contain_text("damals")
    expect(then_and_now).to_contain_text(documents.three_words)
    expect(then_and_now).to_contain_text("heute")
    expect(then_and_now).to_contain_text("Übernommen")
    expect(then_and_now).to_contain_text("Die Zahl stimmt jetzt.")

    reviewer = person()
    sign_in(reviewer, "pruefung")
    compare_versions(reviewer, address)
    assert_accessible(reviewer)

    neighbour.goto(address)
    annotate_passage(neighbour, documents.kept, "Noch eine Frage.")
    refuse_submission(editor, missing="Noch eine Frage.")
    dispose(editor, "Noch eine Frage.", "Beantwortet", "Ja, so ist es gemeint.")
    explain_all_changes(editor)
    submit(editor)
    guest.goto(address)
    expect(guest.get_by_text(re.compile("an den Senat übergeben")).first).to_be_visible()


def import_draft(editor: Page, documents: Documents) -> None:
    """Make a process, import the text below it, and look at it."""
    editor.goto("/admin/pages/")
    editor.locator("main").get_by_role("link", name="Wir schreiben").first.click()
    open_actions(editor, "Unterseite hinzufügen")
    editor.get_by_role("link", name="Beteiligungsverfahren", exact=True).click()
    title = editor.get_by_role("textbox", name="Titel").first
    title.press_sequentially("Strategie 2030")
    title.press("Tab")
    # Wagtail's script makes the address of the title, a moment later; without one, it refuses.
    expect(editor.locator("[name=slug]")).to_have_value("strategie-2030")
    press_publish(editor)

    editor.get_by_role("link", name="Text importieren").click()
    editor.get_by_label("Verfahren").select_option(label="Strategie 2030")
    editor.get_by_label("Titel des Entwurfs").fill(TITLE)
    editor.get_by_label("Datei").set_input_files(documents.old)
    take_over(editor, "Der Text, wie er stehen wird", documents.kept)
    expect(editor.get_by_text(documents.kept[:80]).first).to_be_attached()


def publish(editor: Page, *, label: str, days: int = 0) -> None:
    """Publish the draft that stands in the editor, with a window of some days."""
    editor.get_by_role("tab", name="Einstellungen").click()
    editor.get_by_label("Bezeichnung").fill(label)
    if days:
        now = timezone.localtime()
        fill_moment(editor, "version_opens", now - timedelta(hours=1))
        fill_moment(editor, "version_closes", now + timedelta(days=days))
    press_publish(editor)


def fill_moment(editor: Page, name: str, when: datetime) -> None:
    field = editor.locator(f"[name={name}]")
    field.fill(when.strftime("%Y-%m-%d %H:%M"))
    field.press("Escape")
    editor.get_by_role("tab", name="Einstellungen").click()


def press_publish(editor: Page) -> None:
    patience = 60_000  # tests do the work of the background, such as PDF files, at once
    editor.get_by_role("button", name="Mehr Aktionen").click()
    editor.get_by_role("button", name="Veröffentlichen", exact=True).click(timeout=patience)
    questions = editor.get_by_role("button", name="Mit diesen Antworten veröffentlichen")
    done = editor.locator(".messages .success")
    expect(questions.or_(done)).to_be_visible(timeout=patience)
    if questions.is_visible():
        questions.click(timeout=patience)
    expect(done).to_contain_text("veröffentlicht", timeout=patience)


def read(reader: Page, documents: Documents) -> str:
    """Find the text from the home page, see that it can be annotated; return its address."""
    reader.goto("/de/")
    reader.get_by_role("link", name=TITLE).first.click()
    expect(reader.get_by_text("Sie können bis").first).to_be_visible()
    expect(reader.locator("[data-passage]")).to_have_count(documents.passages)
    return reader.url


def annotate_passage_as_guest(guest: Page, documents: Documents) -> None:
    """Press the passage's button, write, leave name and address, send."""
    form = open_form(guest, documents.kept)
    form.get_by_label("Ihr Text").fill("Das ist mir wichtig.")
    form.get_by_label("Name oder Pseudonym").fill("Frida vom Kanal")
    form.get_by_label("E-Mail-Adresse").fill("frida@example.org")
    form.get_by_role("button", name="Anmerkung absenden").click()
    expect(guest.get_by_text("Wir haben Ihnen eine E-Mail geschickt").first).to_be_visible()
    expect(guest.get_by_text("Das ist mir wichtig.")).to_have_count(0)


def annotate_passage(person: Page, words: str, text: str) -> None:
    """Press the passage's button, write, send."""
    form = open_form(person, words)
    form.get_by_label("Ihr Text").fill(text)
    form.get_by_role("button", name="Anmerkung absenden").click()
    expect(card(person, text)).to_be_visible()


def open_form(person: Page, words: str) -> Locator:
    row = passage(person, words)
    name = re.compile("anmerken|Anmerkung")
    row.locator(".syn-passage__button").and_(
        row.get_by_role("link", name=name).or_(row.get_by_role("button", name=name))
    ).click()
    return person.locator("form[data-form]")


def confirm_by_mail(guest: Page) -> None:
    """Open the link of the mail; only the button publishes."""
    (message,) = [m for m in mail.outbox if m.to == ["frida@example.org"]]
    (link,) = re.findall(r"http\S+/annotations/confirm/\S+", message.body)
    assert "wichtig" not in link
    guest.goto(link)
    guest.goto(link)  # mail scanners open links, too: that changes nothing
    guest.get_by_role("button", name="Bestätigen und veröffentlichen").click()


def annotate_words_with_the_mouse(citizen: Page, documents: Documents) -> None:
    """Select three words by dragging over them and annotate those."""
    body = passage(citizen, documents.changed).locator("[data-passage]")
    body.scroll_into_view_if_needed()
    start, end = body.evaluate(CORNERS, documents.three_words)
    citizen.mouse.move(*start)
    citizen.mouse.down()
    citizen.mouse.move(*end, steps=8)
    citizen.mouse.up()
    citizen.get_by_role("button", name="Anmerken", exact=True).click()
    form = citizen.locator("form[data-form]")
    expect(form.get_by_label("Genau diese Wörter")).to_have_value(documents.three_words)
    expect(body).to_be_in_viewport()  # the words stay in sight beside the form
    form.get_by_label("Ihr Text").fill("Bitte genauer.")
    form.get_by_role("button", name="Anmerkung absenden").click()
    expect(card(citizen, "Bitte genauer.")).to_be_visible()


CORNERS = """(body, words) => {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const start = body.textContent.indexOf(words);
  const range = document.createRange();
  let passed = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.textContent.length;
    const at = (offset) => Math.min(Math.max(offset - passed, 0), length);
    if (start >= passed && start < passed + length) range.setStart(node, at(start));
    const end = start + words.length;
    if (end > passed && end <= passed + length) range.setEnd(node, at(end));
    passed += length;
  }
  const boxes = [...range.getClientRects()];
  const middle = (box) => box.top + box.height / 2;
  const [first, last] = [boxes[0], boxes[boxes.length - 1]];
  return [[first.left + 1, middle(first)], [last.right - 1, middle(last)]];
}"""


def reply(person: Page, *, to: str, words: str) -> None:
    """Reply to an annotation."""
    found = card(person, to)
    found.get_by_role("link", name="Antworten").click()
    form = person.locator("form[data-form]")
    form.get_by_label("Ihr Text").fill(words)
    form.get_by_role("button", name="Antwort absenden").click()
    expect(person.get_by_text(words).first).to_be_visible()


def import_new_text(editor: Page, documents: Documents) -> None:
    """Import the new text into the draft."""
    open_draft(editor)
    open_actions(editor, "Text importieren")
    editor.get_by_label("Datei").set_input_files(documents.new)
    take_over(editor, "Was sich im Entwurf ändern würde", documents.kept)


def take_over(editor: Page, heading: str, words: str) -> None:
    """Look at the preview of the file that was chosen, and take it over."""
    editor.get_by_role("button", name="Vorschau zeigen").click()
    expect(editor.get_by_role("heading", name=heading)).to_be_visible()
    expect(editor.locator("main")).to_contain_text(words[:80])
    editor.get_by_role("button", name="Übernehmen").click()
    expect(editor.get_by_text("Der Text steht im Entwurf").first).to_be_visible()


def open_draft(editor: Page) -> None:
    """Find the draft by the admin's search."""
    editor.goto("/admin/pages/search/?q=" + TITLE.replace(" ", "+"))
    editor.get_by_role("link", name=TITLE).first.click()


def open_actions(editor: Page, name: str) -> None:
    """Choose an entry of the page's menu."""
    editor.get_by_role("button", name="Aktionen", exact=True).first.click()
    editor.locator(".w-dropdown__content").get_by_role("link", name=name).first.click()


def refuse_submission(editor: Page, *, missing: str) -> None:
    """Try to hand over: refused, with a list of what is missing."""
    open_draft(editor)
    open_actions(editor, "Freigabe")
    editor.get_by_role("button", name="An den Senat übergeben").click()
    expect(editor.get_by_text("Nicht übergeben").first).to_be_visible()
    expect(editor.locator("main")).to_contain_text(missing)


def dispose(editor: Page, words: str, outcome: str, reason: str) -> None:
    """Find the annotation in the admin and answer it."""
    open_draft(editor)
    open_actions(editor, "Anmerkungen")
    editor.get_by_role("link", name=words).first.click()
    editor.get_by_role("link", name="Abwägen").first.click()
    editor.get_by_label(outcome, exact=True).check()
    editor.get_by_label("Öffentliche Begründung").fill(reason)
    editor.get_by_role("button", name="Speichern", exact=True).click()
    expect(editor.get_by_text("Die Abwägung ist gespeichert").first).to_be_visible()


def compare_versions(reviewer: Page, address: str) -> None:
    """See the change with its annotation and disposition, side by side and inline."""
    reviewer.goto(address)
    reviewer.get_by_role("link", name="Vergleich").first.click()
    for layout in ("Synopse", "Fließtext"):
        if not reviewer.get_by_label(layout).is_checked():
            with reviewer.expect_navigation():
                reviewer.get_by_label(layout).click()
        expect(reviewer.locator("del").first).to_be_visible()
        expect(reviewer.locator("ins").first).to_be_visible()
        beside = reviewer.locator(".syn-row", has_text="Die Zahl stimmt jetzt.").first
        expect(beside).to_contain_text("Übernommen", ignore_case=True)
        expect(beside.locator("del, ins").first).to_be_visible()


def explain_all_changes(editor: Page) -> None:
    """Give the changes without a reason one."""
    open_draft(editor)
    open_actions(editor, "Freigabe")
    editor.get_by_role("link", name=re.compile("ohne Begründung|Änderung")).first.click()
    editor.locator("[name=every]").check()
    editor.get_by_label("Begründung in Ihren Worten").fill("Aktualisierung der Redaktion.")
    editor.get_by_role("button", name="Begründung speichern").click()


def submit(editor: Page) -> None:
    """Leave open with a reason what can be left open, and hand over: accepted now."""
    open_draft(editor)
    open_actions(editor, "Freigabe")
    leave_open(editor, "window", "Wer bis dahin schreibt, bekommt eine Antwort.")
    leave_open(editor, "translations", "Die Übersetzung folgt.")
    leave_open(editor, "links", "Die Sprungmarken kommen mit dem Satz.")
    leave_open(editor, "accessibility", "Die Überschriften werden noch geordnet.")
    editor.get_by_role("button", name="An den Senat übergeben").click()
    expect(editor.locator(".messages .success")).to_contain_text("an den Senat übergeben")


def leave_open(page: Page, line: str, reason: str) -> None:
    """Leave a line of the checklist open, with a reason that becomes public."""
    row = page.locator(f"[data-gate-line={line}]")
    row.get_by_text("Mit Begründung offen lassen").click()
    row.get_by_label("Begründung").fill(reason)
    row.get_by_role("button", name="Mit dieser Begründung offen lassen").click()
    expect(row).to_contain_text(reason)


def passage(page: Page, words: str) -> Locator:
    """Return the row of the passage that begins with these words."""
    return page.locator(".syn-passage", has_text=words[:60]).first


def card(page: Page, words: str) -> Locator:
    return page.locator("[data-card]", has_text=words).first
