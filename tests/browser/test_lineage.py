"""An editor pastes a chapter anew, corrects one guess, and the public comparison shows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import scenes
from tests.browser.conftest import AXE_OPTIONS
from tests.factories import make_draft, make_process, publish
from versioning.models import Lineage

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from cms_pages.models import StrategyDraftPage

WAYS = "Die Stadt baut bis zum Jahr 2030 neue Radwege in allen zwölf Bezirken."
DATA = "Offene Daten der Verwaltung helfen Vereinen, Forschung und kleinen Unternehmen."
LOT = "Ein Rat aus zufällig gelosten Menschen begleitet jede größere Entscheidung."
PATHS = "Die Stadt baut bis zum Jahr 2031 breite Radwege in allen zwölf Bezirken."
HALF = (
    "Zum Jahr 2030 neue Radwege in den Bezirken: wer sie plant, fragt vorher Schulen und Vereine."
)

PASTE = """(editor, html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", html.replace(/<[^>]+>/g, ""));
  editor.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
  );
}"""
WRITTEN = "words => document.querySelector('[name=body-1-value]').value.includes(words)"


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


@pytest.fixture
def draft(strategy_site) -> StrategyDraftPage:
    made = make_draft(
        title="Wege und Daten", html=paragraphs(WAYS, DATA, LOT), process=make_process()
    )
    publish(made, label="Entwurf")
    return made


@pytest.fixture
def editor(person, draft) -> Page:
    page = person()
    scenes.enter(page, scenes.make_account("redaktion", "Redaktion"))
    page.goto(f"/admin/pages/{draft.pk}/edit/")
    return page


def test_a_wrong_guess_is_corrected_before_publishing(editor, draft):
    paste_chapter_anew(editor, PATHS, DATA, LOT)
    show_changes(editor)
    row = editor.locator(".syn-draft__row", has_text="Radwege")
    expect(row).to_contain_text("Wie vermutet: Er setzt 1")
    expect(row.locator("ins", has_text="breite")).to_be_visible()
    assert_panel_accessible(editor)

    row.get_by_label("Woher dieser Absatz kommt").select_option(label="Er ist ein neuer Absatz")
    expect(editor.locator("[data-syn-status]")).to_contain_text("Korrigiert.")
    expect(row_with(editor, "ins", PATHS)).to_contain_text("neu")
    expect(row_with(editor, "del", WAYS)).to_contain_text("entfallen")
    saved(editor)
    editor.reload()
    show_changes(editor)
    expect(editor.locator(".syn-draft__said")).to_contain_text("ist ein neuer Absatz")

    publish_in_editor(editor)
    expect(editor.locator(".messages .success")).to_contain_text("veröffentlicht")
    editor.goto(f"/de/versions/{draft.pk}/compare/1/2/?view=side")
    expect(editor.locator(".syn-row--removed")).to_contain_text("neue Radwege")
    expect(editor.locator(".syn-row--added")).to_contain_text("breite Radwege")
    assert Lineage.objects.filter(new__version__page=draft, new__text=PATHS).count() == 0


def test_a_correction_is_taken_back_by_keyboard(editor):
    paste_chapter_anew(editor, PATHS, DATA, LOT)
    editor.get_by_role("tab", name="Einstellungen").click()
    editor.get_by_role("button", name="Änderungen zeigen").press("Enter")
    expect(editor.locator("[data-syn-heading]")).to_be_focused()
    choice = editor.get_by_label("Woher dieser Absatz kommt")
    choice.focus()
    choice.press("End")
    expect(editor.locator("[data-syn-status]")).to_contain_text("Korrigiert.")
    expect(choice).to_be_focused()
    editor.get_by_role("button", name="Zurücknehmen").press("Enter")
    expect(editor.get_by_role("button", name="Zurücknehmen")).to_have_count(0)
    expect(editor.locator("[name=version_corrections]")).to_have_value("[]")


def test_a_doubtful_guess_is_asked_about_once(editor, draft, assert_accessible):
    paste_chapter_anew(editor, DATA, LOT, HALF)
    publish_in_editor(editor)
    expect(editor.get_by_role("heading", name="Eine Frage vor dem")).to_be_visible()
    assert_accessible(editor)
    editor.get_by_label(re.compile("Ja, er setzt Absatz 1 fort")).check()
    editor.get_by_role("button", name="Mit diesen Antworten veröffentlichen").click()
    expect(editor.locator(".messages .success")).to_contain_text("veröffentlicht")
    (row,) = Lineage.objects.filter(new__version__page=draft, new__text=HALF)
    assert row.old.text == WAYS


def test_the_questions_are_answered_without_javascript(person, draft):
    page = draft.get_latest_revision_as_object()
    page.body = page.body.stream_block.to_python(
        [{"type": "text", "value": paragraphs(DATA, LOT, HALF)}]
    )
    revision = page.save_revision()
    reader = person(java_script_enabled=False)
    scenes.enter(reader, scenes.make_account("redaktion", "Redaktion"))
    reader.goto(f"/admin/versions/page/{draft.pk}/publish/{revision.pk}/")
    reader.get_by_role("button", name="Mit diesen Antworten veröffentlichen").click()
    draft.refresh_from_db()
    assert draft.newest_version.number == 2


def test_revisions_are_compared_in_the_admin(editor, draft, assert_accessible):
    paste_chapter_anew(editor, PATHS, LOT, DATA)
    editor.goto(f"/admin/pages/{draft.pk}/revisions/compare/live...latest/")
    expect(editor.locator(".syn-revisions ins", has_text="breite")).to_be_visible()
    expect(editor.locator(".syn-revisions")).to_contain_text("verschoben")
    assert_accessible(editor)


def row_with(editor: Page, tag: str, words: str) -> Locator:
    return editor.locator(".syn-draft__row", has=editor.locator(tag, has_text=words))


def assert_panel_accessible(editor: Page) -> None:
    """Assert that axe finds no fault in the panel; the editor around it is Wagtail's."""
    found = Axe().run(editor, context=".syn-draft", options=AXE_OPTIONS).response["violations"]
    assert [(rule["id"], rule["nodes"]) for rule in found] == []


def paste_chapter_anew(editor: Page, *texts: str) -> None:
    """Throw the text block away and paste its chapter into a new one, as from a word processor."""
    body = editor.locator("[data-contentpath=body]")
    body.get_by_role("button", name="Löschen", exact=True).click()
    expect(body.locator("[contenteditable=true]:visible")).to_have_count(0)
    body.get_by_role("button", name="Einen Block einfügen").first.click()
    editor.get_by_role("option", name="Text", exact=True).click()
    words = body.locator("[contenteditable=true]:visible")
    words.click()
    words.evaluate(PASTE, paragraphs(*texts))
    editor.wait_for_function(WRITTEN, arg=texts[-1])
    saved(editor)


def saved(editor: Page) -> None:
    """Save the draft."""
    editor.get_by_role("button", name="Entwurf speichern").click()
    expect(editor.locator(".messages .success")).to_contain_text("aktualisiert")


def show_changes(editor: Page) -> None:
    editor.get_by_role("tab", name="Einstellungen").click()
    editor.get_by_role("button", name="Änderungen zeigen").click()
    expect(editor.locator(".syn-draft__row").first).to_be_visible()


def publish_in_editor(editor: Page) -> None:
    editor.get_by_role("button", name="Mehr Aktionen").click()
    editor.get_by_role("button", name="Veröffentlichen", exact=True).click()
