"""Every page type in Chromium: the strict policy holds, and no other host is asked (S2, D2)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.snapshots import made_once
from tests.factories.annotations import passage
from tests.factories.world import World, build_world

LISTEN = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
PASSWORD = "geheim-123"


@pytest.fixture
def world(strategy_site) -> World:
    return made_once(build_world)()


@pytest.fixture
def visitor(person):
    """Return a browser window that notes what the policy stops."""

    def make(**options):
        page = person(**options)
        page.context.add_init_script(LISTEN)
        return page

    return make


def public_urls(world: World) -> dict[str, str]:
    """Return an address of each public page type and state."""
    version, made = world.versions["open"], world.annotations
    args = [version.page_id, version.number]
    comparison = reverse("versioning:comparison", args=[version.page_id, 1, 2])
    standard = world.process.get_parent().get_children().live().exclude(pk=world.process.pk)
    return {
        "home": "/de/",
        "home in English": "/en/",
        "process": world.process.get_url(),
        "standard page": standard.first().get_url(),
        "reading": world.drafts["open"].get_url(),
        "reading, handed over": world.drafts["submitted"].get_url(),
        "versions": reverse("versioning:versions", args=[version.page_id]),
        "version": version.get_absolute_url(),
        "comparison": comparison,
        "comparison inline": f"{comparison}?view=inline&show=all",
        "submission": world.submission.get_absolute_url(),
        "passage": reverse("annotations:passage", args=[*args, passage(version, 1).uid]),
        "removed": reverse("annotations:removed", args=args),
        "list": reverse("annotations:list", args=args[:1]),
        "trace": made["answered"].get_absolute_url(),
        "tombstone": made["withdrawn"].get_absolute_url(),
        "reply": reverse("annotations:reply", args=[made["public"].uuid]),
        "sent": reverse("annotations:sent", args=[made["unconfirmed"].uuid]),
        "confirm": reverse("annotations:confirm", args=[world.token]),
        "used link": "/de/annotations/confirm/unknown/",
        "report": reverse("pages:report_problem"),
        "thanks": reverse("pages:problem_reported"),
        "log-in": "/accounts/login/",
        "sign-up": "/accounts/signup/",
        "password": "/accounts/password/reset/",
        "not found": "/de/nothing/",
        "password of a page": world.drafts["password"].get_url(),
    }


def assert_no_violation(page, name: str) -> None:
    assert page.evaluate("window.__violations") == [], name


def test_no_public_page_breaks_the_policy_or_asks_another_host(visitor, world):
    page = visitor()
    for name, url in public_urls(world).items():
        page.goto(url)
        page.wait_for_load_state("load")
        assert_no_violation(page, name)
    sign_in(page, "citizen", PASSWORD)
    page.goto(world.drafts["open"].get_url())
    page.locator("a.syn-passage__button:visible").first.click()
    page.locator("textarea[name=body]").first.fill("Aus dem Browser")
    assert_no_violation(page, "panel")


def test_whoever_sends_far_too_much_reads_what_to_do(visitor, world):
    page = visitor()
    page.goto(reverse("annotations:reply", args=[world.annotations["public"].uuid]))
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("E-Mail").fill("ada@example.org")
    body = page.locator("textarea[name=body]")
    body.evaluate("(field) => { field.value = 'Wort '.repeat(300_000); field.form.submit(); }")
    expect(page.get_by_role("heading", name="zu viel")).to_be_visible()
    page.go_back()
    assert body.evaluate("(field) => field.value.length") == 1_500_000


def test_the_policy_stops_what_is_not_ours(browser, strategy_site):
    """Show that the test above could fail; this window is not watched."""
    page = browser.new_context(base_url=strategy_site).new_page()
    page.add_init_script(LISTEN)
    page.goto("/de/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    page.wait_for_function("window.__violations.length > 0")
    page.context.close()


def test_the_admin_asks_no_other_host(visitor, world):
    version = world.versions["open"]
    shared = [
        "/admin/",
        reverse("synopse_annotations:index"),
        reverse("synopse_versions:page", args=[version.page_id]),
    ]
    own = {
        "editor": [
            reverse("wagtailadmin_pages:edit", args=[version.page_id]),
            reverse("synopse_annotations:detail", args=[world.annotations["public"].pk]),
        ],
        "moderator": [reverse("synopse_annotations:outbox")],
    }
    for role, urls in own.items():
        page = visitor()
        sign_in(page, role, PASSWORD)
        for url in [*shared, *urls]:
            page.goto(url)
            page.wait_for_load_state("load")
            assert_no_violation(page, url)
