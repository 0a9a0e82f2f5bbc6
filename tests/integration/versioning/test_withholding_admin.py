"""Withholding a passage in Wagtail's admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.factories import make_draft, make_user, publish

if TYPE_CHECKING:
    from versioning.models import Passage

pytestmark = pytest.mark.django_db

SECRET = "Frau Erika Mustermann wohnt in der Gasse 7."
GROUND = "Art. 17 DSGVO"
REFUSED = [
    {"ground": GROUND},
    {"sure": "on"},
    {"ground": " ", "sure": "on"},
    {"ground": "x" * 256, "sure": "on"},
]


@pytest.fixture
def secret(root) -> Passage:
    page = make_draft(html=f"<p>Anfang.</p><p>{SECRET}</p>")
    publish(page)
    version = publish(page, html=f"<p>Neuer Anfang.</p><p>{SECRET}</p>")
    return version.passages.get(text=SECRET)


@pytest.fixture
def boss(client, root):
    user = make_user("superuser")
    client.force_login(user)
    return user


def passages_url(passage: Passage) -> str:
    return reverse("synopse_versions:passages", args=[passage.version_id])


def withhold_url(passage: Passage) -> str:
    return reverse("synopse_versions:withhold", args=[passage.pk])


def body(response) -> str:
    return response.content.decode()


def test_the_way_leads_from_the_versions_over_the_passages_to_the_form(client, boss, secret):
    versions = client.get(reverse("synopse_versions:page", args=[secret.version.page_id]))
    assert passages_url(secret) in body(versions)
    assert withhold_url(secret) in body(client.get(passages_url(secret)))
    form = body(client.get(withhold_url(secret)))
    assert SECRET in form
    assert "help-critical" in form


def test_the_public_page_shows_the_ground_in_place_of_the_words(client, boss, secret):
    data = {"ground": GROUND, "sure": "on"}
    response = client.post(withhold_url(secret), data, follow=True)

    assert response.redirect_chain == [(passages_url(secret), 302)]
    assert SECRET not in body(response)
    assert GROUND in body(response)
    assert withhold_url(secret) not in body(response)
    for number in (1, 2):
        public = body(client.get(f"/versions/{secret.version.page_id}/{number}/", follow=True))
        assert SECRET not in public
        assert GROUND in public


@pytest.mark.parametrize("data", REFUSED)
def test_without_a_ground_and_a_clear_yes_the_words_stay(client, boss, secret, data):
    response = client.post(withhold_url(secret), data)

    assert response.status_code == 200
    assert "error-message" in body(response)
    secret.refresh_from_db()
    assert secret.text == SECRET


def test_words_that_left_already_are_refused_with_words(client, boss, secret):
    data = {"ground": GROUND, "sure": "on"}
    client.post(withhold_url(secret), data)

    again = client.post(withhold_url(secret), {**data, "ground": "Urteil"})

    assert again.status_code == 200
    secret.refresh_from_db()
    assert secret.withheld_ground == GROUND


@pytest.mark.parametrize("role", ["editor", "reviewer", "moderator", "senate", "citizen"])
def test_no_other_role_is_offered_the_form_or_can_send_it(client, secret, role):
    client.force_login(make_user(role))

    assert withhold_url(secret) not in body(client.get(passages_url(secret)))
    assert client.get(withhold_url(secret)).status_code == 302
    assert client.post(withhold_url(secret), {"ground": "x", "sure": "on"}).status_code == 302
    secret.refresh_from_db()
    assert secret.text == SECRET
