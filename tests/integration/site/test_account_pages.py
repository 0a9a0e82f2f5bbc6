"""Accounts: the site's own words in both languages, from the form to the mail."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.urls import reverse

FAMILIAR = re.compile(r"\b(?:[Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b")
NEWCOMER = {"username": "Spreemöwe", "email": "moewe@example.org", "password1": "Kiesel-und-Tau-7"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits_from_other_tests():
    cache.clear()


def sign_up(client, language="de"):
    return client.post(
        reverse("account_signup"), {**NEWCOMER, "next": f"/{language}/"}, follow=True
    )


def link_in(mail):
    return re.search(r"http://\S+", mail.body).group()


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Pseudonym oder E-Mail"), ("en", "Pseudonym or e-mail")]
)
def test_signing_in_speaks_the_language_of_the_page_one_comes_from(client, root, language, words):
    response = client.get(reverse("account_login"), {"next": f"/{language}/"})
    assert words in response.content.decode()


def test_the_language_stays_when_a_form_leads_to_another_page(client, root):
    client.get(reverse("account_signup"), {"next": "/en/"})
    response = sign_up(client, "en")
    assert response.redirect_chain
    assert "Please look into your mailbox" in response.content.decode()


def test_the_language_of_other_pages_does_not_follow_next(client, root, settings):
    response = client.get("/de/report-a-problem/", {"next": "/en/"})
    assert "Problem melden" in response.content.decode()
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies


@pytest.mark.parametrize("name", ["login", "signup", "reset_password", "email_verification_sent"])
def test_account_pages_say_sie(client, root, name):
    words = client.get(reverse(f"account_{name}"), {"next": "/de/"}).content.decode()
    assert not FAMILIAR.search(re.sub(r"<[^>]+>", " ", words))


def test_a_new_account_must_be_confirmed_by_a_button_behind_the_link(client, root, mailoutbox):
    sign_up(client)
    (mail,) = mailoutbox
    assert mail.subject == "Bitte bestätigen Sie Ihre E-Mail-Adresse"
    assert not FAMILIAR.search(mail.body)
    assert "Guten Tag Spreemöwe," in mail.body
    client.get(link_in(mail))
    assert not EmailAddress.objects.get(email=NEWCOMER["email"]).verified
    response = client.post(link_in(mail), follow=True)
    assert EmailAddress.objects.get(email=NEWCOMER["email"]).verified
    assert "moewe@example.org bestätigt" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "words"),
    [("Ulla Ufer", "hat keine Leerzeichen"), ("Senatskanzlei Berlin", "gehalten werden")],
)
def test_what_is_wrong_with_a_pseudonym_is_said_in_plain_words(client, root, name, words):
    form = {"username": name, "email": "ulla@example.org", "password1": "Hafenwind-2026-x"}
    page = client.post("/accounts/signup/", form, headers={"accept-language": "de"})
    assert words in page.content.decode()
    assert "gültigen Benutzernamen" not in page.content.decode()


def test_a_taken_pseudonym_is_said_at_the_field_and_on_top(client, root, django_user_model):
    django_user_model.objects.create_user("Spreemöwe", "other@example.org", "Kiesel-und-Tau-7")
    words = sign_up(client).content.decode()
    assert words.count("Dieses Pseudonym ist schon vergeben.") == 2
    assert 'role="alert"' in words


def test_whether_an_address_has_an_account_is_not_told(client, root, mailoutbox):
    pages = []
    for email in ("nobody@example.org", NEWCOMER["email"]):
        response = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        pages.append(response.content)
        sign_up(client)
    assert "Bitte sehen Sie in Ihr Postfach" in pages[0].decode()
    assert pages[0] == pages[1]


def test_a_wrong_password_keeps_the_pseudonym_that_was_typed(client, root):
    response = client.post(
        reverse("account_login"), {"login": "Spreemöwe", "password": "falsch", "next": "/de/"}
    )
    words = response.content.decode()
    assert "Dieses Pseudonym und dieses Passwort passen nicht zusammen." in words
    assert 'value="Spreemöwe"' in words


def test_the_switch_of_language_stays_on_an_account_page(client, root):
    words = client.get(reverse("account_login"), {"next": "/de/"}).content.decode()
    assert "/accounts/login/?next=%2Fen%2F" in words
