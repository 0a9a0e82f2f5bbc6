"""The model case."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import get_resolver

from cms_pages.checks import check_demo_accounts, refuse_demo_accounts, usable_demo_accounts
from cms_pages.demo.accounts import PASSWORD
from cms_pages.models import HomePage
from cms_pages.services.accounts import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings):
    """Allow the demo, after the addresses are read: its own pages are not installed in tests."""
    get_resolver().url_patterns  # noqa: B018  # reading them is what is wanted
    settings.SYNOPSE_DEMO = True


def load(**options):
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


def test_the_demo_is_loaded_nowhere_else(settings):
    settings.SYNOPSE_DEMO = False
    with pytest.raises(CommandError):
        load()
    assert not HomePage.objects.exists()


@pytest.fixture
def demo_account():
    return make_account(username="senat", email="senat@post.example", password=PASSWORD)


def test_a_known_password_is_refused_in_public(settings, demo_account, client):
    settings.SYNOPSE_DEMO = False
    assert usable_demo_accounts() == ["senat"]
    (error,) = check_demo_accounts(databases=["default"])
    assert error.id == "synopse_pages.E001"
    assert client.get("/readyz").status_code == 503
    with pytest.raises(Exception, match="senat"):
        refuse_demo_accounts()


def test_the_check_is_quiet_without_databases_and_for_changed_or_closed_accounts(
    settings, demo_account, client
):
    settings.SYNOPSE_DEMO = False
    assert check_demo_accounts(databases=None) == []
    demo_account.is_active = False
    demo_account.save()
    assert check_demo_accounts(databases=["default"]) == []
    demo_account.is_active = True
    demo_account.set_password("ein anderes, langes")
    demo_account.save()
    assert check_demo_accounts(databases=["default"]) == []
    assert client.get("/readyz").status_code == 200


def test_under_the_demo_the_accounts_are_meant_to_be_used(demo, demo_account):
    assert usable_demo_accounts() == []
