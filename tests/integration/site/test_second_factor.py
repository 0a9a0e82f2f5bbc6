"""A second factor for everybody who wants one, and for staff wherever the city asks for it."""

from __future__ import annotations

import base64
import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from annotations.services.tokens import make_token
from tests.factories.world import GROUPS
from tests.integration.api.calls import BASE

pytestmark = pytest.mark.django_db

PASSWORD = "geheim-123"  # what UserFactory sets
STAFF = [role for role, group in GROUPS.items() if group]


@pytest.fixture(autouse=True)
def _fresh(settings):
    cache.clear()
    settings.SYNOPSE_STAFF_SECOND_FACTOR = True


def sign_in(role):
    client = Client()
    client.post("/accounts/login/", {"login": role, "password": PASSWORD})
    return client


def is_signed_in(client):
    return "_auth_user_id" in client.session


def code_for(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def set_up(client):
    """Set a second factor up as a person does, and return the key that the app keeps."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'<code class="skin-key">([A-Z2-7]+)</code>', page)[1]
    response = client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert response.status_code == 302
    return secret


def enter(client, code):
    return client.post("/accounts/2fa/authenticate/", {"code": code})


def test_signing_in_asks_for_the_code_and_takes_it_once(world):
    secret = set_up(sign_in("citizen"))
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        client = sign_in("citizen")
        assert not is_signed_in(client)
        assert "stimmt nicht" in enter(client, "000000").content.decode()
        enter(client, code_for(secret))
        assert is_signed_in(client)
        again = sign_in("citizen")
        enter(again, code_for(secret))
        assert not is_signed_in(again)


def test_a_recovery_code_replaces_the_app_once(world):
    client = sign_in("citizen")
    set_up(client)
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = re.findall(r"<li><code>(\w+)</code></li>", page)
    assert len(codes) == 10
    for expected in (True, False):
        other = sign_in("citizen")
        enter(other, codes[0])
        assert is_signed_in(other) is expected


def test_codes_are_not_guessed(world):
    set_up(sign_in("citizen"))
    client = sign_in("citizen")
    answers = [enter(client, f"{n:06}").content.decode() for n in range(12)]
    assert "zu oft" in answers[-1]


def test_what_the_app_shows_can_be_read_without_a_camera_and_from_no_foreign_host(world):
    client = sign_in("citizen")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    response = client.get("/accounts/2fa/totp/activate/")
    page = response.content.decode()
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)[1]
    assert b"<svg" in base64.b64decode(picture)
    assert "<script" not in base64.b64decode(picture).decode()
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "KANARIE" not in page.upper().replace("CITIZEN.KANARIE", "")


def test_a_copy_of_the_database_gives_no_key_away(world):
    secret = set_up(sign_in("citizen"))
    stored = repr(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored


@pytest.mark.parametrize("role", STAFF)
def test_staff_reach_the_admin_only_with_a_second_factor(world, role):
    client = sign_in(role)
    response = client.get("/admin/")
    assert response["Location"] == "/accounts/2fa/totp/activate/"
    assert client.post("/admin/annotations/dispose/").status_code == 302
    set_up(client)
    assert client.get("/admin/").status_code == 200


def test_public_pages_need_none(world):
    assert sign_in("editor").get("/de/").status_code == 200
    assert sign_in("citizen").get("/admin/")["Location"].startswith("/accounts/admin/")


def test_nothing_is_asked_where_the_city_does_not_want_it(world, settings):
    settings.SYNOPSE_STAFF_SECOND_FACTOR = False
    assert sign_in("editor").get("/admin/").status_code == 200


def test_a_session_from_before_asks_for_the_code(world):
    old, new = sign_in("editor"), sign_in("editor")
    secret = set_up(new)
    response = old.get("/admin/pages/")
    assert response["Location"].startswith("/accounts/2fa/reauthenticate/?next=%2Fadmin%2Fpages")
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        response = old.post(response["Location"], {"code": code_for(secret)}, follow=True)
        assert response.redirect_chain[-1][0] == "/admin/pages/"
        assert response.status_code == 200


def test_staff_cannot_switch_it_off_and_citizens_can(world):
    for role, left in (("editor", 2), ("citizen", 0)):
        client = sign_in(role)
        set_up(client)
        client.post("/accounts/2fa/totp/deactivate/")
        assert Authenticator.objects.filter(user=world.users[role]).count() == left


def test_who_lost_the_phone_gets_help_and_the_open_session_ends_at_the_admin(world):
    client = sign_in("editor")
    set_up(client)
    call_command("remove_second_factor", "editor", verbosity=0)
    assert client.get("/admin/").status_code == 302
    assert is_signed_in(sign_in("editor"))
    for name in ("editor", "niemand"):
        with pytest.raises(CommandError):
            call_command("remove_second_factor", name)


@pytest.mark.parametrize(
    "page", ["", "totp/activate/", "recovery-codes/", "recovery-codes/generate/"]
)
@pytest.mark.parametrize(("language", "word"), [("de", "Sie"), ("en", "code")])
def test_every_page_speaks_the_readers_language(world, page, language, word):
    client = sign_in("citizen")
    if page.startswith("recovery"):
        set_up(client)
    else:
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    response = client.get(f"/accounts/2fa/{page}", headers={"Accept-Language": language})
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    assert f'lang="{language}"' in response.content.decode()
    assert word in text
    assert not re.search(r"\b(?:[Dd]u|[Dd]ein\w*)\b", text)


def test_the_other_way_to_prove_who_one_is_has_our_words(world):
    client = sign_in("citizen")
    set_up(client)
    page = client.get("/accounts/reauthenticate/", headers={"Accept-Language": "de"})
    assert "Stattdessen einen Code der App oder einen Ersatzcode eingeben" in page.content.decode()
    page = client.get("/accounts/2fa/reauthenticate/", headers={"Accept-Language": "de"})
    assert "Stattdessen das Passwort eingeben" in page.content.decode()


# Sessions


def test_a_new_password_ends_all_other_sessions(world):
    here, there = sign_in("citizen"), sign_in("citizen")
    new = {
        "oldpassword": PASSWORD,
        "password1": "Kiesel-und-Tau-7",
        "password2": "Kiesel-und-Tau-7",
    }
    here.post("/accounts/password/change/", new)
    assert here.get("/accounts/email/").status_code == 200
    assert there.get("/accounts/email/")["Location"].startswith("/accounts/login/")


def test_a_closed_account_loses_its_sessions_and_its_keys(world):
    client, user = sign_in("citizen"), world.users["citizen"]
    _token, raw = make_token(user=user, name="Programm", days=30)
    user.is_active = False
    user.save()
    assert client.get("/accounts/email/")["Location"].startswith("/accounts/login/")
    url = f"{BASE}/api/pages/{world.drafts['open'].pk}/annotations/"
    answer = Client().post(
        url, "{}", "application/ld+json", headers={"Authorization": f"Bearer {raw}"}
    )
    assert answer.status_code == 401
