"""A reviewer asks a comparison what has changed, where and why, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenes, texts
from tests.browser.test_accessibility import NARROW, assert_fits
from tests.browser.test_keyboard import Hands
from versioning import presentation

PLACE = "[data-syn-place]"
SPACING = """* {
  line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
}
p { margin-bottom: 2em !important; }"""
LONG = "Donaudampfschifffahrtsgesellschaft" * 9
OLD = [
    f"Ein Absatz mit {LONG} und mehr.",
    "المدينة لكل من يعيش فيها، اليوم وغدا.",
    "Familien 👩‍👩‍👧 und Fahnen 🏳️‍🌈 stehen hier.",
    "Wer mit dem Rad fährt, kommt schnell an.",
]
NEW = [
    f"Ein Absatz mit {LONG}{LONG} und weniger.",
    "المدينة لكل من يعيش فيها، اليوم ودائما.",
    "Familien 👩‍👩‍👦 und Fahnen 🏳️‍🌈 stehen hier.",
    "Wer mit dem Bus fährt, kommt schnell an.",
]


def comparison(stage: scenes.Stage, query: str = "") -> str:
    return f"/de/versions/{stage.draft.pk}/compare/1/2/{query}"


def compare_strange_texts() -> str:
    """Return the address of a comparison of long words, other scripts and emoji."""
    draft = scenes.publish_pair(scenes.open_stage(), "Seltsame Texte", OLD, NEW)
    return f"/de/versions/{draft.pk}/compare/1/2/"


def test_a_reviewer_finds_what_changed_where_and_why_by_keyboard(person):
    stage = scenes.full_stage()
    page = person(permissions=["clipboard-read", "clipboard-write"])
    hands = Hands(page)
    page.goto(stage.url)
    hands.visit("link", re.compile("Vergleich"), within="main")

    hands.visit("link", re.compile("verschoben"), within=".syn-summary")
    hands.press("j")
    moved = page.locator("article", has_text=texts.LIBRARY)
    expect(moved).to_be_focused()
    number = moved.get_attribute("data-syn-change")
    expect(page.locator(PLACE)).to_have_text(re.compile(rf"Änderung {number} von \d+"))

    hands.visit("link", re.compile("verschoben von"))
    ghost = page.locator(".syn-row--ghost")
    expect(ghost).to_be_focused()
    expect(ghost).to_be_in_viewport()
    hands.follow("link", re.compile("verschoben nach"))
    expect(moved).to_be_focused()
    hands.see_focus()

    reason = page.locator("article", has_text="Alle zehn Minuten sind gut.")
    while not reason.and_(hands.focus).count():
        hands.press("j")
    expect(reason.locator(".syn-reason").first).to_contain_text("Übernommen")
    expect(reason.locator(".syn-reason").first).to_contain_text("1 Anmerkung")
    hands.follow("link", "Link zu dieser Änderung")
    expect(page.locator("[data-syn-status]")).to_have_text("Der Link wurde kopiert.")
    copied = page.evaluate("navigator.clipboard.readText()")

    other = person()
    other.goto(copied)
    expect(other.locator("article", has_text="Alle zehn Minuten sind gut.")).to_be_focused()
    hands.visit("link", "Herkunft", within="form")
    expect(page).to_have_url(re.compile("/2/origin/"))


def test_a_link_to_a_change_without_a_clipboard_leads_there(person):
    stage = scenes.full_stage()
    page = person()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(comparison(stage))
    Hands(page).visit("link", "Link zu dieser Änderung")
    expect(page).to_have_url(re.compile(r"\?at=[po]-[0-9a-f-]{36}#[po]-"))
    expect(page.locator("#c-1")).to_be_focused()


def test_choices_apply_at_once_and_keep_the_focus(person):
    stage = scenes.full_stage()
    page = person()
    hands = Hands(page)
    page.goto(comparison(stage))
    expect(page.get_by_role("button", name="Vergleich zeigen")).to_be_hidden()
    hands.to("radio", "Nur Änderungen")
    with page.expect_navigation():
        hands.press("ArrowRight")
    expect(page.get_by_label("Alles")).to_be_focused()
    expect(page).to_have_url(re.compile("show=all"))
    hands.until(page.locator("#syn-from"), key="Shift+Tab")
    with page.expect_navigation():
        hands.press("ArrowUp")
    expect(page.locator("#syn-from")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fassung 2 mit Fassung 2")


def test_the_buttons_go_from_change_to_change_over_pages(person, monkeypatch):
    monkeypatch.setattr(presentation.layout, "PAGE_SIZE", 3)
    stage = scenes.full_stage()
    page = person()
    page.goto(comparison(stage))
    total = int(re.findall(r"\d+", page.locator(PLACE).inner_text())[-1])
    seen = []
    for key in "jn" * (total // 2 + 1):
        if len(seen) == total:
            break
        if key == "j":
            page.keyboard.press("j")
        else:
            press_where_it_stands(page, "Nächste Änderung")
        number = len(seen) + 1
        expect(page.locator(f"#c-{number}")).to_be_focused()
        expect(page.locator(PLACE)).to_have_text(f"Änderung {number} von {total}")
        seen.append(page.url)
    assert len({re.search(r"page=\d+", url) and url.split("#")[0] for url in seen}) > 2
    press_where_it_stands(page, "Vorige Änderung")
    expect(page.locator(f"#c-{total - 1}")).to_be_focused()


def press_where_it_stands(page: Page, name: str) -> None:
    """Click a link that stays in sight, without the scrolling that a test does before a click."""
    box = page.get_by_role("link", name=name).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_the_bar_follows_the_reading_and_hides_no_focus(person):
    stage = scenes.full_stage()
    page = person(viewport={"width": 1000, "height": 500})
    hands = Hands(page)
    page.goto(comparison(stage, "?show=all"))
    page.locator("#c-4").evaluate("row => row.scrollIntoView({block: 'start'})")
    expect(page.locator(PLACE)).to_have_text(re.compile("^Änderung 4 von"))
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    for _ in range(25):
        hands.press("Shift+Tab")
        hands.see_focus()


def test_a_jump_shows_the_chapter_in_which_the_change_stands(person):
    stage = scenes.full_stage()
    page = person(viewport={"width": 1000, "height": 500})
    page.goto(comparison(stage))
    chapters = page.locator(".syn-rows__chapter")
    assert chapters.count() > 1
    first = chapters.last.locator("~ [data-syn-change]").first
    number = int(first.get_attribute("data-syn-change"))
    while not first.and_(page.locator(":focus")).count():
        page.keyboard.press("j")
    expect(page.locator(PLACE)).to_have_text(re.compile(f"^Änderung {number} von"))
    bar = page.locator(".syn-jump").bounding_box()
    assert chapters.last.bounding_box()["y"] >= bar["y"] + bar["height"]


def test_in_a_long_paragraph_the_keys_lead_to_each_change(person):
    words = [f"Wort{number} steht hier." for number in range(2_000)]
    changed = [*words[:700], "Satz steht hier.", *words[701:1400], "Neu ist das.", *words[1401:]]
    stage = scenes.open_stage()
    draft = scenes.publish_pair(stage, "Lange Absätze", [" ".join(words)], [" ".join(changed)])
    page = person()
    page.goto(f"/de/versions/{draft.pk}/compare/1/2/?view=inline")
    page.keyboard.press("j")
    expect(page.locator("#c-1")).to_be_focused()
    inserted = page.locator("ins")
    for key, words_there in (("j", "Satz"), ("j", "Neu"), ("k", "Satz")):
        page.keyboard.press(key)
        expect(inserted.filter(has_text=words_there).first).to_be_in_viewport()


def test_screen_readers_hear_what_is_inserted_and_deleted(person):
    stage = scenes.full_stage()
    page = person()
    page.goto(comparison(stage, "?view=inline"))
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    for tag, role, words in (
        ("ins", "insertion", "eingefügt:"),
        ("del", "deletion", "gestrichen:"),
    ):
        marks = [node for node in nodes if node.get("role", {}).get("value") == role]
        assert len(marks) == page.locator(tag).count() > 0
        for mark in marks:
            parent = by_id[mark["parentId"]]["childIds"]
            before = by_id[parent[parent.index(mark["nodeId"]) - 1]]
            assert words in heard(before, by_id)
    focused = page.locator("#c-1")
    expect(focused).to_have_accessible_name(re.compile(r"Änderung 1 von \d+"))


def heard(node: dict, by_id: dict[str, dict]) -> str:
    """Return the words of a node and of what is in it."""
    own = node.get("name", {}).get("value", "")
    return own + "".join(heard(by_id[child], by_id) for child in node.get("childIds", ()))


@pytest.mark.parametrize("view", ["side", "inline"])
def test_strange_texts_fit_on_a_narrow_screen_with_wide_spacing(person, assert_accessible, view):
    url = compare_strange_texts()
    page = person(viewport=NARROW, bypass_csp=True)
    page.goto(f"{url}?view={view}")
    assert_fits(page)
    assert_accessible(page)
    page.add_style_tag(content=SPACING)
    assert_fits(page)
    page.set_viewport_size({"width": 320, "height": 256})
    assert_fits(page)
    arabic = page.locator(".syn-row__text", has_text="المدينة").first
    assert arabic.evaluate("each => getComputedStyle(each).direction") == "rtl"


def test_a_print_holds_the_changes_and_no_controls(person, assert_accessible):
    stage = scenes.full_stage()
    page = person()
    page.goto(comparison(stage))
    page.emulate_media(media="print")
    assert_accessible(page)
    for hidden in (".syn-controls", ".syn-jump", "[data-syn-permalink]", ".syn-row__steps"):
        for each in page.locator(hidden).all():
            expect(each).to_be_hidden()
    for shown in (
        "h1",
        ".syn-pair",
        ".syn-lead",
        ".syn-legend",
        ".syn-reason",
        "ins",
        ".syn-print",
    ):
        expect(page.locator(shown).first).to_be_visible()
    expect(page.locator(".syn-fold .syn-row").first).to_be_hidden()
    columns = page.locator("article:has(ins):has(del) .syn-row__side")
    assert columns.nth(0).bounding_box()["y"] == columns.nth(1).bounding_box()["y"]


def test_the_marks_differ_by_shape_and_not_by_colour_alone(person):
    stage = scenes.full_stage()
    page: Page = person()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.goto(comparison(stage))
        lines = {
            tag: page.locator(f"article {tag}").first.evaluate(
                "each => getComputedStyle(each).textDecorationLine"
            )
            for tag in ("ins", "del")
        }
        assert lines == {"ins": "underline", "del": "line-through"}
        frame = page.locator("article .syn-format").first
        assert frame.evaluate("each => getComputedStyle(each).borderTopStyle") == "dotted"
