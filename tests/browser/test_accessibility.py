"""No page type and no state of it has a fault that axe finds, and all fit on a narrow screen.

The content is built once for each test, and every page is visited before the faults are told, all
at once.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page

from annotations.permissions import CONSENT_TEXTS, grantable
from tests.browser import scenes
from tests.browser.admin_visits import ADMIN
from tests.browser.conftest import AXE_OPTIONS
from tests.browser.visits import MEMBERS, PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.scenes import Stage
    from tests.browser.visits import Visit

NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1360, "height": 900}
BROKEN = '<main><a href="/x">klein</a><p style="min-width: 2000px">breit</p><input></main>'


def test_the_checks_see_faults(page, assert_accessible):
    page.set_content(BROKEN)
    for check in (assert_accessible, assert_main_accessible, assert_fits, assert_targets_are_large):
        with pytest.raises(AssertionError):
            check(page)


class Faults:
    """Collects what is wrong on many pages, to tell it all at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    @contextmanager
    def at(self, name: str) -> Iterator[None]:
        """Note what goes wrong in a block, and go on."""
        try:
            yield
        except (AssertionError, Error) as error:
            self.found.append(f"{name}: {str(error)[:1200]}")

    def check(self) -> None:
        assert not self.found, "\n\n".join([f"{len(self.found)} faults", *self.found])


@pytest.fixture
def faults() -> Faults:
    return Faults()


def test_every_page_is_free_of_faults_and_fits_on_a_narrow_screen(
    person, faults, assert_accessible
):
    stage = scenes.full_stage()
    guest, member = person(), person()
    scenes.enter(member, stage.users["buergerin"])
    for reader, visits in ((guest, PAGES), (member, MEMBERS)):
        for visit in visits:
            with faults.at(visit.name):
                go(reader, visit, stage)
                assert_accessible(reader)
            with faults.at(f"{visit.name}, narrow"):
                reader.set_viewport_size(NARROW)
                assert_fits(reader)
            with faults.at(f"{visit.name}, targets"):
                assert_targets_are_large(reader)
            reader.set_viewport_size(WIDE)
    faults.check()


@pytest.mark.parametrize(
    ("name", "options", "media"),
    [
        ("dark", {"color_scheme": "dark"}, {}),
        ("forced colours", {}, {"forced_colors": "active"}),
        ("phone", {"viewport": NARROW, "has_touch": True}, {}),
    ],
)
def test_important_pages_are_free_of_faults_in_every_look(
    person, faults, assert_accessible, name, options, media
):
    stage = scenes.full_stage()
    reader = person(**options)
    if media:
        reader.emulate_media(**media)
    for visit in PAGES:
        if visit.variants:
            with faults.at(f"{visit.name}, {name}"):
                go(reader, visit, stage)
                assert_accessible(reader)
    faults.check()


def test_our_pages_in_the_admin_are_free_of_faults(person, faults):
    stage = scenes.full_stage()
    editor = person()
    editor_account = stage.users["redaktion"]
    editor_account.groups.add(*stage.users["moderation"].groups.all())
    editor_account.groups.add(*stage.users["senat"].groups.all())
    editor_account.user_permissions.add(*grantable().filter(codename__in=CONSENT_TEXTS))
    scenes.enter(editor, editor_account)
    for visit in ADMIN:
        with faults.at(visit.name):
            go(editor, visit, stage)
            assert_main_accessible(editor)
    faults.check()


def go(page: Page, visit: Visit, stage: Stage) -> None:
    """Open a page and bring it into its state."""
    response = page.goto(visit.url(stage))
    assert response is not None
    assert response.status == visit.status, f"{page.url} answers {response.status}"
    if visit.prepare:
        visit.prepare(page, stage)


def assert_main_accessible(page: Page) -> None:
    """What stands around our pages in the admin is Wagtail's."""
    result = Axe().run(page, context="main", options=AXE_OPTIONS)
    found = [
        (rule["id"], rule["help"], [node["target"] for node in rule["nodes"][:3]])
        for rule in result.response["violations"]
    ]
    assert found == [], f"{page.url}: {found}"


def assert_fits(page: Page) -> None:
    """Nobody has to scroll sideways (1.4.10)."""
    wide = page.evaluate(WIDER_THAN_THE_SCREEN)
    assert not wide, f"wider than the screen: {wide}"


WIDER_THAN_THE_SCREEN = """() => {
  const root = document.documentElement;
  const most = root.clientWidth;
  if (root.scrollWidth <= most) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(
    (each) => each.checkVisibility() && each.getBoundingClientRect().right > most + 1,
  );
  return [`${root.scrollWidth}px`, ...wide.slice(0, 5).map((e) => `${e.tagName}.${e.className}`)];
}"""


def assert_targets_are_large(page: Page) -> None:
    """Targets measure 24 by 24 pixels at least, except within running text (2.5.8)."""
    small = page.evaluate(SMALL_TARGETS)
    assert not small, f"small targets: {small}"


SMALL_TARGETS = """() => {
  const inText = (link) => {
    if (link.tagName !== "A" || !getComputedStyle(link).display.startsWith("inline")) return false;
    const block = link.closest("p, li, dd, dt, td, th, h1, h2, h3, h4, blockquote, div");
    return [...(block?.childNodes ?? [])].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.data.trim().length > 1,
    );
  };
  const boxes = (target) =>
    [target, ...(target.labels ?? [])].map((each) => each.getBoundingClientRect());
  const large = (box) => box.width >= 23.5 && box.height >= 23.5;
  const named = (target) => {
    const { width, height } = target.getBoundingClientRect();
    const words = target.textContent.trim().slice(0, 30);
    const place = `${target.tagName}.${target.className} in .${target.parentElement.className}`;
    return `${place} ${words} ${Math.round(width)}x${Math.round(height)}`;
  };
  const targets = "a[href], button, summary, input:not([type=hidden]), select, textarea";
  const small = [...document.querySelectorAll(targets)]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.tabIndex >= 0)
    .filter((each) => !each.matches(".syn-skip") && !inText(each) && !boxes(each).some(large));
  return [...new Set(small.map(named))].slice(0, 12);
}"""
