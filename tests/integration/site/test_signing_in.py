"""There is one door to sign in: others ask for no confirmed address and count no attempts."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from cms_pages.services.site_setup import set_up_site

pytestmark = pytest.mark.django_db

PASSWORD = "lang-und-geheim-123"
OTHER_DOORS = ["/de/_util/login/", "/en/_util/login/", "/admin/login/"]


@pytest.fixture(scope="module", autouse=True)
def _site(shared_root):
    set_up_site()


@pytest.fixture
def stranger():
    """Sign up under an address that has not been confirmed."""
    client = Client()
    words = {"username": "ada", "email": "fremde@example.org", "password1": PASSWORD}
    assert client.post("/accounts/signup/", words).status_code == 302
    assert get_user_model().objects.filter(username="ada").exists()
    return client


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_signing_up_under_an_unconfirmed_address_signs_nobody_in(stranger):
    assert not is_signed_in(stranger)
    words = {"login": "ada", "password": PASSWORD}
    stranger.post("/accounts/login/", words)
    assert not is_signed_in(stranger)


@pytest.mark.parametrize("door", OTHER_DOORS)
def test_no_other_door_lets_in_whoever_has_not_confirmed_the_address(stranger, door):
    stranger.post(door, {"username": "ada", "login": "ada", "password": PASSWORD}, follow=True)
    assert not is_signed_in(stranger)


@pytest.mark.parametrize("door", OTHER_DOORS)
def test_other_doors_lead_to_the_one(door):
    response = Client().get(f"{door}?next=/de/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_after_many_failures_the_door_stays_shut_for_a_while():
    client = Client()
    get_user_model().objects.create_user("ada", "ada@example.org", PASSWORD)
    words = {"login": "ada", "password": "falsch"}
    codes = [client.post("/accounts/login/", words) for _ in range(12)]
    assert any("oft" in response.content.decode() for response in codes)
    client.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    assert not is_signed_in(client)


def test_nobody_learns_whether_an_address_has_an_account():
    get_user_model().objects.create_user("ada", "ada@example.org", PASSWORD)
    answers = []
    for address in ("ada@example.org", "niemand@example.org"):
        response = Client().post("/accounts/password/reset/", {"email": address}, follow=True)
        answers.append((response.status_code, response.redirect_chain))
    assert answers[0] == answers[1]


def test_passwords_are_renewed_in_one_place_only():
    assert Client().get("/admin/password_reset/").status_code in {302, 404}
    assert b"<form" not in Client().get("/admin/password_reset/").content
