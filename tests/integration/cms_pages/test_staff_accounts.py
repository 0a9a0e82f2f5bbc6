"""Accounts that somebody makes in the admin: who may sign in without a mail."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.urls import reverse

from cms_pages.services.site_setup import set_up_site
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "geheim-123"  # what UserFactory sets


@pytest.fixture(scope="module", autouse=True)
def _site(shared):
    set_up_site()


@pytest.fixture
def editor():
    user = UserFactory(username="neue-redakteurin", email="neu@example.org")
    user.groups.add(Group.objects.get(name="Redaktion"))
    return user


def sign_in(client, login):
    return client.post(reverse("account_login"), {"login": login, "password": PASSWORD})


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["neue-redakteurin", "neu@example.org"])
def test_who_was_made_in_the_admin_for_the_admin_signs_in_at_once(
    client, editor, mailoutbox, login
):
    sign_in(client, login)
    assert is_signed_in(client)
    assert client.get("/admin/").status_code == 200
    assert mailoutbox == []
    assert EmailAddress.objects.get(user=editor).verified


def test_a_superuser_made_by_the_command_signs_in_at_once(client):
    UserFactory(username="chefin", email="chefin@example.org", is_superuser=True, is_staff=True)
    sign_in(client, "chefin")
    assert is_signed_in(client)


def test_an_account_without_a_right_in_the_admin_confirms_its_address(client):
    user = UserFactory(username="buerger", email="buerger@example.org")
    sign_in(client, "buerger")
    assert not is_signed_in(client)
    assert not EmailAddress.objects.filter(user=user, verified=True).exists()


def test_who_signed_up_and_got_rights_later_confirms_the_address_all_the_same(client, editor):
    EmailAddress.objects.create(user=editor, email=editor.email, primary=True, verified=False)
    sign_in(client, "neue-redakteurin")
    assert not is_signed_in(client)


def test_the_address_of_somebody_else_is_not_taken_for_confirmed(client, editor):
    other = UserFactory(username="andere", email="andere@example.org")
    EmailAddress.objects.create(user=other, email="NEU@example.org", primary=True, verified=True)
    sign_in(client, "neue-redakteurin")
    assert not is_signed_in(client)


def test_a_closed_account_stays_closed(client, editor):
    editor.is_active = False
    editor.save()
    sign_in(client, "neue-redakteurin")
    assert not is_signed_in(client)
    assert not EmailAddress.objects.filter(user=editor).exists()
