"""Signing in by the city's own log-in, from the button to the session and back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from config.single_sign_on import SingleSignOn, from_environment, origin_of, providers_for
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.integration.site.issuer import CLIENT, SECRET, running_issuer

pytestmark = pytest.mark.django_db

PASSWORD = "geheim-123"  # what UserFactory sets
PERSON = {
    "sub": "4711",
    "email": "neu@example.org",
    "email_verified": True,
    "preferred_username": "Senatskanzlei",
    "name": "Erika KANARIE",
    "given_name": "Erika",
    "groups": ["Redaktion", "Moderation"],
    "is_staff": True,
    "is_superuser": True,
}
ENVIRONMENT = {
    "SYNOPSE_OIDC_ISSUER": "https://anmeldung.example.org/realms/stadt",
    "SYNOPSE_OIDC_CLIENT_ID": CLIENT,
    "SYNOPSE_OIDC_SECRET": SECRET,
    "SYNOPSE_OIDC_LABEL": "Stadtkonto",
}


@pytest.fixture
def issuer(settings):
    cache.clear()
    with running_issuer() as found:
        found.claims = dict(PERSON)
        single = SingleSignOn(found.url, CLIENT, SECRET, "Stadtkonto")
        settings.SOCIALACCOUNT_PROVIDERS = providers_for(single)
        settings.SYNOPSE_SINGLE_SIGN_ON = single.label
        settings.ROOT_URLCONF = "tests.integration.site.urls_with_single_sign_on"
        yield found


def come(client, process="login", **claims):
    """Press the button, sign in there, and come back."""
    sent = client.post("/accounts/oidc/city/login/", {"process": process, "next": "/de/"})
    asked = parse_qs(urlsplit(sent["Location"]).query)
    words = {"code": "einmal", "state": asked["state"][0]}
    return client.get("/accounts/oidc/city/login/callback/", words)


def is_signed_in(client):
    return "_auth_user_id" in client.session


def choose(client, username, email="neu@example.org"):
    return client.post("/accounts/3rdparty/signup/", {"username": username, "email": email})


def test_without_the_setting_nothing_of_it_is_there(world):
    assert "Stadtkonto" not in Client().get("/accounts/login/").content.decode()
    assert "oidc" not in Client().get("/accounts/login/").content.decode()
    assert Client().post("/accounts/oidc/city/login/").status_code in {302, 404}
    with pytest.raises(NoReverseMatch):
        reverse("socialaccount_connections")


def test_a_newcomer_chooses_a_pseudonym_and_is_signed_in(world, issuer):
    client = Client()
    page = client.get("/accounts/login/?next=/de/").content.decode()
    assert "Anmelden mit Stadtkonto" in page
    response = come(client)
    assert response["Location"] == "/accounts/3rdparty/signup/"
    page = client.get("/accounts/3rdparty/signup/").content.decode()
    assert "KANARIE" not in page
    assert "Senatskanzlei" not in page
    assert choose(client, "Spreemöwe")["Location"] == "/de/"
    assert is_signed_in(client)
    user = get_user_model().objects.get(username="Spreemöwe")
    assert (user.first_name, user.last_name, user.has_usable_password()) == ("", "", False)
    assert EmailAddress.objects.get(user=user).verified
    again = Client()
    assert come(again)["Location"] == "/de/"
    assert is_signed_in(again)


def test_the_secret_and_the_proof_of_the_same_browser_are_sent(world, issuer):
    client = Client()
    sent = client.post("/accounts/oidc/city/login/", {"process": "login"})
    asked = parse_qs(urlsplit(sent["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/accounts/oidc/city/login/callback/"]
    client.get(
        "/accounts/oidc/city/login/callback/", {"code": "einmal", "state": asked["state"][0]}
    )
    assert issuer.asked[0]["code_verifier"]


def test_a_token_gives_no_right(world, issuer):
    client = Client()
    come(client)
    choose(client, "Spreemöwe")
    user = get_user_model().objects.get(username="Spreemöwe")
    assert not user.groups.exists()
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert client.get("/admin/").status_code == 302
    stored = repr(list(SocialAccount.objects.values("extra_data")))
    assert not SocialToken.objects.exists()
    assert "Erika" not in stored


@pytest.mark.parametrize("name", ["Senatskanzlei", "editor"])
def test_names_of_offices_and_of_others_are_refused_here_too(world, issuer, name):
    client = Client()
    come(client)
    assert choose(client, name).status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email": ""}, {"email": None}])
def test_without_a_confirmed_address_nobody_comes_in(world, issuer, claims):
    issuer.claims |= claims
    client = Client()
    response = come(client)
    assert response.status_code == 403
    assert "keine bestätigte E-Mail-Adresse" in response.content.decode()
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_the_address_of_staff_connects_nothing(world, issuer):
    issuer.claims["email"] = world.users["editor"].email.upper()
    client = Client()
    response = come(client)
    assert response.status_code == 403
    assert "gibt es schon ein Konto" in response.content.decode()
    assert not is_signed_in(client)


def test_an_account_is_connected_by_its_owner_and_then_opens_the_admin(world, issuer, settings):
    settings.SYNOPSE_STAFF_SECOND_FACTOR = True
    owner = Client()
    owner.post("/accounts/login/", {"login": "editor", "password": PASSWORD})
    assert "Mit Stadtkonto verbinden" in owner.get("/accounts/3rdparty/").content.decode()
    come(owner, "connect")
    assert SocialAccount.objects.get().user == world.users["editor"]
    client = Client()
    come(client)
    assert client.get("/admin/").status_code == 200


def test_an_answer_that_nobody_asked_for_signs_nobody_in(world, issuer):
    client = Client()
    response = client.get("/accounts/oidc/city/login/callback/", {"code": "x", "state": "fremd"})
    assert response.status_code in {200, 401, 403}
    assert "hat nicht geklappt" in response.content.decode()
    assert not is_signed_in(client)


def test_a_closed_account_stays_closed(world, issuer):
    client = Client()
    come(client)
    choose(client, "Spreemöwe")
    get_user_model().objects.filter(username="Spreemöwe").update(is_active=False)
    again = Client()
    come(again)
    assert not is_signed_in(again)


# Settings


def test_the_environment_says_all_or_nothing():
    assert from_environment({}) is None
    found = from_environment(ENVIRONMENT)
    assert (found.label, origin_of(found)) == ("Stadtkonto", "https://anmeldung.example.org")
    for name in ("SYNOPSE_OIDC_ISSUER", "SYNOPSE_OIDC_CLIENT_ID", "SYNOPSE_OIDC_SECRET"):
        with pytest.raises(ImproperlyConfigured, match=name):
            from_environment({**ENVIRONMENT, name: ""})
    with pytest.raises(ImproperlyConfigured, match="https"):
        from_environment({**ENVIRONMENT, "SYNOPSE_OIDC_ISSUER": "http://anmeldung.example.org"})
