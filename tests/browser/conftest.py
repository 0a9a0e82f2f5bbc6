"""Fixtures of the browser tests: Chromium of the system, a watched context, axe."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import expect

from tests.browser import snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page

# Playwright's own loop runs in the main thread, where the tests ask the database, too.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
PATIENCE = 30_000
"""Milliseconds after which something hangs; a busy machine only takes long."""
expect.set_options(timeout=PATIENCE / 2)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": RULES},
    "resultTypes": ["violations"],  # all rules run; what passes need not be described
}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {
        **browser_context_args,
        "locale": "de-DE",
        "timezone_id": "Europe/Berlin",
        "viewport": {"width": 1360, "height": 900},
    }


@pytest.fixture(scope="session")
def _snapshots(django_db_setup, django_db_blocker) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        snapshots.drop_all()


@pytest.fixture
def transactional_db(django_db_setup, django_db_blocker, _snapshots) -> Iterator[None]:
    """Let a new site stand before each test; pytest-django's would empty the database after it."""
    with django_db_blocker.unblock():
        snapshots.new_site()
        yield
        connection.close()


@pytest.fixture
def strategy_site(transactional_db, live_server) -> str:
    """Return the address of an empty strategy site, as a new installation has it."""
    return live_server.url


@pytest.fixture
def watch() -> Iterator[Callable[[BrowserContext], BrowserContext]]:
    """Watch contexts: no request to a foreign host, no policy violation, no script error."""
    faults: list[str] = []

    def start(context: BrowserContext) -> BrowserContext:
        def on_request(request) -> None:
            host = urlsplit(request.url).hostname
            if host not in {"localhost", "127.0.0.1", None}:
                faults.append(f"request to a foreign host: {request.url}")

        def on_console(message) -> None:
            if "Content Security Policy" in message.text:
                faults.append(f"policy violation: {message.text}")

        context.on("request", on_request)
        context.on("console", on_console)
        context.on("weberror", lambda error: faults.append(f"script error: {error.error}"))
        context.set_default_timeout(PATIENCE)
        return context

    yield start
    assert faults == []


@pytest.fixture
def person(browser, browser_context_args, watch, strategy_site):
    """Return a maker of people: each has a browser window of their own."""
    contexts = []

    def make(**options) -> Page:
        arguments = {**browser_context_args, "base_url": strategy_site, **options}
        context = watch(browser.new_context(**arguments))
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Return a check that axe finds no violation on a page."""

    def check(page: Page) -> None:
        result = Axe().run(page, options=AXE_OPTIONS)
        found = [
            (rule["id"], rule["help"], [node["target"] for node in rule["nodes"][:3]])
            for rule in result.response["violations"]
        ]
        assert found == [], f"{page.url}: {found}"

    return check


PASSWORD = "geheim-und-lang-genug"


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Sign in as a person does."""
    page.goto("/de/")
    page.get_by_role("link", name="Anmelden").click()
    page.locator("[name=login]").fill(username)
    page.get_by_label("Passwort", exact=True).fill(password)
    page.locator("main").get_by_role("button", name=re.compile("Anmeld")).click()
    page.wait_for_url("**/de/**")
