"""Whoever guesses passwords is stopped, and nobody's name or network is kept for it."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from annotations.services.limits import rate
from annotations.services.purging import purge
from cms_pages.services.site_setup import set_up_site
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "geheim-123"  # what UserFactory sets
HERE, THERE = "198.51.100.23", "203.0.113.77"


@pytest.fixture(autouse=True)
def _site(root, settings):
    cache.clear()
    set_up_site()
    settings.SYNOPSE_RATE_LIMITS = {
        "login": "3/15m", "login_account": "6/15m", "login_network": "9/15m"
    }  # fmt: skip


@pytest.fixture
def ada():
    return member("ada")


def member(name):
    user = UserFactory(username=name, email=f"{name}@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def attempt(login="ada", password="falsch", *, network=HERE, language="de", **more):
    """Try to sign in with a new browser, and empty the cache: another process has another one."""
    cache.clear()
    client = Client(REMOTE_ADDR=network, headers={"Accept-Language": language})
    response = client.post("/accounts/login/", {"login": login, "password": password, **more})
    response.signed_in = "_auth_user_id" in client.session
    return response


def fail(times, **more):
    return [attempt(**more).status_code for _ in range(times)]


def test_the_door_shuts_after_some_failures_and_opens_by_itself(ada):
    assert fail(4) == [200, 200, 429, 429]
    assert not attempt(password=PASSWORD).signed_in
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert attempt(password=PASSWORD).signed_in


def test_trying_at_a_shut_door_keeps_it_shut_no_longer(ada):
    fail(3)
    with time_machine.travel(timezone.now() + timedelta(minutes=14), tick=False):
        assert fail(2) == [429, 429]
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert attempt(password=PASSWORD).signed_in


@pytest.mark.parametrize(("language", "words"), [("de", "in 15 Minuten"), ("en", "in 15 minutes")])
def test_the_answer_says_how_long_to_wait_in_the_readers_language(ada, language, words):
    fail(2)
    response = attempt(language=language)
    assert (response.status_code, response["Retry-After"]) == (429, "900")
    page = response.content.decode()
    assert words in page
    assert f'<html lang="{language}"' in page
    assert "/accounts/password/reset/" in page


def test_name_and_address_of_an_account_are_one(ada):
    assert fail(1) + fail(2, login="ADA@example.org") == [200, 200, 429]


def test_others_at_other_places_sign_in_meanwhile(ada):
    member("bo")
    fail(3)
    assert attempt("bo", PASSWORD).signed_in
    assert attempt(password=PASSWORD, network=THERE).signed_in


def test_one_account_is_not_guessed_from_many_networks(ada):
    answers = [attempt(network=f"203.0.113.{n}").status_code for n in range(1, 9)]
    assert answers == [200] * 5 + [429] * 3


def test_one_network_does_not_guess_many_accounts(ada):
    answers = [attempt(f"niemand{n}").status_code for n in range(11)]
    assert answers == [200] * 8 + [429] * 3
    assert not attempt(password=PASSWORD).signed_in


def test_signing_in_forgets_the_failures_of_this_account_only(ada):
    fail(2, login="bo")
    fail(2)
    assert attempt(password=PASSWORD).signed_in
    assert fail(2) == [200, 200]
    assert fail(1, login="bo") == [429]


def test_a_new_password_by_mail_opens_the_door(ada, mailoutbox):
    fail(3)
    client = Client(REMOTE_ADDR=HERE)
    client.post("/accounts/password/reset/", {"email": ada.email})
    link = next(word for word in mailoutbox[0].body.split() if "/key/" in word)
    page = client.get(link, follow=True)
    new = {"password1": "ein-neues-wort-9", "password2": "ein-neues-wort-9"}
    client.post(page.redirect_chain[-1][0], new)
    assert attempt(password="ein-neues-wort-9").signed_in


def test_entering_the_password_once_more_is_counted_too(ada):
    client = Client(REMOTE_ADDR=HERE)
    client.force_login(ada)
    answers = [
        client.post("/accounts/reauthenticate/", {"password": "falsch"}).status_code
        for _ in range(3)
    ]
    assert answers == [200, 200, 429]


def test_neither_rows_nor_log_tell_who_it_was_or_what_was_typed(ada, caplog):
    caplog.set_level(logging.DEBUG)
    words = {"login": "KANARIE\nvogel", "password": "GEHEIMKANARIE", "next": "/de/KANARIE/"}
    for login in ("ada", "KANARIE\r\nvogel"):
        for _ in range(4):
            cache.clear()
            Client(REMOTE_ADDR=HERE, headers={"User-Agent": "KANARIE"}).post(
                "/accounts/login/?q=KANARIE", {**words, "login": login}
            )
    stored = repr(list(AccessAttempt.objects.values()))
    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("axes", "syn"))
    )
    assert "login.locked" in logged
    assert "login.failed" in logged
    for secret in ("KANARIE", "ada", HERE, "198.51"):
        assert secret not in stored, secret
        assert secret not in logged, secret


def test_counts_are_gone_after_a_week(ada):
    fail(1)
    week = timedelta(days=7)
    assert purge(now=timezone.now() + week - timedelta(minutes=1))["logins"] == 0
    assert purge(now=timezone.now() + week + timedelta(minutes=1))["logins"] == 1
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize("text", ["3", "0/h", "3/0m", "3/w", "-3/h", "3/h/h", "drei/h"])
def test_a_limit_that_cannot_be_read_is_refused(settings, text):
    settings.SYNOPSE_RATE_LIMITS = {"login": text}
    with pytest.raises(ImproperlyConfigured, match="5/15m"):
        rate("login")


def test_forms_that_are_sent_too_often_say_when_to_come_back(settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    client, form = Client(headers={"Accept-Language": "de"}), {"email": "ada@example.org"}
    assert client.post("/accounts/password/reset/", form).status_code == 302

    response = client.post("/accounts/password/reset/", form)

    assert (response.status_code, response["Retry-After"]) == (429, "180")
    assert "Bitte warten Sie einige Minuten" in response.content.decode()
