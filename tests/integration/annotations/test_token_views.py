"""People make and revoke access keys on a page of their own."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from annotations.models import ApiToken
from annotations.services.tokens import MOST, find_token, make_token
from cms_pages.services.site_setup import set_up_site
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(root):
    return make_user()


@pytest.fixture
def client(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def url():
    return reverse("annotations:access_keys")


def test_a_key_is_shown_once_and_works(client, user, url):
    response = client.post(url, {"name": "Auswertung", "days": "90"})
    assert response.status_code == 201
    assert "no-store" in response["Cache-Control"]
    raw = re.search(r"synopse_[\w-]+", response.content.decode())[0]
    assert find_token(raw).user == user
    again = client.get(url).content.decode()
    assert raw not in again
    assert "Auswertung" in again


def test_a_key_is_revoked_by_a_button(client, user, url):
    token, raw = make_token(user=user, name="Auswertung", days=30)
    address = reverse("annotations:revoke_key", args=[token.pk])
    assert address in client.get(url).content.decode()
    assert client.get(address).status_code == 405
    done = client.post(address, follow=True).content.decode()
    assert "Auswertung" in done
    assert "gilt nicht mehr" in done
    assert find_token(raw) is None


def test_keys_of_others_are_neither_shown_nor_revoked(client, url):
    token, _raw = make_token(user=make_user(), name="Fremdes Programm", days=30)
    assert "Fremdes Programm" not in client.get(url).content.decode()
    address = reverse("annotations:revoke_key", args=[token.pk])
    assert client.post(address).status_code == 404
    assert ApiToken.objects.filter(pk=token.pk).exists()


@pytest.mark.parametrize(
    "data",
    [{}, {"name": "", "days": "30"}, {"name": "x", "days": "7"}, {"name": "\u200b", "days": "30"}],
)
def test_a_form_that_does_not_fit_says_so(client, url, data):
    response = client.post(url, data)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not ApiToken.objects.exists()


def test_too_many_keys_are_refused_with_words(client, user, url):
    for number in range(MOST):
        make_token(user=user, name=f"Programm {number}", days=30)
    response = client.post(url, {"name": "noch eines", "days": "30"})
    assert response.status_code == 422
    assert str(MOST) in response.content.decode()


def test_strangers_are_led_to_the_log_in_and_members_find_the_way_on_their_page(client, url):
    home, mine = set_up_site().home.get_url(), reverse("annotations:my_page")
    assert Client().get(url).status_code == 302
    assert mine not in Client().get(home).content.decode()
    menu = client.get(home).content.decode()
    assert mine in menu
    assert url not in menu
    assert url in client.get(mine).content.decode()


def test_hostile_names_stay_words(client, url):
    client.post(url, {"name": "<script>window.__pwn=1</script>", "days": "30"})
    assert "<script>window" not in client.get(url).content.decode()
