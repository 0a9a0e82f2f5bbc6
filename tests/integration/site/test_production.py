"""A public site does not start half-configured (S17)."""

from __future__ import annotations

import os
import string
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError

from cms_pages.checks import refuse_demo_accounts
from cms_pages.demo.accounts import PASSWORD

GOOD = {
    "SYNOPSE_SECRET_KEY": "p7R-kq2mXv93Lw_ztB1cYh6NdJ8sUeGfQa4oTi0rMxKbVnZl5CySWj",
    "SYNOPSE_HOSTS": "strategie.example.org",
    "SYNOPSE_DATABASE": "postgresql://synopse@db.example.org/synopse",
}


def started(code: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run Python with the production settings and an environment of its own."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= GOOD | {"DJANGO_SETTINGS_MODULE": "config.settings.production"}
    environment |= {name: value for name, value in changes.items() if value is not None}
    for name in (name for name, value in changes.items() if value is None):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "PYTHONPATH": f"{settings.ROOT}/site:{settings.ROOT}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


IMPORT = "from django.conf import settings; print(settings.DEBUG, settings.SYNOPSE_DEMO)"


def test_with_everything_set_the_settings_load_without_debug_and_demo():
    done = started(IMPORT)
    assert (done.returncode, done.stdout.strip()) == (0, "False False"), done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SYNOPSE_SECRET_KEY", None),
        ("SYNOPSE_SECRET_KEY", ""),
        ("SYNOPSE_SECRET_KEY", "short"),
        ("SYNOPSE_SECRET_KEY", "ab" * 40),
        ("SYNOPSE_SECRET_KEY", settings.DEMO_SECRET_KEY),
        ("SYNOPSE_SECRET_KEY", "django-insecure-" + string.ascii_letters + string.digits),
        ("SYNOPSE_HOSTS", None),
        ("SYNOPSE_HOSTS", ""),
        ("SYNOPSE_HOSTS", " , "),
        ("SYNOPSE_HOSTS", "*"),
        ("SYNOPSE_HOSTS", ".example.org"),
        ("SYNOPSE_DATABASE", None),
        ("SYNOPSE_DATABASE", "sqlite:///synopse.db"),
    ],
)
def test_the_start_is_refused_with_a_word_on_what_is_wrong(name, value):
    done = started(IMPORT, **{name: value})
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last or "ValueError" in last
    assert name in last or "postgresql://" in last
    if value and len(value) > 20:
        assert value not in done.stderr


def test_debug_cannot_be_switched_on_from_outside():
    done = started(IMPORT, SYNOPSE_DEBUG="1", DEBUG="1")
    assert done.stdout.strip() == "False False"


def test_the_checks_for_deployment_find_nothing():
    done = started(
        "import django; django.setup(); from django.core.management import call_command;"
        "call_command('check', deploy=True, fail_level='WARNING')"
    )
    assert done.returncode == 0, done.stderr


def test_no_address_of_the_demo_exists_in_production():
    done = started(
        "import django; django.setup(); from django.urls import resolve\n"
        "try: resolve('/demo/mails/')\n"
        "except Exception as error: print(type(error).__name__)"
    )
    assert done.stdout.strip() == "Resolver404", done.stderr


OIDC = {
    "SYNOPSE_OIDC_ISSUER": "https://anmeldung.example.org/realms/stadt",
    "SYNOPSE_OIDC_CLIENT_ID": "synopse",
    "SYNOPSE_OIDC_SECRET": "geheim",
}


def test_the_citys_log_in_comes_from_the_environment():
    done = started(
        "import django; django.setup(); from django.conf import settings; from django.urls import "
        "reverse; print(settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'], "
        "reverse('openid_connect_login', args=['city']))",
        **OIDC,
    )
    assert done.stdout.strip() == (
        "[\"'self'\", 'https://anmeldung.example.org'] /accounts/oidc/city/login/"
    ), done.stderr
    half = started(IMPORT, **{**OIDC, "SYNOPSE_OIDC_SECRET": None})
    assert "ImproperlyConfigured" in half.stderr


def test_production_asks_staff_for_a_second_factor():
    done = started("from django.conf import settings; print(settings.SYNOPSE_STAFF_SECOND_FACTOR)")
    assert done.stdout.strip() == "True", done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["redaktion", "pruefung", "moderation", "senat", "buergerin"])
def test_an_account_of_the_demo_closes_the_site(client, name):
    user = get_user_model().objects.create_user(name, f"{name}@example.org", PASSWORD)
    with pytest.raises(SystemCheckError, match=name):
        call_command("check", databases=["default"], tags=["database"])
    with pytest.raises(ImproperlyConfigured, match=name):
        refuse_demo_accounts()
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    user.set_password("ein eigenes, langes Passwort")
    user.save()
    call_command("check", databases=["default"], tags=["database"])
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_asking_whether_the_site_is_ready_renews_no_password(client, settings):
    user = get_user_model().objects.create_user("senat", "s@example.org", PASSWORD)
    hashers = "django.contrib.auth.hashers"
    settings.PASSWORD_HASHERS = [f"{hashers}.Argon2PasswordHasher", f"{hashers}.MD5PasswordHasher"]
    stored = user.password
    assert client.get("/readyz").status_code == 503
    user.refresh_from_db()
    assert user.password == stored


def test_health_is_answered_without_a_database(client):
    """This test may not ask the database, and would fail if it did."""
    assert client.get("/healthz").content == b"ok"


def test_readiness_says_when_the_database_is_away(client, monkeypatch):
    def away():
        raise DatabaseError

    monkeypatch.setattr("config.views.connection.cursor", away)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"no database")
