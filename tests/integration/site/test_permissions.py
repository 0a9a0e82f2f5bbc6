"""Who may open and do what: every view of the site and of Wagtail, every role, both methods."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from django.http import SimpleCookie

from cms_pages.permission_matrix import MATRIX, NONE, ROLES, as_markdown, line_for
from tests.factories.world import ROLES as ROLES_OF_THE_WORLD
from tests.integration.site.addresses import (
    all_views,
    foreign_url,
    foreign_views,
    our_names,
    outcome,
    url_of,
)
from tests.integration.site.furniture import furnish

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "permissions.md"
REACHED = {"done", "broken"}
"""Wagtail's own editor fails at an empty form; it let somebody in, and that is what counts here."""


def test_every_view_stands_in_the_table():
    missing = sorted({view.name for view in all_views() if line_for(view.name) is None})
    assert missing == []


def test_every_name_in_the_table_is_that_of_a_view():
    names = {view.name for view in all_views()}
    for name in (name for line in MATRIX for name in line.views.split()):
        if name.endswith("*"):
            assert any(known.startswith(name[:-1]) for known in names), name
        else:
            assert name in names, name
    exact = [name for line in MATRIX for name in line.views.split() if not name.endswith("*")]
    assert sorted(exact) == sorted(set(exact))


def test_the_table_is_what_the_documentation_shows():
    assert as_markdown() in PAGE.read_text()


def test_the_world_holds_one_person_of_each_role():
    assert set(ROLES) == set(ROLES_OF_THE_WORLD)


def test_no_view_is_without_protection_against_forged_forms():
    exempt = {view.name for view in all_views() if getattr(view.callback, "csrf_exempt", False)}
    # Views of the REST framework and of ninja ask for the token once a session is used.
    apis = {"wagtailadmin_api", "wagtail_localize", "synopse_api"}
    # The one click of a mail program; its token is the permission (RFC 8058).
    others = exempt - {"annotations:stop_mails_at_once", "annotations:unsubscribe_at_once"}
    assert {name.partition(":")[0] for name in others} <= apis


@pytest.fixture
def visit(world, client_of):
    """Return what asks an address as a role; what one request changes no other one sees."""

    def ask(role: str, method: str, url: str) -> str:
        if role not in cookies:
            cookies[role] = client_of(role).cookies.output(header="", sep=";")
        client = client_of("anon", raise_request_exception=False)
        client.cookies = SimpleCookie(cookies[role])
        savepoint = transaction.savepoint()
        answer = outcome(getattr(client, method)(url))
        transaction.savepoint_rollback(savepoint)
        return answer

    cookies: dict[str, str] = {}
    return ask


def _urls_of_ours(world, role: str) -> dict[str, str]:
    """Return the addresses of our views; of accounts' only for one role that has an account."""
    few = role not in {"anon", "citizen"}
    names = [name for name in our_names() if not (few and name.startswith(("account_", "mfa_")))]
    return {name: url_of(name, world) for name in names}


def _urls_of_wagtail(world) -> dict[str, str]:
    furniture = furnish(world)
    return {view.name: foreign_url(view, furniture) for view in foreign_views()}


def _differences(role: str, method: str, answers: dict[str, str]) -> list[str]:
    """Return where answers differ from the table, in words."""
    found = []
    for name, answer in sorted(answers.items()):
        line = line_for(name)
        who = line.see if method == "get" else line.act or NONE
        if (answer in REACHED) != (role in who):
            found.append(f"{method} {name} as {role}: {answer}")
        if method == "post" and line.act is None and answer not in {"method", "refused", "missing"}:
            found.append(
                f"{method} {name} as {role}: {answer}, but the table says it takes nothing"
            )
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_each_role_opens_and_does_on_our_views_what_the_table_says(world, visit, role, method):
    urls = _urls_of_ours(world, role)
    answers = {name: visit(role, method, url) for name, url in urls.items()}
    assert "broken" not in answers.values()
    found = _differences(role, method, answers)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_each_role_opens_and_does_on_wagtails_views_what_the_table_says(world, visit, role, method):
    urls = _urls_of_wagtail(world)
    answers = {name: visit(role, method, url) for name, url in urls.items()}
    found = _differences(role, method, answers)
    assert not found, "\n".join(found)


def test_acting_on_several_pages_leaves_out_those_without_a_right(world, client_of):
    page = world.drafts["open"]
    for role, live in (("moderator", True), ("editor", False)):
        url = f"/admin/bulk/wagtailcore/page/unpublish/?id={page.pk}"
        client_of(role).post(url, {"include_descendants": ""})
        assert type(page).objects.get(pk=page.pk).live is live
